"""What a study tells while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

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


class NotebookWatcher(Watcher):
    """One bar of tqdm for the units of a study, with what is being done; notes below it."""

    def __init__(self) -> None:
        self._bar: Any = None

    def planned(self, n_missing: int) -> None:
        from tqdm.auto import tqdm

        self._bar = tqdm(total=n_missing, unit="unit", leave=False) if n_missing else None

    def started(self, title: str, number: int, n_units: int) -> None:
        if self._bar is not None:
            self._bar.set_description_str(title)

    def finished(self, title: str, seconds: float, notes: tuple[str, ...]) -> None:
        if self._bar is None:
            return
        self._bar.update()
        if self._bar.n >= self._bar.total:
            self._bar.close()

    def noted(self, text: str) -> None:
        print(f"note: {text}")


def watcher_here() -> Watcher:
    """Who listens where nobody was named: a bar in a notebook, nobody elsewhere."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return NotebookWatcher() if getattr(shell, "kernel", None) is not None else Watcher()
