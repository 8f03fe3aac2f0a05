"""Follow an encoder that somebody else trains or has trained: the same study as of our own fine-tuning."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._experiments.registry import experiment
from tunescope.studies._observers.observer import Observer
from tunescope.studies._plan import Plan
from tunescope.studies._prepare import Prepared, layer_numbers, observers_of
from tunescope.studies._result import StudyResult
from tunescope.studies._run import Doing, complete
from tunescope.studies._settings.experiments import experiment_kinds
from tunescope.studies._settings.study import Study
from tunescope.studies._trajectories.checkpoints import Checkpoints
from tunescope.studies._trajectories.observed import Observed
from tunescope.studies._units.bench import Bench
from tunescope.studies._units.course import Course
from tunescope.studies._units.followed import FollowUnit
from tunescope.studies._units.space import Space
from tunescope.studies._units.states import Original, Reached
from tunescope.studies._units.work import EncoderState
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.encoders import Encoder
    from tunescope.storage import ResultStore
    from tunescope.tasks import Task

_LIVE = "live"
"""The folder below `work` in which states that come live are kept until the last one has come."""


@dataclass(frozen=True)
class _Asked:
    """What is looked at, and how the study is called."""

    task: Task
    label: str
    tuned_on: str
    seed: int
    observers: tuple[Observer, ...]
    settings: dict[str, Any]

    def study(self, fingerprint: str) -> Study:
        """The settings of the study."""
        kinds = experiment_kinds()
        usual = [name for name, kind in kinds.items() if not kind.reads_sources and not kind.reads_recipes]
        return Study.model_validate(
            {
                "name": self.settings.get("name") or "followed",
                "encoders": [{"name": self.label, "label": self.label, "fingerprint": fingerprint}],
                "tasks": [self.task],
                "seeds": [self.seed],
                "experiments": usual,
                **self.settings,
            }
        )

    def watchers(self, study: Study) -> tuple[Observer, ...]:
        """Who looks: the usual observers, those of the study, and those that were given."""
        chosen = [experiment(choice.name) for choice in study.experiments]
        found = {one.name: one for one in (*observers_of(study, chosen), *self.observers)}
        return tuple(found.values())


def follow_states(
    trajectory: Checkpoints,
    task: Task,
    out: str | Path,
    *,
    label: str,
    tuned_on: str | None = None,
    seed: int = 0,
    observers: Sequence[Observer] = (),
    on: str = "local",
    watcher: Watcher | None = None,
    **settings: Any,
) -> StudyResult:
    """Look at states of an encoder that are there already, and write a study that report and explorer open.

    Parameters
    ----------
    trajectory : Checkpoints
        The states; the first is the start, the last the end.
    task : Task
        Whose points are looked at.
    out : path
        Folder of the results. What is there is not done again.
    label : str
        What the encoder is called in tables.
    tuned_on : str, optional
        What it was trained on, as tables say it; the task by default.
    seed : int, default 0
        The seed of its training, as tables say it.
    observers : sequence of Observer, optional
        Who looks at each state beside the usual observers.
    on : str, default "local"
        The name of an executor.
    watcher : Watcher, optional
        Hears how it goes.
    **settings
        Further settings of a study, such as `layers="all"`, `experiments=["dynamics"]`, `name="mine"`.

    Returns
    -------
    StudyResult
        As `run_study` gives it.

    Raises
    ------
    StudyError
        A setting is wrong, or a layer does not exist.
    UnitsFailed
        Some units failed; the others are kept.
    """
    from tunescope.execution import executor
    from tunescope.storage import ResultStore

    started = time.perf_counter()
    watcher = watcher or Watcher()
    store = ResultStore(out)
    first, last = trajectory.states[0], trajectory.states[-1]
    encoder = first.load()
    asked = _Asked(task, label, tuned_on or task.name, seed, tuple(observers), settings)
    study = asked.study(first.fingerprint)
    bench = Bench(store, {task.name: task}, device=study.device, watcher=watcher, given={first.fingerprint: encoder})
    start = Original(label, encoder.name, None, first.fingerprint, encoder.n_layers)
    epoch = float(len(trajectory.states) - 1) if last.epoch is None else last.epoch
    end = Reached(label, last.fingerprint, encoder.n_layers, last.update, epoch, asked.tuned_on, seed, get=last.load)
    layers = _watched_layers(study, start)
    unit = FollowUnit(trajectory, label, task.name, task.fingerprint, layers, asked.watchers(study))
    prepared = _prepared(study, bench, task, start, end, unit, asked)
    return complete(prepared, store, executor(on), overrides=settings, watcher=watcher, started=started)


class Following:
    """Follows an encoder while somebody trains it: `see` is called with its states, `close` writes the study.

    What was seen is on disk as it comes: made again with the same folder after a crash, it goes on, and is not told
    again of states that it has seen (`updates`).

    Parameters
    ----------
    task : Task
        Whose points are looked at.
    out : path
        Folder of the results.
    label : str
        What the encoder is called in tables.
    tuned_on : str, optional
        What it is trained on, as tables say it; the task by default.
    seed : int, default 0
        The seed of its training, as tables say it.
    observers : sequence of Observer, optional
        Who looks at each state beside the usual observers.
    n_states : int, default 100
        How many states there will be, about: decides how many points the explorer can show.
    watcher : Watcher, optional
        Hears how it goes.
    **settings
        Further settings of a study, as for `follow_states`.
    """

    def __init__(
        self,
        task: Task,
        out: str | Path,
        *,
        label: str,
        tuned_on: str | None = None,
        seed: int = 0,
        observers: Sequence[Observer] = (),
        n_states: int = 100,
        watcher: Watcher | None = None,
        **settings: Any,
    ) -> None:
        from tunescope.storage import ResultStore

        self._asked = _Asked(task, label, tuned_on or task.name, seed, tuple(observers), settings)
        self._store: ResultStore = ResultStore(out)
        self._watcher = watcher or Watcher()
        self._n_states = n_states
        self._bench = Bench(self._store, {task.name: task}, watcher=self._watcher)
        self._observed: Observed | None = None
        self._start: Original | None = None
        self._study: Study | None = None
        self._last: tuple[int, float, Encoder] | None = None
        self._folder = self._store.root / "work" / _LIVE
        about = self._begun()
        if about is not None:
            self._begin(Original(label, about["name"], None, about["fingerprint"], about["n_layers"]))

    def updates(self) -> set[int]:
        """The updates of the states that were seen, also before a crash."""
        return set() if self._observed is None else self._observed.updates()

    def rows(self, update: int) -> dict[str, pd.DataFrame]:
        """What observers said of a state that was seen: rows by table, without where they come from."""
        return {} if self._observed is None else self._observed.rows(update)

    def forget(self, after: int) -> None:
        """Forget what was seen after so many updates, as a training that goes on from there comes by it again.

        Parameters
        ----------
        after : int
            States with more updates than these are forgotten; below 0 all are.
        """
        if self._observed is None:
            return
        self._observed.forget(after)
        if not self._observed.updates():
            shutil.rmtree(self._folder, ignore_errors=True)
            self._observed = self._start = self._last = None

    def see(self, update: int, epoch: float, encoder: Encoder) -> None:
        """Look at the encoder as it is now.

        Parameters
        ----------
        update : int
            Updates of training before it; the first call, the start, has the lowest.
        epoch : float
            The same in passes over the training data.
        encoder : Encoder
            It may go on changing after the call.
        """
        from tunescope.storage import write_json

        if self._observed is None:
            now = encoder.at_update(update)
            start = Original(self._asked.label, encoder.name, None, now.fingerprint, encoder.n_layers)
            self._begin(start)
            self._keep_spaces(start, now)
            about = {"name": start.name, "fingerprint": start.fingerprint, "n_layers": start.n_layers}
            write_json(self._folder / "start.json", {**about, "task": self._asked.task.fingerprint})
        assert self._observed is not None
        if update not in self._observed.updates():
            self._observed.see(update, epoch, encoder)
        self._last = (update, epoch, encoder)

    def close(
        self, on: str = "local", *, log: Sequence[Mapping[str, float]] = (), notes: Sequence[str] = ()
    ) -> StudyResult:
        """Write the study of all that was seen; the encoder that was seen last must still be as it was then.

        Parameters
        ----------
        on : str, default "local"
            The name of an executor.
        log : sequence of mapping, optional
            Rows of the table `training`: update, epoch, loss, learning_rate.
        notes : sequence of str, optional
            What a reader must know.

        Returns
        -------
        StudyResult
            As `run_study` gives it.

        Raises
        ------
        StudyError
            Fewer than two states were seen.
        UnitsFailed
            Some units failed; the others are kept.
        """
        from tunescope.execution import executor

        started = time.perf_counter()
        if self._observed is None or self._last is None or len(self.updates()) < 2:
            raise StudyError(f"{self._store.root}: a start and an end are needed; {len(self.updates())} state(s) seen")
        assert self._start is not None
        assert self._study is not None
        update, epoch, encoder = self._last
        now = encoder.at_update(update)
        asked, task = self._asked, self._asked.task
        end = Reached(
            asked.label, now.fingerprint, now.n_layers, update, epoch, asked.tuned_on, asked.seed, get=lambda: now
        )
        self._keep_spaces(end, now)
        seen = sorted(self.updates())
        unit = FollowUnit(
            _Live(self._start.fingerprint, now.fingerprint, tuple(seen)),
            asked.label,
            task.name,
            task.fingerprint,
            self._observed.layers,
            self._observed.observers,
            self._observed,
            tuple(log),
            tuple(notes),
        )
        prepared = _prepared(self._study, self._bench, task, self._start, end, unit, asked)
        result = complete(
            prepared, self._store, executor(on), overrides=asked.settings, watcher=self._watcher, started=started
        )
        shutil.rmtree(self._folder, ignore_errors=True)
        return result

    def _begun(self) -> dict[str, Any] | None:
        """What was told of the start before a crash; what was seen of another task is removed."""
        path = self._folder / "start.json"
        if not path.is_file():
            return None
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if about.get("task") == self._asked.task.fingerprint:
            return about
        self._watcher.noted(f"{self._store.root}: states that were looked at on other points are forgotten")
        shutil.rmtree(self._folder, ignore_errors=True)
        return None

    def _begin(self, start: Original) -> None:
        self._start = start
        self._study = self._asked.study(start.fingerprint)
        layers = _watched_layers(self._study, start)
        watchers = self._asked.watchers(self._study)
        self._observed = Observed(
            self._folder / "snapshots", layers, watchers, self._asked.task, self._n_states, watcher=self._watcher
        )

    def _keep_spaces(self, state: EncoderState, encoder: Encoder) -> None:
        """Keep the vectors of a state that will not be there any more when the study is written."""
        assert self._study is not None
        assert self._start is not None
        task = self._asked.task
        layers = sorted({n for one in _layers(self._study, self._start).values() for n in one})
        self._bench.remember(state.key, encoder)
        for layer in layers:
            self._bench.want(state, task.name, layer)
        do = Doing(self._bench, len(layers))
        for layer in layers:
            do(Space(state, task.name, task.fingerprint, layer, task.kind))


@dataclass(frozen=True)
class _Live:
    """States that have come and gone: what tells them from others."""

    start: str
    end: str
    updates: tuple[int, ...]

    def inputs(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "updates": list(self.updates)}


def _layers(study: Study, start: Original) -> dict[tuple[str, str], tuple[int, ...]]:
    """The layers of each experiment."""
    return {
        (choice.name, start.label): layer_numbers(choice.layers if choice.layers is not None else study.layers, start)
        for choice in study.experiments
    }


def _watched_layers(study: Study, start: Original) -> tuple[int, ...]:
    """The layers in which every state is looked at.

    Raises
    ------
    StudyError
        The encoder has no such layer.
    """
    layers_of = _layers(study, start)
    beyond = [n for layers in layers_of.values() for n in layers if n > start.n_layers]
    if beyond:
        raise StudyError(
            f"layers: {start.label} has no layer {beyond[0]}; it has 0 (embedding layer) to {start.n_layers}"
        )
    kinds = experiment_kinds()
    watched = {n for (name, _), layers in layers_of.items() if kinds[name].reads_snapshots for n in layers}
    return tuple(sorted(watched or {start.n_layers}))


def _prepared(
    study: Study, bench: Bench, task: Task, start: Original, end: Reached, unit: FollowUnit, asked: _Asked
) -> Prepared:
    """A study of one course."""
    chosen = [experiment(choice.name) for choice in study.experiments]
    # Rows of the course say what the encoder was tuned on; its states were looked at on the points of the task.
    course = Course(start, end, unit, task.name, asked.seed)
    plan = Plan(study, (start,), {task.name: task}, (course,), layers_of=_layers(study, start))
    ordered = tuple(sorted(chosen, key=lambda one: (one.order, one.name)))
    return Prepared(plan, ordered, bench, {})
