"""What a study asks for: encoders, tasks, seeds and experiments, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, field_validator

from tunescope.errors import StudyError, near
from tunescope.finetuning import Recipe
from tunescope.records import CONVENTIONS, Convention
from tunescope.studies._settings.encoder_choice import EncoderChoice
from tunescope.studies._settings.experiments import experiment_kinds, experiment_names
from tunescope.studies._settings.objects import of_object
from tunescope.studies._settings.parts import Classifier, Few, Index, Keep, Natural, Settings
from tunescope.studies._settings.recipes import RecipeChoice, known_settings
from tunescope.studies._settings.task_choice import TaskChoice
from tunescope.studies._settings.yaml import Document, Place, read_document

Layers = Literal["last", "all"] | list[Index]
"""Which layers are looked at: the last one, every one (0 is the embedding layer), or these."""


class ExperimentChoice(Settings):
    """An experiment of a study."""

    name: str = Field(min_length=1)
    layers: Layers | None = None
    """Layers of this experiment; those of the study by default."""

    @field_validator("name")
    @classmethod
    def _is_known(cls, name: str) -> str:
        known = experiment_names()
        if name not in known:
            raise ValueError(f"unknown experiment; {near(name, known)}")
        return name


RecipeChanges = Recipe.changes(Settings, without=["epochs"])
"""Where fine-tuning departs from the paper's recipe (Zhou and Srikumar 2022, section 3)."""


