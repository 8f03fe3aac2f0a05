"""The recipe of a fine-tuning: everything that decides its result besides encoder, task and seed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, Field, PlainSerializer, PlainValidator, ValidationError, create_model

from tunescope.encoders import encoder_infos
from tunescope.encoders._random import RANDOM
from tunescope.errors import StudyError
from tunescope.finetuning._anchors import Anchor
from tunescope.finetuning._choice import Choice
from tunescope.finetuning._methods import Method, Stage
from tunescope.finetuning._methods.full import Full

# Zhou and Srikumar (ACL 2022), Table 1: ten epochs for the miniatures, three for BERT base.
_EPOCHS_OF_LARGE_ENCODERS = 3

Natural = Annotated[int, Field(ge=1, strict=True)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AnchorSetting = Annotated[
    Any,
    PlainValidator(lambda setting: None if setting is None else Anchor.read(setting)),
    PlainSerializer(lambda anchor: None if anchor is None else anchor.setting()),
]
MethodSetting = Annotated[Any, PlainValidator(Method.read), PlainSerializer(lambda method: method.setting())]


@dataclass(frozen=True, repr=False)
class Recipe:
    """How to fine-tune; the defaults are those of Zhou and Srikumar (ACL 2022), section 4.

    The same in YAML and Python. Every setting is checked, and stands afterwards in its checked form.

    Raises
    ------
    StudyError
        A value that is out of range; names the field.

    Examples
    --------
    >>> Recipe(epochs=5).settings()
    {'epochs': 5}
    """

    epochs: Natural = _EPOCHS_OF_LARGE_ENCODERS
    """Passes over the training sentences."""
    learning_rate: Positive = 3e-4
    """The highest one, reached at the end of the warm-up."""
    batch_size: Natural = 32
    """Sentences of a batch; only sentences that hold a target are counted and read."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share of all updates in which the learning rate rises from 0."""
    schedule: Literal["linear", "constant"] = "linear"
    """After the warm-up: `linear` falls to 0 at the last update, `constant` stays."""
    optimizer: Literal["adam", "adamw"] = "adam"
    """`adam`, or `adamw` with torch's default weight decay of 0.01."""
    max_grad_norm: Positive | None = None
    """Gradients longer than this are shortened to it; the paper names no such limit, None has none."""
    method: MethodSetting = field(default=Full())
    """Which numbers are trained: a name, or a mapping of one name to its settings; `Method.known()` tells them."""
    anchor: AnchorSetting = None
    """What keeps the encoder near its start: None, or a mapping of one name to its settings, as for `method`."""
    parts: bool = False
    """Whether an update's sentences are read in parts of like length, which saves the passes for padding. The gradient
    is that of the whole batch up to rounding; dropout draws otherwise, so the weights are not those of one batch."""

    def __post_init__(self) -> None:
        self._check()
        self.method.stages(self.epochs)
        if self.parts and self.anchor is not None and not self.anchor.in_parts:
            raise StudyError(
                f"recipe.parts: the anchor {self.anchor.name} looks at a batch as a whole; leave `parts` false"
            )

    def _check(self) -> None:
        given = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        try:
            checked = _checker().model_validate(given)
        except ValidationError as error:
            raise StudyError("; ".join(map(_said, error.errors()))) from None
        for name in given:
            object.__setattr__(self, name, getattr(checked, name))

    @classmethod
    def for_encoder(cls, name: str, **overrides: Any) -> Recipe:
        """The paper's recipe for this encoder: 10 epochs for tiny, mini, small and medium, 3 for any other.

        A control (``random:`` before the name) has that of the encoder that it controls.

        Parameters
        ----------
        name : str
            A short name or hub id.
        **overrides
            Fields that differ from the recipe.
        """
        epochs = {key: info.epochs for info in encoder_infos() for key in (info.name, info.source)}
        return cls(**{"epochs": epochs.get(name.removeprefix(RANDOM), _EPOCHS_OF_LARGE_ENCODERS), **overrides})

    @classmethod
    def changes(cls, base: type[BaseModel], *, without: Iterable[str] = ()) -> type[BaseModel]:
        """A pydantic model of a recipe's settings, each of which may be left out (None).

        Parameters
        ----------
        base : type
            What the model is derived from.
        without : iterable of str
            Settings that it does not have.
        """
        hints = get_type_hints(cls, include_extras=True)
        fields: dict[str, Any] = {
            each.name: (hints[each.name] | None, None) for each in dataclasses.fields(cls) if each.name not in without
        }
        return create_model(f"{cls.__name__}Changes", __base__=base, __module__=base.__module__, **fields)

    def __repr__(self) -> str:
        return f"Recipe({', '.join(f'{name}={value!r}' for name, value in self.settings().items())})"

    def settings(self, *, defaults: bool = False) -> dict[str, Any]:
        """The recipe as JSON: what differs from the defaults, so that a new setting changes no older recipe's.

        Parameters
        ----------
        defaults : bool
            Also the settings that have their default value.

        Returns
        -------
        dict
            `Recipe(**recipe.settings())` is the recipe again.
        """
        result = {}
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if defaults or value != each.default:
                result[each.name] = value.setting() if isinstance(value, Choice) else value
        return result

    def updates(self, n_sentences: int) -> tuple[int, int]:
        """Updates of an epoch, and of the whole training, over this many sentences that hold a target."""
        per_epoch = math.ceil(n_sentences / self.batch_size)
        return per_epoch, per_epoch * self.epochs

    def rate(self, update: int, n_updates: int) -> float:
        """Learning rate of update 1 … n_updates of a stage, as a share of `learning_rate`.

        As transformers' schedules have it, the first update of a warm-up has rate 0.
        """
        step, rising = update - 1, round(self.warmup * n_updates)
        if step < rising:
            return step / rising
        if self.schedule == "constant":
            return 1.0
        return (n_updates - step) / max(1, n_updates - rising)

    def stage(self, update: int, per_epoch: int) -> tuple[Stage, int]:
        """The stage that an update (1 …) belongs to, and the number of the update within it (1 …)."""
        stages = self.method.stages(self.epochs)
        begin = 0
        for stage in stages[:-1]:
            if update <= begin + stage.epochs * per_epoch:
                return stage, update - begin
            begin += stage.epochs * per_epoch
        return stages[-1], update - begin

    def rate_at(self, update: int, per_epoch: int) -> float:
        """Learning rate of an update of the whole training, as a share of `learning_rate`; each stage rises anew."""
        stage, within = self.stage(update, per_epoch)
        return self.rate(within, stage.epochs * per_epoch)


@cache
def _checker() -> type[BaseModel]:
    """The pydantic model that checks the fields of a recipe."""
    hints = get_type_hints(Recipe, include_extras=True)
    fields: dict[str, Any] = {each.name: (hints[each.name], each.default) for each in dataclasses.fields(Recipe)}
    return create_model("CheckedRecipe", **fields)


def _said(fault: Any) -> str:
    """What is wrong with a field, in a line."""
    if fault["type"] == "value_error":
        return f"recipe.{fault['loc'][0]}: {fault['ctx']['error']}"
    message = str(fault["msg"])
    return f"recipe.{fault['loc'][0]}: {message[0].lower() + message[1:]}, not {fault['input']!r}"
