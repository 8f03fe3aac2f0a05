"""Fine-tune a copy of an encoder on a task."""

from __future__ import annotations

import contextlib
import copy
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import transformers

from tunescope._shown import axes_for, html_table
from tunescope.encoders import Encoder, Head
from tunescope.errors import StudyError
from tunescope.finetuning._anchoring import Anchoring
from tunescope.finetuning._batches import TrainingSentences
from tunescope.finetuning._checkpoints import claim, discard, newest_whole
from tunescope.finetuning._classifier import PointClassifier
from tunescope.finetuning._parameters import parameter_rows
from tunescope.finetuning._recipe import Recipe
from tunescope.finetuning._snapshots import snapshot_updates, undisturbed
from tunescope.finetuning._trainer import PointTrainer, Progress, Snapshots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tunescope.tasks import Task


@dataclass(frozen=True, eq=False, repr=False)
class FineTuning:
    """A fine-tuned encoder and how it came about."""

    encoder: Encoder
    """The encoder after the last update, in evaluation mode, on the device of the one it started from."""
    log: tuple[dict[str, float], ...]
    """One row per update: `update` (1 …), `epoch` (as a fraction), `loss` before it, its `learning_rate`."""
    n_updates: int
    """Updates of the whole training."""
    head: torch.nn.Linear
    """The classification head; the probes never see it."""
    labels: tuple[str, ...]
    """The label of each of the head's outputs: the labels of the training split, sorted."""
    notes: tuple[str, ...] = ()
    """Counts of sentences that were split and of words without a subword."""
    resumed_at: int | None = None
    """The update from which a killed run went on; None when it ran from the start."""
    trained: Mapping[str, int] = field(default_factory=dict)
    """How many numbers were trained for each tensor of the encoder, by name; tensors that stood still are left out."""

    def __repr__(self) -> str:
        return f"<FineTuning: {self.n_updates} updates, {len(self.labels)} labels, {self.encoder.n_layers} layers>"

    def _repr_html_(self) -> str:
        columns = list(self.log[-1]) if self.log else []
        facts = [("updates", self.n_updates), ("labels", len(self.labels)), ("numbers trained", self.n_trained)]
        last = [list(row.values()) for row in self.log[-5:]]
        return html_table(f"Fine-tuning of {self.encoder.name}", columns, last, facts=facts, notes=self.notes)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the loss over the updates.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax = axes_for(ax)
        ax.plot([row["update"] for row in self.log], [row["loss"] for row in self.log])
        ax.set_xlabel("update")
        ax.set_ylabel("loss")
        return ax

    @property
    def n_trained(self) -> int:
        """How many numbers were trained, those of the head not counted."""
        return sum(self.trained.values())

    def parameters(self, start: Encoder) -> list[dict[str, Any]]:
        """The rows of the table `parameters`: what was trained of each tensor, and how far it has moved.

        Parameters
        ----------
        start : Encoder
            The encoder that the fine-tuning started from.

        Returns
        -------
        list of dict
            As `parameter`, `layer`, `part`, `total`, `trained`, `change` (‖ΔW‖/‖W‖) and `stable_rank` (of ΔW).
        """
        return parameter_rows(start.model, self.encoder.model, self.trained)


