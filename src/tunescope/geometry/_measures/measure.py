"""What a measure is: what it declares, and what it computes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tunescope.geometry._measures.space import Space

Need = Literal["vectors", "labels", "centroids", "distances", "probabilities"]
"""What a measure reads of a space."""

NullKind = Literal["permuted-labels", "equal-space", "independent-rows", "none"]
"""How a value by chance is drawn.

``permuted-labels``: the same vectors with their labels in random order. ``independent-rows``: the rows of the second
space in random order, so that no point meets itself; of one space, every coordinate's values in an order of their
own, so that coordinates know nothing of each other. ``equal-space``: of two spaces, each point's two vectors change
places with probability one half, so that both spaces follow one law; of one space, normal points of the same number,
width and scale around zero whose directions are all equal. ``none``: the measure is about one number and has no chance.
"""

Direction = Literal["up", "down", "neither"]
"""Whether a larger (up) or a smaller (down) value is more of what `towards` says."""

NAN = float("nan")


@dataclass(frozen=True, repr=False)
class Value:
    """What a measure found."""

    value: float
    """The number; nan where the measure is not defined, and then `note` says why."""
    low: float = NAN
    """Lower end of the 95 % interval; nan where there is none."""
    high: float = NAN
    """Upper end."""
    n: int = 0
    """Points (or label pairs, where the measure is about those) that it rests on."""
    n_labels: int = 0
    """Labels that take part; 0 where labels play no part."""
    linear: bool = True
    """False when the measure needs linear spaces and one is not."""
    note: str = ""
    """What must be known to read the number: why it is undefined, or what was sampled or left out."""

    def __repr__(self) -> str:
        return f"<Value: {self.value:.4g}, 95 % {self.low:.4g} to {self.high:.4g}, n {self.n}>"

    @classmethod
    def undefined(cls, why: str, n: int = 0, n_labels: int = 0, linear: bool = True) -> Value:
        """No number, and the reason."""
        return cls(NAN, n=n, n_labels=n_labels, linear=linear, note=why)


@dataclass(frozen=True, repr=False)
class MeasureInfo:
    """What a measure declares about itself."""

    name: str
    """What it is called in tables."""
    title: str
    """What it is called in words."""
    spaces: int
    """1: of one space; 2: of two spaces of the same points."""
    range: tuple[float, float]
    """Least and largest value there can be."""
    direction: Direction
    """Which way is more of `towards`."""
    towards: str
    """What a value in that direction is more of: "alike", "spread over directions", …"""
    invariant_to: tuple[str, ...]
    """Changes of the space that leave the value as it is: rotation, shift, scale, invertible maps, …"""
    needs: frozenset[str]
    """What it reads of a space."""
    source: str
    """The work that it comes from."""
    null: NullKind
    """How chance is drawn."""
    settings: tuple[str, ...]
    """Ways in which it is taken; the first is the usual one."""

    def __repr__(self) -> str:
        spaces = "one space" if self.spaces == 1 else "two spaces"
        return f"<MeasureInfo: {self.name}, of {spaces}, {self.range[0]:g} to {self.range[1]:g}, null {self.null}>"


class Measure(ABC):
    """Base of all measures; a subclass that has a `name` is registered by being defined.

    Derive from `SpaceMeasure` or `ComparisonMeasure`, declare the class variables below and write `compute`. A file
    in `of_one` or `of_two` is found by itself; another package names its class in the entry point group
    ``tunescope.measures``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    range: ClassVar[tuple[float, float]]
    direction: ClassVar[Direction]
    towards: ClassVar[str]
    invariant_to: ClassVar[tuple[str, ...]]
    needs: ClassVar[frozenset[str]]
    source: ClassVar[str]
    null: ClassVar[NullKind]
    settings: ClassVar[tuple[str, ...]] = ("",)
    spaces: ClassVar[int]

    registered: ClassVar[WeakValueDictionary[str, type[Measure]]] = WeakValueDictionary()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" not in cls.__dict__:
            return
        declared = ("title", "range", "direction", "towards", "invariant_to", "needs", "source", "null")
        missing = [what for what in declared if not hasattr(cls, what)]
        if missing:
            raise TypeError(f"The measure {cls.name!r} must declare {', '.join(missing)}.")
        for what, kinds in (("direction", Direction), ("null", NullKind)):
            if getattr(cls, what) not in get_args(kinds):
                raise TypeError(f"The measure {cls.name!r}: {what} must be one of {', '.join(get_args(kinds))}.")
        unknown = set(cls.needs) - set(get_args(Need))
        if unknown or not cls.settings:
            raise TypeError(
                f"The measure {cls.name!r} needs what no space has: {', '.join(sorted(unknown)) or 'a setting'}."
            )
        known = Measure.registered.get(cls.name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"There is a measure {cls.name!r} already, in {known.__module__}.")
        Measure.registered[cls.name] = cls

    @classmethod
    @abstractmethod
    def take(cls, spaces: Sequence[Space], setting: str) -> Value:
        """The value of as many spaces as the measure is about."""

    @classmethod
    def info(cls) -> MeasureInfo:
        """What it declares."""
        return MeasureInfo(
            cls.name, cls.title, cls.spaces, cls.range, cls.direction, cls.towards, cls.invariant_to,
            frozenset(cls.needs), cls.source, cls.null, cls.settings,
        )  # fmt: skip


class SpaceMeasure(Measure):
    """A measure of one space."""

    spaces = 1

    @classmethod
    def take(cls, spaces: Sequence[Space], setting: str) -> Value:
        """The value of the one space."""
        (space,) = spaces
        return cls().compute(space, setting)

    @abstractmethod
    def compute(self, space: Space, setting: str) -> Value:
        """The value of a space under one of the measure's settings."""

    def chance(self, space: Space, setting: str, n_draws: int, seed: int) -> NDArray[np.float64] | None:
        """Values by chance, where a measure has a quicker way to them than one `compute` a draw; None otherwise."""
        return None


class ComparisonMeasure(Measure):
    """A measure of two spaces of the same points: row i of both is the same point.

    A measure that needs distances alone may be asked about two spaces of different points.
    """

    spaces = 2

    @classmethod
    def take(cls, spaces: Sequence[Space], setting: str) -> Value:
        """The value of the two spaces."""
        first, second = spaces
        return cls().compute(first, second, setting)

    @abstractmethod
    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """The value of the second space beside the first under one of the measure's settings."""
