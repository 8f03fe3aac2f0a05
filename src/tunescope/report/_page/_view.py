"""What a section is shown of a study: all of it, or one run, and how much of it may go into the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tunescope.findings import Claim, Run, Summary, check_claims, find_runs, summarise
from tunescope.findings._study import Study


@dataclass(frozen=True)
class Detail:
    """How much of a study goes into its page; less where the page would grow too large."""

    most_updates: int | None = None
    """Updates of a line or path; None for all. The first and the last are always kept."""
    all_seeds: bool = True
    """Single seeds beside their mean."""
    every_layer: bool = True
    """Minimum distances, paths and matrices of all layers, or of the first and the last only."""

    @property
    def note(self) -> str | None:
        """What the page leaves out, in words; None for nothing."""
        left = []
        if self.most_updates is not None:
            left.append(f"at most {self.most_updates} updates of each line")
        if not self.all_seeds:
            left.append("one seed of each path")
        if not self.every_layer:
            left.append("paths and matrices of the first and the last layer")
        return None if not left else f"To keep this page small it holds {', '.join(left)}; the tables hold all."

    def kept(self, updates: Sequence[int]) -> list[int]:
        """Positions of the updates that are shown.

        Parameters
        ----------
        updates : sequence of int
            All updates of a line, ascending.

        Returns
        -------
        list of int
            At most `most_updates` positions in `updates`, evenly apart, the first and the last among them.
        """
        return kept(updates, self.most_updates)

    def layers(self, layers: Sequence[int]) -> list[int]:
        """The layers that are shown, ascending."""
        found = sorted(layers)
        return found if self.every_layer or len(found) < 3 else [found[0], found[-1]]


#: Tried one after the other until the page is small enough.
DETAILS = (
    Detail(),
    Detail(most_updates=60),
    Detail(most_updates=40, all_seeds=False),
    Detail(most_updates=25, all_seeds=False, every_layer=False),
    Detail(most_updates=12, all_seeds=False, every_layer=False),
)


@dataclass(frozen=True)
class StudyView:
    """A study as its page shows it."""

    study: Study
    detail: Detail = field(default_factory=Detail)

    @cached_property
    def runs(self) -> tuple[RunView, ...]:
        """All runs, in the order of the page."""
        return tuple(RunView(self.study, run, self.detail) for run in find_runs(self.study))


@dataclass(frozen=True)
class RunView:
    """One run of a study: an encoder, the task that it is probed on, and the task that it was tuned on."""

    study: Study
    run: Run
    detail: Detail = field(default_factory=Detail)

    @cached_property
    def summary(self) -> Summary:
        """The run's few numbers."""
        return summarise(self.study, self.run)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What the paper says of fine-tuning, asked of this run."""
        return tuple(check_claims(self.study, self.run))


def kept(updates: Sequence[int], most: int | None) -> list[int]:
    """Positions of at most `most` updates, evenly apart, the first and the last among them; None for all."""
    n = len(updates)
    if most is None or n <= most:
        return list(range(n))
    return sorted({round(index * (n - 1) / (most - 1)) for index in range(most)})
