"""What a study has found, and how it shows itself in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope._shown import Frame, axes_for, html_table
from tunescope.errors import StorageError
from tunescope.records import TUNED
from tunescope.studies._settings.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tunescope.findings import Summary

_SHOWN = ("accuracy", "distance", "similarity")


@dataclass(frozen=True, repr=False)
class StudyResult:
    """A study that has run."""

    study: Study
    """What was asked."""
    folder: Path
    """Where its results are (docs/architecture.md, "The stored form of a study")."""
    n_units: int
    """Units of work of the study."""
    n_done: int
    """Units that this run did; the others were there."""
    seconds: float
    """Wall-clock seconds of this run."""
    time: dict[str, float]
    """Seconds by activity, of this run and of earlier ones, longest first."""
    summary: tuple[Summary, ...]
    """What fine-tuning changed, per encoder and task."""

    def __repr__(self) -> str:
        done = f"{self.n_done} done now in {self.seconds:.0f} s"
        return f"<StudyResult: {self.n_units} units, {done}, {len(self.summary)} rows>"

    def _repr_html_(self) -> str:
        rows = []
        for row in self.summary:
            sides = [getattr(side, name) for name in _SHOWN for side in (row.before, row.after)]
            rows.append([row.encoder, row.task, row.tuned_on, *(None if one is None else one.mean for one in sides)])
        columns = ["encoder", "task", "tuned on"]
        columns += [f"{name} {when}" for name in _SHOWN for when in ("before", "after")]
        facts = [("folder", self.folder), ("seconds", self.seconds)]
        return html_table(f"Study {self.study.name}", columns, rows, facts=facts)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the mean distance of the labels to their nearest neighbours over the updates.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes

        Raises
        ------
        StorageError
            The study has no distances.
        """
        from tunescope.records import read_rows

        ax = axes_for(ax)
        gaps = read_rows(self.folder, "gaps")
        if gaps is None:
            raise StorageError(
                f"{self.folder}: the study has no distances to draw; it needs an experiment such as dynamics"
            )
        gaps = gaps[gaps["stage"] == TUNED] if (gaps["stage"] == TUNED).any() else gaps
        for (encoder, task, tuned_on, layer), rows in gaps.groupby(["encoder", "task", "tuned_on", "layer"]):
            means = rows.groupby("update")["distance"].mean()
            label = f"{encoder}, {task}, layer {layer}" if task == tuned_on else f"{encoder}, {task} after {tuned_on}"
            ax.plot(means.index, means.to_numpy(), marker="o", markersize=3, label=label)
        ax.set_xlabel("update")
        ax.set_ylabel("mean distance to the nearest label")
        ax.legend()
        return ax

    def show(self, height: int = 700) -> Any:
        """The page of the study in a frame, in a notebook.

        Parameters
        ----------
        height : int, default 700
            Of the frame, in pixels.

        Returns
        -------
        object
            Shows itself where a notebook shows results; `_repr_html_()` is the frame.
        """
        # The page is drawn by the room above, which only a person asks for from here.
        page = import_module("tunescope.report").write_report(self.folder)
        return Frame(page.read_text(encoding="utf-8"), height)
