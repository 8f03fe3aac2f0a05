"""transformers' Trainer with our batches, our log, and snapshots on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from tunescope.encoders import Encoder, evaluating, quick_linear_layers
from tunescope.errors import RepresentationError
from tunescope.finetuning._anchoring import Anchoring
from tunescope.finetuning._batches import EpochLoader, TrainingSentences
from tunescope.finetuning._checkpoints import mark_whole
from tunescope.finetuning._classifier import PointClassifier
from tunescope.finetuning._recipe import Recipe
from tunescope.finetuning._snapshots import undisturbed


class PointTrainer(Trainer):
    """Trains a PointClassifier by a recipe and keeps one log row per update.

    Parameters
    ----------
    classifier : PointClassifier
        What is trained, in place; on `device` already.
    sentences : TrainingSentences
        The training sentences.
    recipe : Recipe
        How.
    seed : int
        Decides the order of the sentences and the dropout.
    device : torch.device
        Where.
    work_dir : Path
        Where checkpoints go.
    checkpoints : bool
        Whether one is written after each epoch.
    log : list of dict
        Rows of the updates before a checkpoint from which it goes on; new ones are added.
    progress : callable, optional
        Called after each update with (update, n_updates, loss).
    anchoring : Anchoring, optional
        What holds the encoder to its start.
    """

    def __init__(
        self,
        classifier: PointClassifier,
        sentences: TrainingSentences,
        recipe: Recipe,
        *,
        seed: int,
        device: torch.device,
        work_dir: Path,
        checkpoints: bool,
        log: list[dict[str, float]],
        progress: Callable[[int, int, float], None] | None,
        anchoring: Anchoring | None = None,
    ) -> None:
        self._anchoring = anchoring
        self.rows = log
        self.classifier = classifier
        self._recipe = recipe
        self._sentences = sentences
        self._per_epoch, self._n_updates = recipe.updates(len(sentences))
        self._progress = progress
        arguments = TrainingArguments(
            output_dir=str(work_dir),
            seed=seed,
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            max_grad_norm=recipe.max_grad_norm or 0.0,
            save_strategy="epoch" if checkpoints else "no",
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=device.type == "cpu",
        )
        # One device: several would split a batch's rows from the targets that point into them.
        _ = arguments.device
        arguments._n_gpu = min(1, arguments.n_gpu)
        classifier.to(arguments.device)
        kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
        optimizer = kind([p for p in classifier.parameters() if p.requires_grad], lr=recipe.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: recipe.rate_at(step + 1, self._per_epoch))
        super().__init__(
            model=classifier,
            args=arguments,
            train_dataset=sentences,
            data_collator=sentences.collate,
            optimizers=(optimizer, schedule),
        )
        self.remove_callback(PrinterCallback)
        self.add_callback(_Stages(classifier, recipe, self._per_epoch))
        if checkpoints:
            self.add_callback(_MarkWhole(self.rows))

    def get_train_dataloader(self) -> EpochLoader:
        """Batches whose order follows from seed and epoch alone."""
        return EpochLoader(self._sentences, self._recipe.batch_size, self.args.seed, parts=self._recipe.parts)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor | tuple[torch.Tensor, Any]:
        """Cross-entropy averaged over the points of the batch, with the terms of method and anchor."""
        share, token_share = inputs.pop("share", 1.0), inputs.pop("token_share", 1.0)
        with quick_linear_layers(self.args.device):
            outputs = model(**inputs, anchoring=self._anchoring)
            added = self._recipe.method.loss(self.classifier.encoder)
        if share != 1.0:
            outputs["loss"] = share * outputs["loss"]
        for term in (added, outputs.pop("anchor", None)):
            if term is not None:
                outputs["loss"] = outputs["loss"] + (term if token_share == 1.0 else token_share * term)
        return (outputs["loss"], outputs) if return_outputs else outputs["loss"]

    def training_step(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> torch.Tensor:
        """One update's loss, entered in the log; a loss that is not a number ends the training."""
        parts = inputs["parts"] if self._recipe.parts else [inputs]
        losses = [super(PointTrainer, self).training_step(model, part, *args, **kwargs) for part in parts]
        loss = losses[0] if len(losses) == 1 else torch.stack(losses).sum()
        update, value = self.state.global_step + 1, float(loss)
        if not math.isfinite(value):
            raise RepresentationError(
                f"training diverged: the loss of update {update} is {value}; lower recipe.learning_rate"
                f" ({self._recipe.learning_rate:g}) or set recipe.max_grad_norm"
            )
        self.rows.append(
            {
                "update": update,
                "epoch": update / self._per_epoch,
                "loss": value,
                "learning_rate": self._recipe.learning_rate * self._recipe.rate_at(update, self._per_epoch),
            }
        )
        return loss

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        """Write the weights; tensors that are tied in the model are written one by one, as safetensors wants them."""
        if state_dict is None:
            state_dict = self.classifier.state_dict()
        seen: set[int] = set()
        apart = {}
        for name, tensor in state_dict.items():
            apart[name] = tensor.clone() if tensor.data_ptr() in seen else tensor
            seen.add(tensor.data_ptr())
        super()._save(output_dir, apart)

    def report(self) -> None:
        """Tell the progress of the update that is done."""
        if self._progress is not None:
            self._progress(self.state.global_step, self._n_updates, self.rows[-1]["loss"])


class Snapshots(TrainerCallback):
    """Calls `on_snapshot(update, epoch, encoder)` at the updates that are due.

    The encoder is in evaluation mode during the call, and nothing that is drawn or switched there is felt by
    the training. It is the encoder that is being trained: what shall outlast the call must be taken from it.

    Parameters
    ----------
    state : callable
        Gives the encoder as it is after an update.
    due : collection of int
        Updates at which to call.
    per_epoch : int
        Updates of an epoch.
    on_snapshot : callable
        What to call.
    """

    def __init__(
        self,
        state: Callable[[int], Encoder],
        due: Collection[int],
        per_epoch: int,
        on_snapshot: Callable[[int, float, Encoder], None],
    ) -> None:
        self.state, self.due, self.per_epoch, self.on_snapshot = state, due, per_epoch, on_snapshot

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Update 0, or the update of the checkpoint from which the training goes on."""
        self._take(state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """After each update."""
        self._take(state.global_step)

    def _take(self, update: int) -> None:
        if update in self.due:
            with undisturbed():
                encoder = self.state(update)
                with evaluating(encoder.model):
                    self.on_snapshot(update, update / self.per_epoch, encoder)


class _Stages(TrainerCallback):
    """Lets the encoder stand still in the stages that train the head alone."""

    def __init__(self, classifier: PointClassifier, recipe: Recipe, per_epoch: int) -> None:
        self.trained = [p for p in classifier.encoder.parameters() if p.requires_grad]
        self.recipe, self.per_epoch = recipe, per_epoch

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Before each update."""
        stage, _within = self.recipe.stage(state.global_step + 1, self.per_epoch)
        for parameter in self.trained:
            parameter.requires_grad_(not stage.head_alone)


class Progress(TrainerCallback):
    """Tells the trainer's progress after each update."""

    def __init__(self, trainer: PointTrainer) -> None:
        self.trainer = trainer

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """After each update."""
        self.trainer.report()


class _MarkWhole(TrainerCallback):
    def __init__(self, rows: list[dict[str, float]]) -> None:
        self.rows = rows

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        mark_whole(Path(args.output_dir) / f"checkpoint-{state.global_step}", self.rows)
