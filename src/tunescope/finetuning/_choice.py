"""What a recipe chooses by name: found in a folder of this package or by entry points, with checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import Self

from tunescope._additions import discover
from tunescope.errors import StudyError, near


class Choice(BaseModel):
    """One of several things that a recipe can name; a subclass with a `name` is known from then on.

    Its fields are its settings. A kind of choice is a direct subclass that gives `what`, `folder` and
    `entry_point_group`, and keeps a registry of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: ClassVar[str]
    """What a recipe calls it."""
    title: ClassVar[str]
    """One line that says what it does."""
    source: ClassVar[str] = ""
    """The work that it comes from."""
    short: ClassVar[str | None] = None
    """The setting that a plain value stands for: `{random: 1e-4}` is `{random: {share: 1e-4}}`."""

    what: ClassVar[str]
    """What the kind is called in messages."""
    folder: ClassVar[str]
    """The folder, as a package, whose files are looked through."""
    entry_point_group: ClassVar[str]
    """The group of entry points by which other packages add theirs."""
    registry: ClassVar[dict[str, Any]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Choice in cls.__bases__:
            cls.registry = {}
        elif "name" in cls.__dict__:
            there = cls.registry.get(cls.name)
            if there is not None and (there.__module__, there.__qualname__) != (cls.__module__, cls.__qualname__):
                raise StudyError(
                    f"two {cls.what}s are called {cls.name!r}: {there.__module__}.{there.__qualname__} and"
                    f" {cls.__module__}.{cls.__qualname__}; give one another name"
                )
            cls.registry[cls.name] = cls

    @classmethod
    def known(cls) -> dict[str, type[Self]]:
        """Every one there is, by name: of this package, of entry points, and of classes made by the caller.

        Raises
        ------
        StudyError
            An entry point of another package cannot be imported; names package and entry point.
        """
        discover(cls.folder, cls.entry_point_group, cls.what, StudyError)
        return dict(sorted(cls.registry.items()))

    @classmethod
    def read(cls, setting: Any) -> Self:
        """The choice that a setting names: a name, or a mapping of one name to its settings.

        Parameters
        ----------
        setting : str, mapping or Choice
            As in a recipe of YAML or Python. A plain value in place of the settings stands for the most
            important one (`short`).

        Raises
        ------
        StudyError
            There is no such name, or a setting is unknown or wrong.
        """
        if isinstance(setting, cls):
            return setting
        values: Any
        if isinstance(setting, str):
            name, values = setting, {}
        elif isinstance(setting, Mapping) and len(setting) == 1:
            (name, values), *_ = setting.items()
        else:
            raise StudyError(f"give the name of one {cls.what}, or a mapping of one name to its settings")
        known = cls.known()
        if name not in known:
            raise StudyError(f"unknown {cls.what} {name!r}; {near(str(name), known)}")
        return known[name]._with(values)

    @classmethod
    def _with(cls, values: Any) -> Self:
        if values is None:
            values = {}
        if not isinstance(values, Mapping):
            if cls.short is None:
                raise StudyError(f"{cls.name} takes a mapping of settings, not {values!r}; {cls._settings_text()}")
            values = {cls.short: values}
        try:
            return cls(**values)
        except ValidationError as error:
            raise StudyError("; ".join(cls._said(fault) for fault in error.errors())) from None

    @classmethod
    def _said(cls, fault: Any) -> str:
        place = ".".join([cls.name, *map(str, fault["loc"][:1])])
        if fault["type"] == "extra_forbidden":
            return f"{place}: unknown setting; {cls._settings_text()}"
        if fault["type"] == "missing":
            return f"{place}: is missing"
        message = str(fault.get("ctx", {}).get("error", fault["msg"]))
        return f"{place}: {message[0].lower() + message[1:]}"

    @classmethod
    def _settings_text(cls) -> str:
        names = ", ".join(cls.model_fields)
        return f"{cls.name} knows {names}" if names else f"{cls.name} has none"

    def setting(self) -> str | dict[str, Any]:
        """The shortest setting that names it: its name, or a mapping to what differs from the defaults (JSON)."""
        changed = self.model_dump(mode="json", exclude_defaults=True)
        return {self.name: changed} if changed else self.name

    def __str__(self) -> str:
        changed = self.model_dump(mode="json", exclude_defaults=True)
        return f"{self.name}({', '.join(f'{key}={value}' for key, value in changed.items())})" if changed else self.name
