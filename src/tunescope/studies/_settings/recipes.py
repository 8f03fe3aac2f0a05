"""What a study says of ways of fine-tuning that it compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from tunescope.finetuning import Method, Recipe
from tunescope.studies._settings.parts import Settings

if TYPE_CHECKING:
    from tunescope.finetuning import Anchor


class RecipeChoice(Recipe.changes(Settings)):  # type: ignore[misc]
    """A way of fine-tuning: what departs from the recipe of the study.

    A method by name stands for `{method: name}`, and a method with its settings, `{lora: {r: 8}}`, for
    `{method: {lora: {r: 8}}}`; further settings of a recipe may stand beside it.
    """

    label: str = Field(default="", max_length=300)
    """What tables and figures call it; made of its settings by default."""

    @model_validator(mode="before")
    @classmethod
    def _by_method(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"method": value}
        if not isinstance(value, Mapping) or "method" in value:
            return value
        methods = [name for name in value if name not in cls.model_fields and name in Method.known()]
        if len(methods) > 1:
            raise ValueError(f"{' and '.join(methods)} are two methods; a way has one")
        if not methods:
            return value
        rest = {name: setting for name, setting in value.items() if name != methods[0]}
        return {"method": {methods[0]: value[methods[0]]}, **rest}

    @model_validator(mode="after")
    def _called(self) -> RecipeChoice:
        if not self.label:
            first = ("method", "anchor")
            order = [*first, *(name for name in type(self).model_fields if name not in first)]
            said = [_said(name, getattr(self, name)) for name in order if name in self.model_fields_set]
            object.__setattr__(self, "label", ", ".join(said) or "recipe")
        return self

    @model_serializer(mode="wrap")
    def _as_asked(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What was asked, and the label: read again, it is the same."""
        return {name: value for name, value in written(self).items() if name in {*self.model_fields_set, "label"}}

    def changes(self) -> dict[str, Any]:
        """The settings of a recipe that it names."""
        return {name: getattr(self, name) for name in self.model_fields_set if name != "label"}


def _said(name: str, value: Any) -> str:
    """A setting in a few words: a method or an anchor by its name, anything else with the name of the setting."""
    if name not in ("method", "anchor"):
        return f"{name} {value}"
    return called(value) if value is not None else f"no {name}"


def called(choice: Method | Anchor) -> str:
    """A method or an anchor in a few words, such as `layers 4-6`, `lora`, `identity 0.1`."""
    changed = choice.model_dump(mode="json", exclude_defaults=True)
    if choice.short is None or set(changed) != {choice.short}:
        return str(choice)
    value = changed[choice.short]
    if isinstance(value, list):
        is_range = len(value) > 1 and value == list(range(value[0], value[-1] + 1))
        value = f"{value[0]}-{value[-1]}" if is_range else ", ".join(map(str, value))
    return f"{choice.name} {value}"


def known_settings() -> Iterable[str]:
    """What may stand in such a choice: settings of a recipe, and methods."""
    return [*RecipeChoice.model_fields, *Method.known()]