def fine_tune(
    encoder: Encoder,
    task: Task,
    recipe: Recipe,
    *,
    seed: int,
    every: int | None = None,
    on_snapshot: Callable[[int, float, Encoder], None] | None = None,
    work_dir: str | Path | None = None,
    progress: Callable[[int, int, float], None] | None = None,
    done_updates: Collection[int] | None = None,
) -> FineTuning:
    """Fine-tune a copy of `encoder` on the training split of `task` (Zhou and Srikumar, ACL 2022, section 4).

    A linear head on each point's last-layer vector, pooled as `Encoder.encode` pools it; cross-entropy
    averaged over the points of a batch. Sentences longer than the encoder's limit are read in windows, as in
    `encode`. The same seed gives the same weights on the same machine and number of threads; on a GPU, up to
    the order in which it adds. The caller's random numbers are left as they were.

    Parameters
    ----------
    encoder : Encoder
        Where to start from; it is not changed.
    task : Task
        What to train on.
    recipe : Recipe
        How: schedule, way of fine-tuning (`method`), and what keeps the encoder near its start (`anchor`).
    seed : int
        Decides the head's first weights, the order of the sentences, the dropout, and what a method draws.
    every : int, optional
        A snapshot every so many updates; None takes only the two that are always taken, 0 and the last.
    on_snapshot : callable, optional
        Called with (update, epoch as a fraction, encoder). The encoder is in evaluation mode and plain: what a method
        adds is merged into its weights; its `head` is the one it is trained with. It may be the one that is being
        trained: encode or save it within the call.
        What the call draws or sets leaves no trace in the training.
    work_dir : path, optional
        Folder for a checkpoint after each epoch, from which a killed run goes on; without it, none. A checkpoint that
        is damaged is set aside, named in the notes, and not used.
    progress : callable, optional
        Called after each update with (update, n_updates, loss).
    done_updates : collection of int, optional
        Updates whose snapshot the caller has kept from earlier runs and does not want again. The run then goes on from
        the checkpoint only if every snapshot before it is among them, and otherwise starts afresh, so that over all
        runs each snapshot comes once. None takes for granted that the caller has kept what was delivered before the
        checkpoint; what came after it comes again.

    Returns
    -------
    FineTuning
        The encoder after the last update, with the log.

    Raises
    ------
    StudyError
        `every` below 1, a training split with fewer than two labels, or a method or an anchor that does not go with
        this encoder.
    StorageError
        `work_dir` holds checkpoints of another fine-tuning.
    EncoderError
        The tokeniser cannot be used.
    RepresentationError
        The training diverged.
    """
    labels, label_of_target = np.unique(np.asarray(task.train.labels), return_inverse=True)
    if len(labels) < 2:
        raise StudyError(f"nothing to learn from task {task.name!r}: its training split has {len(labels)} label(s)")
    method = recipe.method
    limit = encoder.max_tokens - method.room()
    if limit < 1:
        raise StudyError(
            f"recipe.method: {method} leaves no room in {encoder.name!r}, which takes {encoder.max_tokens}"
        )
    roomy = encoder.around(encoder.model, encoder.update)
    roomy.max_tokens = limit
    points = roomy.tokenize(task.train, task.kind)
    sentences = TrainingSentences(points, label_of_target.astype(np.int64))
    per_epoch, n_updates = recipe.updates(len(sentences))
    due = set(snapshot_updates(n_updates, every))

    with contextlib.ExitStack() as stack:
        stack.enter_context(undisturbed())
        transformers.set_seed(seed)
        tuned = encoder.copy()
        width = tuned.width * points.target_units.shape[1]
        classifier = PointClassifier(tuned.model, width, len(labels), reads_padding=points.reads_padding)
        classifier.encoder = method.prepare(tuned.model, seed)
        trained = method.trained(classifier.encoder)
        anchoring = None
        if recipe.anchor is not None and recipe.anchor.weight > 0:
            anchoring = Anchoring(recipe.anchor, method, encoder, classifier.encoder)
            classifier.anchor = anchoring.module
        damage: tuple[str, ...] = ()
        if work_dir is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tunescope-")))
            start = None
        else:
            folder = Path(work_dir)
            claim(folder, _identity(encoder, task, recipe, seed))
            start, damage = newest_whole(folder)
        if done_updates is not None:
            due -= set(done_updates)
            if start is not None and min(due, default=n_updates) < start.update:
                start = None
        elif start is not None:
            due = {update for update in due if update > start.update}
        if start is None:
            discard(folder)

        def state(update: int) -> Encoder:
            model = classifier.encoder
            encoder = tuned.around(method.finish(copy.deepcopy(model)) if method.wraps else model, update)
            encoder.head = _head(classifier.head, labels)
            return encoder

        trainer = PointTrainer(
            classifier,
            sentences,
            recipe,
            seed=seed,
            device=encoder.device,
            work_dir=folder,
            checkpoints=work_dir is not None,
            log=start.log if start is not None else [],
            progress=progress,
            anchoring=anchoring,
        )
        if on_snapshot is not None:
            trainer.add_callback(Snapshots(state, due, per_epoch, on_snapshot))
        trainer.add_callback(Progress(trainer))
        with _quiet():
            trainer.train(resume_from_checkpoint=str(start.folder) if start is not None else None)
        rows = tuple(trainer.rows)

    classifier.to(encoder.device).eval()
    return FineTuning(
        encoder=tuned.around(_as_free_as(encoder.model, method.finish(classifier.encoder)), n_updates),
        log=rows,
        n_updates=n_updates,
        head=classifier.head,
        labels=tuple(str(label) for label in labels),
        notes=(
            *points.notes,
            *damage,
            *(f"{count} {what}" for what, count in (anchoring.notes if anchoring else {}).items()),
        ),
        resumed_at=start.update if start is not None else None,
        trained=trained,
    )


def _head(head: torch.nn.Linear, labels: np.ndarray) -> Head:
    """The head as it is now, as arrays of its own."""
    weight, bias = (one.detach().cpu().float().numpy().copy() for one in (head.weight, head.bias))
    return Head(weight, bias, tuple(str(label) for label in labels))


def _as_free_as(start: Any, tuned: Any) -> Any:
    """The tuned model, its parameters as free to be trained as those of the start."""
    free = {name: parameter.requires_grad for name, parameter in start.named_parameters()}
    for name, parameter in tuned.named_parameters():
        parameter.requires_grad_(free.get(name, parameter.requires_grad))
    return tuned


def _identity(encoder: Encoder, task: Task, recipe: Recipe, seed: int) -> dict[str, Any]:
    return {
        "encoder": encoder.fingerprint,
        "task": task.fingerprint,
        "recipe": recipe.settings(),
        "seed": seed,
        "max_tokens": encoder.max_tokens,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Only warnings and worse from transformers: its running commentary is not for our user."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_warning()
    try:
        yield
    finally:
        logging.set_verbosity(level)
