"""A plain script of transformers' Trainer, with and without one line more."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer
from transformers import TrainingArguments as Arguments

from tunescope.tasks import Split, Task


def rows(split: Split, tokenizer: Any, labels: tuple[str, ...], **further: Any) -> list[dict[str, Any]]:
    """The rows of a data set as people make them: tokenised texts and numbers of labels."""
    return [
        {
            **tokenizer(split.sentences[target.sentence].text, truncation=True),
            "labels": labels.index(target.label),
            **further,
        }
        for target in split.targets
    ]


def sentence_trainer(folder: Path, task: Task, out: Path, model: Any = None, **arguments: Any) -> Trainer:
    """Classifies sentences; everything as a plain script has it."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(0)
    if model is None:
        model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(task.labels))
    return Trainer(
        model,
        plain_arguments(out, **arguments),
        data_collator=DataCollatorWithPadding(tokenizer),
        train_dataset=rows(task.train, tokenizer, task.labels),
        eval_dataset=rows(task.test, tokenizer, task.labels),
        processing_class=tokenizer,
    )


def plain_arguments(out: Path, **further: Any) -> Arguments:
    settings = {
        "max_steps": 12,
        "per_device_train_batch_size": 8,
        "learning_rate": 1e-2,
        "report_to": "none",
        "save_strategy": "no",
        "logging_steps": 4,
        "disable_tqdm": True,
        "use_cpu": True,
        "dataloader_pin_memory": False,
        **further,
    }
    return Arguments(str(out), **settings)


def weights_hash(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()


def random_numbers() -> list[float]:
    """What would be drawn next, of every source."""
    return [random.random(), float(np.random.random()), float(torch.rand(()))]  # noqa: NPY002


def train_seeded(trainer: Trainer, **options: Any) -> tuple[str, list[float]]:
    """Train; the weights' hash, and the numbers that would be drawn next."""
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    trainer.train(**options)
    return weights_hash(trainer.model), random_numbers()
