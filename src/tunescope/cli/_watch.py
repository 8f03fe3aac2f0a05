"""How a study goes, as a person sees it: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tunescope.cli._plain import plain, shortened
from tunescope.studies import Watcher

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_LINES = 30.0
"""Where there is no terminal, a long part says this often how far it is."""

_TITLE_WIDTH = 44
"""Columns for the title beside the bar, its numbers and the time: a line of 80."""


class PlainWatcher(Watcher):
    """One line for each thing that happens, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._said = time.monotonic()

    def _say(self, text: str, style: str = "") -> None:
        self._said = time.monotonic()
        self.console.print(text, style=style or None, markup=False, soft_wrap=True)

    def planned(self, n_missing: int) -> None:
        if not n_missing:
            self._say("everything is there; writing the tables")

    def started(self, title: str, number: int, n_units: int) -> None:
        self._say(f"[{number}/{n_units}] {title}")

    def progressed(self, part: str, done: int, total: int) -> None:
        if time.monotonic() - self._said > _SECONDS_BETWEEN_LINES:
            self._say(f"  {part}: {done} of {total}")

    def finished(self, title: str, seconds: float, notes: tuple[str, ...]) -> None:
        for note in notes:
            self._say(f"  note: {note}")

    def noted(self, text: str) -> None:
        self._say(f"note: {text}")


class BarWatcher(PlainWatcher):
    """A bar for the study and one for the present unit, below the notes."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bars: Progress | None = None
        self._study: TaskID | None = None
        self._unit: TaskID | None = None
        self._part = ""

    def __enter__(self) -> BarWatcher:
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._bars is not None:
            self._bars.stop()

    def planned(self, n_missing: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        if not n_missing:
            super().planned(n_missing)
            return
        if self._bars is not None:  # further units, that could be named only when others were done
            self._bars.stop()
        self._bars = Progress(
            BarColumn(bar_width=16),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=self.console,
            transient=True,
        )
        self._study = self._bars.add_task("units", total=n_missing)
        self._bars.start()

    def started(self, title: str, number: int, n_units: int) -> None:
        assert self._bars is not None
        assert self._study is not None
        self._bars.update(self._study, completed=number - 1, description=shortened(plain(title), _TITLE_WIDTH))

    def progressed(self, part: str, done: int, total: int) -> None:
        if self._bars is None:
            return
        if self._unit is None or part != self._part:
            self._end_part()
            self._unit, self._part = self._bars.add_task(plain(part), total=total), part
        self._bars.update(self._unit, completed=done, total=total)

    def finished(self, title: str, seconds: float, notes: tuple[str, ...]) -> None:
        self._end_part()
        if self._bars is not None and self._study is not None:
            self._bars.advance(self._study)
        self._say(f"{seconds:7.1f} s  {title}", style="dim")
        super().finished(title, seconds, notes)

    def _end_part(self) -> None:
        if self._bars is not None and self._unit is not None:
            self._bars.remove_task(self._unit)
        self._unit = None


class _Silent(Watcher):
    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *exception: Any) -> None:
        return None


class _Lines(PlainWatcher):
    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *exception: Any) -> None:
        return None


def watcher(quiet: bool) -> BarWatcher | _Lines | _Silent:
    """The watcher for this run: silent, a bar where stderr is a terminal, or plain lines."""
    from tunescope.cli._voice import stderr

    if quiet:
        return _Silent()
    console = stderr()
    return BarWatcher(console) if console.is_terminal else _Lines(console)