class Study(Settings):
    """What a study asks for; every field but `name`, `encoders`, `tasks` and `experiments` has a default."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
    """Names the study and its folder."""
    description: str = ""
    """What it is about, in a few words."""
    encoders: list[EncoderChoice] = Field(min_length=1)
    """Encoders that are looked at, and fine-tuned."""
    tasks: list[TaskChoice] = Field(min_length=1)
    """Tasks that are probed, and that encoders are fine-tuned on."""
    seeds: list[Index] = Field(default=[0], min_length=1)
    """Seeds of the fine-tuning; one fine-tuned encoder each."""
    recipes: list[RecipeChoice] = Field(default=[])
    """Ways of fine-tuning that are compared: each is a method by name, or what departs from `recipe`."""
    experiments: list[ExperimentChoice] = Field(min_length=1)
    """Questions that are asked."""
    sources: list[str] = Field(default=[])
    """Tasks of the cross-task experiment that encoders are fine-tuned on; all of `tasks` by default."""
    epochs: Natural | None = None
    """Epochs of the fine-tuning; the paper's number for its encoders by default."""
    recipe: RecipeChanges = RecipeChanges()  # type: ignore[valid-type]
    """Where fine-tuning departs from the paper's recipe."""
    every: Natural = 5
    """Updates between two snapshots."""
    layers: Layers = "last"
    """Layers of experiments that name none."""
    classifier: Classifier = Classifier()
    """The classifier probe."""
    memorisation_epochs: Natural = 100
    """Epochs of the classifier probe of the memorisation experiment."""
    convention: Convention | Literal["both"] = "all"
    """Which label pairs count in a spatial similarity: all, as in the published code, or both, told apart."""
    measures: list[str] = Field(default=[])
    """Further measures of the spaces on the way, by name (`tunescope.geometry.measures`)."""
    permutations: Natural = 20
    """Random orders of the labels that the experiment `chance` draws."""
    equal_accuracy: float = Field(default=0.9, gt=0, le=1, allow_inf_nan=False)
    """Accuracy on the training points at which ways of fine-tuning are compared, beside their ends."""
    device: str = "auto"
    """`auto` (cuda, mps or cpu, the first there is), or a device of PyTorch."""
    allow_pickle: bool = False
    """Whether weights are read that are stored as a pickle only, which can run code: for sources that are trusted."""
    threads: Few | None = None
    """Threads of PyTorch; all processors by default. A very small encoder is faster with one."""
    fraction: float | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    """Part of each task's data that is used, for a first look."""
    split_seed: Index = 0
    """Seed of the split by sentence, of tasks that come without a split."""
    keep: Keep = Keep()
    """What stays on disk beside the tables."""

    @field_validator("encoders", "tasks", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return _named([of_object(one) for one in value] if isinstance(value, (list, tuple)) else of_object(value))

    @field_validator("measures")
    @classmethod
    def _measures_are_known(cls, names: list[str]) -> list[str]:
        from tunescope.geometry import measures

        known = [info.name for info in measures()]
        for name in names:
            if name not in known:
                raise ValueError(f"unknown measure {name!r}; {near(name, known)}")
        return names

    @field_validator("sources", "seeds", "measures", "recipes", mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, value: Any) -> Any:
        return [value] if isinstance(value, (str, int, Mapping)) else value

    @field_validator("experiments", mode="before")
    @classmethod
    def _experiments_by_name(cls, value: Any, info: ValidationInfo) -> Any:
        if value == "all":
            has_recipes = bool(info.data.get("recipes"))
            value = [name for name, kind in experiment_kinds().items() if has_recipes or not kind.reads_recipes]
        return _named(value)

    @field_validator("experiments")
    @classmethod
    def _recipes_are_read(cls, asked: list[ExperimentChoice], info: ValidationInfo) -> list[ExperimentChoice]:
        kinds = experiment_kinds()
        readers = [name for name, kind in kinds.items() if kind.reads_recipes]
        read = [choice.name for choice in asked if choice.name in readers]
        if read and info.data.get("recipes") == []:
            raise ValueError(f"{read[0]} compares ways of fine-tuning; name them under `recipes`")
        if not read and info.data.get("recipes"):
            raise ValueError(
                f"`recipes` is read by no experiment of this study; add {' or '.join(readers)}, or leave it out"
            )
        return asked

    @field_validator("encoders", "tasks", "sources", "seeds", "recipes", "experiments", "measures")
    @classmethod
    def _nothing_twice(cls, values: list[Any]) -> list[Any]:
        names = [getattr(value, "label", None) or getattr(value, "name", value) for value in values]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            has_label = isinstance(values[0], (EncoderChoice, RecipeChoice))
            hint = "; give each a `label` of its own" if has_label else ""
            raise ValueError(f"{', '.join(twice)} stands there twice{hint}")
        return values

    @field_validator("sources")
    @classmethod
    def _sources_are_read(cls, sources: list[str], info: ValidationInfo) -> list[str]:
        kinds = experiment_kinds()
        asked = [choice.name for choice in info.data.get("experiments", ())]
        if sources and asked and not any(kinds[name].reads_sources for name in asked):
            readers = " or ".join(name for name, kind in kinds.items() if kind.reads_sources)
            raise ValueError(f"is read by no experiment of this study; add {readers}, or leave it out")
        return sources

    def changed(self, changes: Mapping[str, Any]) -> Study:
        """The study with other settings; objects that were handed over stay."""
        mine = {name: getattr(self, name) for name in self.model_fields_set}
        try:
            return Study.model_validate({**mine, **changes})
        except ValidationError as error:
            faults = (".".join(map(str, fault["loc"])) + ": " + _said(fault, fault["loc"]) for fault in error.errors())
            raise StudyError("; ".join(faults)) from None

    def __repr__(self) -> str:
        parts = {name: len(getattr(self, name)) for name in ("encoders", "tasks", "seeds", "experiments")}
        return f"<Study: {self.name[:60]!r}, {', '.join(f'{n} {name}' for name, n in parts.items())}>"

    @property
    def conventions(self) -> tuple[str, ...]:
        """The conventions that results are given in."""
        return CONVENTIONS if self.convention == "both" else (self.convention,)

    @property
    def reads_sources(self) -> bool:
        """Whether an experiment of the study looks at what fine-tuning on one task does to another."""
        kinds = experiment_kinds()
        return any(kinds[choice.name].reads_sources for choice in self.experiments)


def _named(value: Any) -> Any:
    """A list in which a plain name stands for `{name: ...}`; a single entry stands for a list of one."""
    if isinstance(value, (str, Mapping, BaseModel)):
        value = [value]
    if not isinstance(value, list):
        return value
    return [{"name": item} if isinstance(item, str) else item for item in value]


def read_study(source: str | Path, overrides: Mapping[str, Any] | None = None) -> tuple[Study, Document]:
    """Read a study and lay overrides over it; the document tells the line of each of its values.

    Parameters
    ----------
    source : str or Path
        A YAML file, or the name of a study that ships with the package.
    overrides : mapping, optional
        Settings that replace those of the file, such as `{"seeds": [0, 1]}`; None is ignored.

    Returns
    -------
    study : Study
        What is asked for.
    document : Document
        The file, with the line of each of its values.

    Raises
    ------
    StudyError
        There is no such study, or a setting is unknown or wrong: the message names file, line and field.
    """
    document = read_document(_study_file(source))
    changes = {name: value for name, value in (overrides or {}).items() if value is not None}
    content = {**document.content, **changes}
    if "layers" in changes and isinstance(content.get("experiments"), list):
        # Said for this run, so it holds for every experiment, whatever the file says of one of them.
        content["experiments"] = [
            {key: value for key, value in item.items() if key != "layers"} if isinstance(item, Mapping) else item
            for item in content["experiments"]
        ]
    if "experiments" in changes:
        # The file's sources and recipes are those of its own experiments.
        kinds, asked = experiment_kinds(), _named(changes["experiments"])
        names = (
            [str(item.get("name")) for item in asked if isinstance(item, Mapping)] if isinstance(asked, list) else []
        )
        for setting in ("sources", "recipes"):
            is_read = any(getattr(kinds.get(name), f"reads_{setting}", False) for name in names)
            if names and not is_read and setting not in changes:
                content.pop(setting, None)
    try:
        return Study.model_validate(content), document
    except ValidationError as error:
        raise StudyError(_message(error, document, changes)) from None


def load_study(source: str | Path, **overrides: Any) -> Study:
    """Read a study: a YAML file, or the name of one that ships with the package (see `study_names`).

    Parameters
    ----------
    source : str or Path
        A YAML file, or the name of a study that ships with the package.
    **overrides
        Settings that replace those of the file, such as `seeds=[0, 1]`.

    Returns
    -------
    Study
        The settings, checked.

    Raises
    ------
    StudyError
        There is no such study, or a setting is unknown or wrong: the message names file, line and field.

    Examples
    --------
    >>> load_study("demo", seeds=[0, 1]).seeds
    [0, 1]
    """
    return read_study(source, overrides)[0]


def study_names() -> tuple[str, ...]:
    """The studies that ship with the package.

    Returns
    -------
    tuple of str
        Their names, sorted.
    """
    return tuple(sorted(path.stem for path in _shipped().glob("*.yaml")))


def _shipped() -> Path:
    return Path(__file__).parents[1] / "shipped"


def _study_file(source: str | Path) -> Path:
    """The file of a study: what `source` names in the file system, or else among those that ship."""
    path = Path(source)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    shipped = _shipped() / f"{source}.yaml"
    if str(source) in study_names():
        return shipped
    raise StudyError(f"{source}: is no file (*.yaml) and no study of the package; {near(str(source), study_names())}")


def _message(error: ValidationError, document: Document, changes: Mapping[str, Any]) -> str:
    """One line a fault, in the order of the file: where, which field, what is wrong, what would be right."""
    told: dict[str, int] = {}
    for fault in error.errors():
        place = fault["loc"] if fault["type"] == "missing" else _plain_place(fault["loc"], document)
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        where = "given for this run" if place and place[0] in changes else document.where(place)
        line = int(tail) if (tail := where.rpartition(":")[2]).isdecimal() else 0
        told[f"{where}: {field + ': ' if field else ''}{_said(fault, place)}"] = line
    return "\n".join(sorted(told, key=told.__getitem__))


def _plain_place(loc: tuple[str | int, ...], document: Document) -> Place:
    """Pydantic's place without what it adds for unions and for the short form of a named entry."""
    place: Place = ()
    for part in loc:
        if isinstance(part, str) and place and place[-1] == "layers":
            break
        if part == "name" and (*place, part) not in document.lines and place in document.lines:
            break
        place = (*place, part)
    return place


def _said(fault: Any, place: Place) -> str:
    """What is wrong with a value, in the words of a study."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown setting; {near(str(place[-1]), _fields_at(place[:-1]))}"
    if kind == "missing":
        return "is missing"
    if place and "layers" in place:
        return 'must be "last", "all" or a list of layer numbers (0 is the embedding layer)'
    if kind == "value_error":
        return str(context.get("error", fault["msg"]))
    message = str(fault["msg"])
    return message[0].lower() + message[1:]


def _fields_at(place: Place) -> Iterable[str]:
    """The settings that there are at a place of a study."""
    parts: dict[str, type[BaseModel]] = {
        "encoders": EncoderChoice,
        "tasks": TaskChoice,
        "experiments": ExperimentChoice,
        "recipe": RecipeChanges,
        "classifier": Classifier,
        "keep": Keep,
    }
    if place and place[0] == "recipes":
        return known_settings()
    return (parts[str(place[0])] if place else Study).model_fields
