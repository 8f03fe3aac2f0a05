"""From what a study asks for to what it computes: all is looked up, and checked, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError, TunescopeError
from tunescope.studies._elsewhere.others import Others, find_others
from tunescope.studies._experiments.registry import experiment
from tunescope.studies._observers.measured import Measures
from tunescope.studies._observers.observer import Observer, observer, usual_observers
from tunescope.studies._observers.points import ShownPoints
from tunescope.studies._plan import Plan
from tunescope.studies._points.maps import check_methods
from tunescope.studies._settings.study import EncoderChoice, Study, TaskChoice
from tunescope.studies._settings.tasks import find_task
from tunescope.studies._settings.yaml import Document, Place
from tunescope.studies._units.bench import Bench
from tunescope.studies._units.course import Course
from tunescope.studies._units.finetune import FineTuneUnit
from tunescope.studies._units.states import Original
from tunescope.studies._units.tuned import FineTuned

if TYPE_CHECKING:
    from tunescope.finetuning import Recipe
    from tunescope.storage import ResultStore
    from tunescope.studies._experiments.experiment import Experiment
    from tunescope.studies._watching import Watcher
    from tunescope.tasks import Task

Located = Callable[..., str]


@dataclass(frozen=True)
class Prepared:
    """A study that can be run."""

    plan: Plan
    experiments: tuple[Experiment, ...]
    """In the order of the registry, so that nothing depends on the order in which a study names them."""
    bench: Bench
    recipes: dict[str, Recipe]
    """The fine-tuning recipe of each encoder, by its label."""
    ways: dict[tuple[str, str], Recipe] = field(default_factory=dict)
    """The recipes that are compared, by the labels of the encoder and of the recipe."""


def prepare(
    study: Study,
    store: ResultStore,
    *,
    document: Document | None = None,
    given: frozenset[str] = frozenset(),
    data_dir: str | Path | None = None,
    watcher: Watcher,
) -> Prepared:
    """Find the study's tasks and encoders and check that its layers exist.

    Parameters
    ----------
    study : Study
        What is asked for.
    store : ResultStore
        Where results are kept.
    document : Document, optional
        The file that the study was read from, so that a message can name its line.
    given : frozenset of str
        Settings that came from elsewhere, such as the command line.
    data_dir : path, optional
        Folder with data files.
    watcher : Watcher
        Hears what is odd about the tasks.

    Raises
    ------
    StudyError, DataError, EncoderError
        A task or encoder is unknown, its files are missing or damaged, a layer does not exist; one message that says
        where it was asked for; or a map's package is not installed.
    """

    def where(*place: str | int) -> str:
        if document is None or (place and place[0] in given):
            return str(place[0])
        return f"{document.where(tuple(place))}: {_field(tuple(place))}"

    with _located(where("keep", "maps")):
        check_methods(study.keep.maps)
    folder = Path(document.source).parent if document is not None and "tasks" not in given else Path()
    tasks = _find_tasks(study, data_dir, folder, where)
    for task in tasks.values():
        for note in task.notes:
            watcher.noted(f"{task.name}: {note}")
    bench = Bench(store, tasks, device=study.device, watcher=watcher)
    encoders, others = _find_encoders(study, bench, where)
    _refuse_same_labels(encoders, where("encoders"))
    recipes = {
        encoder.label: _recipe(study, encoder, where("recipe")) for encoder in encoders if encoder.label not in others
    }
    chosen = {choice.name: choice.layers for choice in study.experiments}
    experiments = tuple(sorted((experiment(name) for name in chosen), key=lambda one: (one.order, one.name)))
    layers_of = {
        (name, encoder.label): layer_numbers(asked if asked is not None else study.layers, encoder)
        for name, asked in chosen.items()
        for encoder in encoders
    }
    _check_layers(study, encoders, layers_of, where)
    looking = tuple(one for one in experiments if not one.reads_recipes)
    courses = tuple(
        course
        for encoder in encoders
        for course in _courses(
            study,
            encoder,
            others.get(encoder.label),
            tasks,
            recipes,
            _watched(looking, layers_of, encoder.label),
            observers_of(study, looking),
        )
    )
    if study.recipes:
        _tell_of_untuned(others, encoders, where("recipes"), watcher)
    choices = {
        (encoder.label, choice.label): _recipe(study, encoder, where("recipes", index), choice.changes())
        for encoder in encoders
        if encoder.label not in others
        for index, choice in enumerate(study.recipes)
    }
    reading = {label: _watched(experiments, layers_of, label, recipes=True) for label in recipes}
    courses, ways = _compared(study, courses, choices, reading, observers_of(study, experiments))
    return Prepared(Plan(study, encoders, tasks, courses, ways, layers_of), experiments, bench, recipes, choices)


def _watched(
    experiments: Iterable[Experiment],
    layers_of: dict[tuple[str, str], tuple[int, ...]],
    encoder: str,
    *,
    recipes: bool = False,
) -> set[int]:
    """The layers in which experiments look at states on the way: of any fine-tuning, or of those that are compared."""
    reading = [one.name for one in experiments if one.reads_snapshots and one.reads_recipes == recipes]
    return {layer for name in reading for layer in layers_of[name, encoder]}


def _tell_of_untuned(others: dict[str, Others], encoders: tuple[Original, ...], where: str, watcher: Watcher) -> None:
    """Checkpoints are not fine-tuned, so that no ways of it can be compared."""
    if len(others) == len(encoders):
        raise StudyError(f"{where}: checkpoints are not fine-tuned; name an encoder that is, or leave `recipes` out")
    for label in others:
        watcher.noted(f"{label}: its checkpoints are not fine-tuned, so that it has no part in `recipes`")


def _compared(
    study: Study,
    courses: tuple[Course, ...],
    choices: dict[tuple[str, str], Recipe],
    reading: dict[str, set[int]],
    observers: tuple[Observer, ...],
) -> tuple[tuple[Course, ...], tuple[Course, ...]]:
    """The fine-tunings by the study's own recipe, and those by every way that is compared.

    Where the own recipe is one of the ways, both are one unit, so that nothing is trained twice; where it is none, its
    units are what they are without `recipes`.
    """
    probed = {choice.name for choice in study.tasks}
    own: list[Course] = []
    ways: list[Course] = []
    for course in courses:
        unit = course.record
        if not isinstance(unit, FineTuneUnit) or unit.task not in probed:
            own.append(course)
            continue
        asked = [(label, recipe) for (encoder, label), recipe in choices.items() if encoder == course.label]
        if any(recipe == unit.recipe for _, recipe in asked):
            layers = tuple(sorted({*unit.layers, *reading[course.label]}))
            unit = replace(unit, layers=layers, observers=observers, reach=study.equal_accuracy)
            course = replace(course, end=FineTuned(unit), record=unit)
        own.append(course)
        ways.extend(_way(study, course, unit, label, recipe, reading, observers) for label, recipe in asked)
    return tuple(own), tuple(ways)


def _way(
    study: Study,
    course: Course,
    own: FineTuneUnit,
    label: str,
    recipe: Recipe,
    reading: dict[str, set[int]],
    observers: tuple[Observer, ...],
) -> Course:
    """The same fine-tuning by another recipe."""
    unit = replace(own, recipe_label=label)
    if recipe != own.recipe:
        watchers = tuple(one for one in observers if not isinstance(one, ShownPoints))
        layers = tuple(sorted(reading[course.label]))
        unit = replace(unit, recipe=recipe, layers=layers, observers=watchers, reach=study.equal_accuracy)
    return Course(course.start, FineTuned(unit), unit, course.task, course.seed, label)


def _courses(
    study: Study,
    encoder: Original,
    others: Others | None,
    tasks: dict[str, Task],
    recipes: dict[str, Recipe],
    watched: set[int],
    observers: tuple[Observer, ...],
) -> Iterator[Course]:
    """The ways of an encoder: those that it went elsewhere, or our fine-tunings."""
    if others is not None:
        probed = [tasks[choice.name] for choice in study.tasks]
        yield from others.courses(study, probed, tuple(sorted(watched)) or (encoder.n_layers,), observers)
        return
    for task in _tuned_tasks(study):
        for seed in study.seeds:
            yield _course(study, encoder, tasks[task], seed, recipes[encoder.label], watched, observers)


def _find_encoders(study: Study, bench: Bench, where: Located) -> tuple[tuple[Original, ...], dict[str, Others]]:
    """Every encoder in its first state, and by label those that were trained elsewhere."""
    encoders: list[Original] = []
    others: dict[str, Others] = {}
    for index, choice in enumerate(study.encoders):
        place = where("encoders", index)
        if choice.checkpoints is None:
            encoders.append(_find_encoder(choice, bench, study.allow_pickle, place))
            continue
        with _located(place):
            if study.reads_sources and len(study.tasks) > 1:
                raise StudyError(
                    "checkpoints come from one training, so that cross-task has nothing to set side by side; leave "
                    "cross-task out, or name one task"
                )
            found = find_others(choice, bench, allow_pickle=study.allow_pickle)
        encoders.append(found.start)
        others[found.start.label] = found
    return tuple(encoders), others


def _tuned_tasks(study: Study) -> list[str]:
    """The tasks that encoders are fine-tuned on: those that are probed, then those of `sources` alone."""
    return list(dict.fromkeys([*(choice.name for choice in study.tasks), *study.sources]))


def layer_numbers(asked: Any, encoder: Original) -> tuple[int, ...]:
    """The layers of an encoder that a study asks for, in order."""
    if asked == "last":
        return (encoder.n_layers,)
    if asked == "all":
        return tuple(range(encoder.n_layers + 1))
    return tuple(sorted(set(asked)))


def observers_of(study: Study, experiments: Iterable[Experiment]) -> tuple[Observer, ...]:
    """Who looks at the states on the way: the usual ones, those that experiments name, and what the study asks for."""
    found = {one.name: one for one in usual_observers()}
    found.update({name: observer(name) for one in experiments for name in one.observers})
    if study.keep.points:
        found["points"] = ShownPoints(tuple(study.keep.maps), study.keep.map_points)
    if study.measures:
        found["measures"] = Measures(tuple(study.measures))
    return tuple(found.values())


def _course(
    study: Study,
    encoder: Original,
    task: Task,
    seed: int,
    recipe: Recipe,
    watched: set[int],
    observers: tuple[Observer, ...],
) -> Course:
    """A fine-tuning; it is watched in the layers that any experiment reads, on the tasks that are probed."""
    is_probed = any(choice.name == task.name for choice in study.tasks)
    unit = FineTuneUnit(
        encoder=encoder,
        task=task.name,
        task_fingerprint=task.fingerprint,
        task_kind=task.kind,
        recipe=recipe,
        seed=seed,
        every=study.every,
        layers=tuple(sorted(watched)) if is_probed else (),
        observers=observers,
    )
    return Course(encoder, FineTuned(unit), unit, task.name, seed)


def _find_tasks(study: Study, data_dir: str | Path | None, folder: Path, where: Located) -> dict[str, Task]:
    found: dict[str, Task] = {}
    for index, choice in enumerate(study.tasks):
        with _located(where("tasks", index)):
            found[choice.name] = find_task(choice, study, data_dir=data_dir, folder=folder)
            _refuse_few_labels(found[choice.name])
    for index, name in enumerate(study.sources):
        with _located(where("sources", index)):
            if name not in found:
                found[name] = find_task(TaskChoice(name=name), study, data_dir=data_dir, folder=folder)
    return found


def _refuse_few_labels(task: Task) -> None:
    """A space of one label has no distances, and nothing to learn."""
    for split in (task.train, task.test):
        labels = list(split.label_counts)
        if len(labels) < 2:
            told = f"only {labels[0]!r}" if labels else "none"
            raise StudyError(
                f"{task.name}: its {split.name} split needs at least two labels, it has {told}; "
                "take more of the data, another `split_seed`, or a `test_file`"
            )


def _find_encoder(choice: EncoderChoice, bench: Bench, allow_pickle: bool, where: str) -> Original:
    """Load an encoder once, to know that it can be, what it is and how many layers it has."""
    from tunescope.encoders import load_encoder

    with _located(where):
        if choice.given is not None:
            bench.given[choice.given.fingerprint] = choice.given
        elif choice.fingerprint is not None:
            raise StudyError(f"the encoder {choice.name!r} was handed over as an object; hand it over again to go on")
        encoder = choice.given or load_encoder(
            choice.name,
            revision=choice.revision,
            device=bench.device,
            allow_pickle=allow_pickle,
            pooling=choice.pooling,
        )
    found = Original.of(
        encoder,
        label=choice.label or encoder.name,
        name=choice.name,
        revision=choice.revision,
        allow_pickle=allow_pickle,
        pooling=choice.pooling,
    )
    bench.remember(found.key, encoder)
    return found


def _refuse_same_labels(encoders: tuple[Original, ...], where: str) -> None:
    labels = [encoder.label for encoder in encoders]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise StudyError(f"{where}: two encoders are called {', '.join(twice)}; give each a `label` of its own")


def _recipe(study: Study, encoder: Original, where: str, further: Mapping[str, Any] | None = None) -> Recipe:
    from tunescope.finetuning import Recipe

    changes: dict[str, Any] = study.recipe.model_dump(exclude_none=True)  # type: ignore[attr-defined]
    if study.epochs is not None:
        changes["epochs"] = study.epochs
    changes.update(further or {})
    with _located(where):
        return Recipe.for_encoder(encoder.name, **changes)


def _check_layers(
    study: Study,
    encoders: tuple[Original, ...],
    layers_of: dict[tuple[str, str], tuple[int, ...]],
    where: Located,
) -> None:
    for index, choice in enumerate(study.experiments):
        place: Place = ("experiments", index, "layers") if choice.layers is not None else ("layers",)
        for encoder in encoders:
            beyond = [layer for layer in layers_of[choice.name, encoder.label] if layer > encoder.n_layers]
            if beyond:
                raise StudyError(
                    f"{where(*place)}: {encoder.label} has no layer {beyond[0]}; "
                    f"it has 0 (embedding layer) to {encoder.n_layers}"
                )


@contextmanager
def _located(where: str) -> Iterator[None]:
    """An error inside keeps its class and says first where the thing was asked for."""
    try:
        yield
    except TunescopeError as error:
        raise type(error)(f"{where}: {error}") from error


def _field(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
