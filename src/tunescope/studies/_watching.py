"""What a study tells while it runs."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""


class Watcher:
    """Hears what a study does; this one keeps silent. A subclass overrides what it wants to hear."""

    def planned(self, n_missing: int) -> None:
        """So many units of work have to be done; none when everything is there."""

    def started(self, title: str, number: int, n_units: int) -> None:
        """Unit `number` (from 1) of `n_units` begins."""

    def progressed(self, part: str, done: int, total: int) -> None:
        """A part of the present unit went on, such as `encode` (sentences) or `fine-tune` (updates)."""

    def finished(self, title: str, seconds: float, notes: tuple[str, ...]) -> None:
        """The present unit is on disk."""

    def noted(self, text: str) -> None:
        """Something that the reader must know: dropped labels, sentences that were split, cleaned folders."""

    def part(self, name: str) -> Progress:
        """A progress callback for a named part of the present unit."""
        return lambda done, total: self.progressed(name, done, total)
