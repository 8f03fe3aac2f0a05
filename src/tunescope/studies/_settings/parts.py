"""Parts of what a study asks for that have settings of their own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tunescope.records import MapMethod
from tunescope.studies._points.maps import MAP_POINTS

Natural = Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
Index = Annotated[int, Field(ge=0, le=2**32 - 1, strict=True)]
"""As seeds of NumPy are bounded."""
Few = Annotated[int, Field(ge=1, le=10_000, strict=True)]
"""Of what takes memory or time for each: widths, runs, threads."""


class Settings(BaseModel):
    """What settings have in common: an unknown one is refused, and none changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Classifier(Settings):
    """The classifier probe (Zhou and Srikumar 2022, section 2.1)."""

    hidden: tuple[Few, Few] = (256, 256)
    """Widths of the two hidden layers."""
    alpha: float = Field(default=1e-4, ge=0, allow_inf_nan=False)
    """Weight of the L2 penalty."""
    max_iter: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1000
    """Most passes over the training points."""
    runs: Few = 5
    """Initialisations: accuracy is their mean and standard deviation."""
    search: bool = False
    """Whether `hidden` and `alpha` are chosen by the paper's grid, on a part of the training set."""


class Keep(Settings):
    """What of a study stays on disk beside its tables."""

    encoders: bool = True
    """Whether fine-tuned encoders are kept; without them, a further experiment has to fine-tune again."""
    points: bool = True
    """Whether the points of every snapshot are projected and kept, for the explorer."""
    maps: list[MapMethod] = []
    """Further projections of them; each takes seconds a snapshot and layer. `umap` needs the package umap-learn."""
    map_points: Annotated[int, Field(ge=10, le=1_000_000, strict=True)] = MAP_POINTS
    """Points of such a projection: a sub-sample with every label."""

    @field_validator("maps", mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("maps")
    @classmethod
    def _nothing_twice(cls, values: list[str]) -> list[str]:
        return list(dict.fromkeys(values))

    @model_validator(mode="after")
    def _maps_are_of_points(self) -> Keep:
        if self.maps and not self.points:
            raise ValueError("`maps` shows points: it needs `points: true`")
        return self
