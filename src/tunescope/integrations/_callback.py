"""The geometry of a model while transformers' `Trainer` trains it."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from tunescope.errors import StudyError, TunescopeError
from tunescope.integrations._trainer.leave_alone import random_state_kept, trainer_above
from tunescope.integrations._trainer.numbers import PREFIX, logged
from tunescope.studies import Following, Watcher, observer, training_rows

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.studies import StudyResult
    from tunescope.tasks import Task

_EXPERIMENTS = ("performance", "linearity", "dynamics", "paths", "layers")
_OBSERVERS = ("train-test", "clusters")
_log = logging.getLogger("tunescope")


class GeometryCallback(TrainerCallback):
    """Looks at the space of the model's vectors every few updates, logs what it finds, and writes a study.

    One line in a script: `trainer.add_callback(GeometryCallback(task))`. What is found goes through `Trainer.log`, so
    that TensorBoard, Weights & Biases, MLflow and Trackio show it beside the loss: the distance of each label to the
    nearest other one (mean and least), whether the space is linear, DirectProbe's clusters, the similarity of the
    layout to that of the start, and that of train and evaluation data. At the end `out` holds a study that
    `tunescope report` and `tunescope explore` open.

    The training is left alone: weights and random numbers are those of a training without the callback. An update is
    a step of the optimizer, however many batches it gathers. Only the main process looks. A training that is resumed
    from a checkpoint goes on in `out`; what was seen after that checkpoint is seen again. A model that cannot be
    looked at in the midst of a training (NaN in its vectors) ends the looking, with a warning, and not the training.

    Parameters
    ----------
    task : Task or mapping
        Labelled points to look at; or the columns of the Trainer's own data sets: `{"text": "question", "label":
        "coarse"}`, `{"tokens": "words", "labels": "tags"}`, `{"input_ids": "input_ids", "labels": "labels"}` (token
        labels, -100 where a token has none, or one label a row). The evaluation data are the test points.
    every : int, default 50
        Updates between two looks; the start and the end are looked at in any case.
    layers : {"last", "all"} or list of int, default "last"
        Which layers; 0 is the embedding layer.
    sample : int, default 2000
        Points that are looked at, train and evaluation together: a sample by label, the same every time.
    seed : int, default 0
        Of the sample.
    out : path, default "geometry"
        Folder of the study.
    measures : sequence of str, optional
        Further measures (`tunescope.geometry.measures`), by name.
    tokenizer : tokenizer, optional
        The Trainer's `processing_class` by default.
    pooling : str, optional
        How vectors are made, as `load_encoder` takes it.
    label : str, optional
        What tables call the model; its own name by default.
    **settings
        Further settings of the study, such as `keep={"points": False}`.

    Attributes
    ----------
    task : Task
        The points that are looked at, once the training has begun.
    seconds : float
        What looking took so far.
    share : float
        The same as a share of the wall-clock time of the training so far.
    result : StudyResult or None
        The study, at the end.
    error : TunescopeError or None
        Why looking ended before the training.

    Raises
    ------
    StudyError
        When the training begins: a setting is wrong, there is no tokenizer, the weights are spread over processes.
    DataError
        When the training begins: the columns are not there, or give no labelled points.
    """

    def __init__(
        self,
        task: Task | Mapping[str, str],
        every: int = 50,
        layers: str | list[int] = "last",
        sample: int = 2000,
        seed: int = 0,
        out: str | Path = "geometry",
        *,
        measures: Sequence[str] = (),
        tokenizer: Any = None,
        pooling: str | None = None,
        label: str | None = None,
        **settings: Any,
    ) -> None:
        if every < 1:
            raise StudyError(f"every is {every}; it is a number of updates, at least 1")
        self.task: Any = task
        self.every, self.layers, self.sample, self.seed = every, layers, sample, seed
        self.out = Path(out)
        self.measures = tuple(measures)
        self.label = label
        self.seconds = 0.0
        self.share = 0.0
        self.result: StudyResult | None = None
        self.error: TunescopeError | None = None
        self._asked = task
        self._settings = settings
        self._tokenizer, self._pooling = tokenizer, pooling
        self._following: Following | None = None
        self._encoder: Encoder | None = None
        self._notes: list[str] = []
        self._began = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Draw the sample and look at the start."""
        if not state.is_world_process_zero:
            return
        self._began = time.perf_counter()
        self.seconds, self.result, self.error, self._notes = 0.0, None, None, []
        trainer = trainer_above(state)
        with random_state_kept(), _Timed(self):
            _refuse_spread_weights(trainer, args)
            self._encoder = self._encoder_of(args, given)
            self.task = self._task_of(trainer)
            self._following = self._follow(args, state)
            self._following.forget(after=state.global_step if state.global_step else -1)
            seen = self._following.updates()
            if state.global_step and not seen:
                self._note(
                    f"the training goes on from update {state.global_step}, of which {self.out} has seen nothing: what "
                    "is called the start is the model at that update"
                )
        if state.global_step not in seen:
            self._look(trainer, args, state, control)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Look, if it is time: at every `every`-th update and at the last one."""
        if self._following is None or not state.is_world_process_zero or self.error is not None:
            return
        is_due = state.global_step % self.every == 0 or control.should_training_stop
        if is_due and state.global_step not in self._following.updates():
            self._look(trainer_above(state), args, state, control)

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Write the study, and say what it cost."""
        if self._following is None or not state.is_world_process_zero:
            return
        update = state.global_step
        if args.load_best_model_at_end and state.best_global_step and state.best_global_step != update:
            update = state.best_global_step
            self._note(
                f"the Trainer went back to its best model, that of update {update} of {state.global_step}; the study "
                "ends there"
            )
        try:
            if self.error is None:
                with random_state_kept(), _Timed(self):
                    self._close(state, update)
        except TunescopeError as error:
            self._stop(error, "the study could not be written")
        spent = time.perf_counter() - self._began
        self.share = self.seconds / spent if spent else 0.0
        _tell(f"tunescope: looking took {self.seconds:.1f} s, {self.share:.1%} of {spent:.1f} s of training")
        if self.result is not None:
            _tell(f"tunescope: {self.out} holds the study: tunescope report {self.out}")
        self._following = self._encoder = None

    # ---- what it does

    def _look(self, trainer: Any, args: Any, state: Any, control: Any) -> None:
        assert self._following is not None
        assert self._encoder is not None
        started = time.perf_counter()
        try:
            with random_state_kept(), _Timed(self):
                self._following.see(state.global_step, float(state.epoch or 0.0), self._encoder)
                numbers = logged(self._following.rows(state.global_step))
        except TunescopeError as error:
            if not self._following.updates():  # nothing of the training is lost yet
                raise
            self._stop(error, f"looking ended at update {state.global_step}")
            return
        now = time.perf_counter()
        self.share = self.seconds / max(now - self._began, 1e-9)
        numbers[f"{PREFIX}seconds"] = now - started
        numbers[f"{PREFIX}seconds_in_all"] = self.seconds
        numbers[f"{PREFIX}share_of_training"] = self.share
        if trainer is None:
            return
        # To log ends what was asked to be logged at this update, so that the loss would be lost.
        should_log = control.should_log
        trainer.log(numbers)
        control.should_log = should_log

    def _close(self, state: Any, update: int) -> None:
        assert self._following is not None
        assert self._encoder is not None
        self._following.forget(after=update)
        epoch = update / state.max_steps * state.num_train_epochs if state.max_steps > 0 else 0.0
        self._following.see(update, epoch if update != state.global_step else float(state.epoch or 0.0), self._encoder)
        if len(self._following.updates()) < 2:
            raise StudyError(f"the training ended at update {update}, where it began")
        spent = time.perf_counter() - self._began
        cost = f"looking at {len(self._following.updates())} states took {self.seconds:.1f} s of {spent:.1f} s"
        log = [row for row in training_rows(state.log_history) if row["update"] <= update]
        self.result = self._following.close(log=log, notes=[*self._notes, cost])

    def _stop(self, error: TunescopeError, what: str) -> None:
        self.error = error
        _log.warning("%s, the training goes on: %s", what, error)

    def _note(self, text: str) -> None:
        self._notes.append(text)
        _log.warning("%s", text)

    # ---- what it looks at

    def _encoder_of(self, args: Any, given: Mapping[str, Any]) -> Encoder:
        from tunescope.encoders import Encoder

        model = given["model"]
        tokenizer = self._tokenizer if self._tokenizer is not None else given.get("processing_class")
        if tokenizer is None:
            raise StudyError(
                "the Trainer has no tokenizer; give it one (processing_class=tokenizer), or GeometryCallback(…, "
                "tokenizer=tokenizer)"
            )
        name = self.label or Path(str(getattr(model.config, "_name_or_path", ""))).name or model.config.model_type
        self.label = name
        # A copy: the Trainer's collator pads with its own, whose settings are not touched.
        return Encoder(model, copy.deepcopy(tokenizer), name=name, pooling=self._pooling)

    def _task_of(self, trainer: Any) -> Task:
        from tunescope.integrations._trainer.columns import task_of_columns
        from tunescope.tasks import sample_by_label

        task: Any = self._asked
        if isinstance(task, Mapping):
            assert self._encoder is not None
            if trainer is None:
                raise StudyError("columns are of a Trainer's data sets, and no Trainer called; give a Task")
            task = task_of_columns(
                task, trainer.train_dataset, trainer.eval_dataset, trainer.model, self._encoder.tokenizer, self.sample
            )
        if not hasattr(task, "fingerprint"):
            raise StudyError(f"task is {task!r}; give a Task (tunescope.load_task), or columns of the data sets")
        for note in task.notes:
            _log.info("%s: %s", task.name, note)
        sampled: Task = sample_by_label(task, self.sample, self.seed)
        return sampled

    def _follow(self, args: Any, state: Any) -> Following:
        assert self.label is not None
        return Following(
            self.task,
            self.out,
            label=self.label,
            seed=int(args.seed),
            observers=[observer(name) for name in _OBSERVERS],
            n_states=2 + max(0, state.max_steps) // self.every,
            watcher=_Warning(),
            **{
                "layers": self.layers,
                "experiments": list(_EXPERIMENTS),
                "measures": list(self.measures),
                **self._settings,
            },
        )


class _Warning(Watcher):
    def noted(self, text: str) -> None:
        _log.warning("%s", text)


class _Timed:
    """Adds the time inside to what looking took."""

    def __init__(self, callback: GeometryCallback) -> None:
        self.callback = callback

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *exception: Any) -> None:
        self.callback.seconds += time.perf_counter() - self.started


def _tell(text: str) -> None:
    """Say a line where the Trainer's own go."""
    from tqdm.auto import tqdm

    tqdm.write(text)


def _refuse_spread_weights(trainer: Any, args: Any) -> None:
    """Where no process holds all weights, the main one cannot look alone."""
    if trainer is None:
        return
    stage = 0
    if getattr(trainer, "is_deepspeed_enabled", False):
        plugin = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
        stage = getattr(plugin, "zero_stage", 3)
    if getattr(trainer, "is_fsdp_enabled", False) or stage == 3:
        raise StudyError(
            "the weights are spread over processes (FSDP or DeepSpeed ZeRO-3), so that the main process cannot look "
            "alone; save checkpoints and look at them afterwards: tunescope follow OUTPUT --task …"
        )
