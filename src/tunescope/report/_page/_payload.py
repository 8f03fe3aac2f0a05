"""Everything that the page shows, as plain data: a study in, JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tunescope.report._page._section import Section, sections
from tunescope.report._page._view import RunView, StudyView


def payload(view: StudyView, shown: Sequence[Section] | None = None) -> dict[str, Any]:
    """The data of a page: what its sections have to show.

    Parameters
    ----------
    view : StudyView
        The study and how much of it the page may hold.
    shown : sequence of Section, optional
        The sections; all by default.

    Returns
    -------
    dict
        `study` (its name), `sections` (what each section shows of the study as a whole), `runs` (one entry a run, with
        its own `sections`), `note` (what was left out, or None). A section that has nothing to show is absent.
    """
    shown = sections() if shown is None else shown
    return {
        "study": {"name": view.study.name},
        "sections": _present((one.name, one.of_study(view)) for one in shown),
        "runs": [_run(run, shown) for run in view.runs],
        "note": view.detail.note,
    }


def _run(view: RunView, shown: Sequence[Section]) -> dict[str, Any]:
    run = view.run
    return {
        "title": run.title,
        "encoder": run.encoder,
        "task": run.task,
        "tunedOn": run.tuned_on,
        "seeds": run.seeds,
        "layers": run.layers,
        "layer": view.summary.layer,
        "sections": _present((one.name, one.of_run(view)) for one in shown),
    }


def with_rest(data: dict[str, Any], view: StudyView, shown: Sequence[Section], room: int) -> dict[str, Any]:
    """The same data with what sections show in the room that is left; `data` itself where that is nothing."""
    rest = _present((one.name, one.of_rest(view, room)) for one in shown)
    return {**data, "sections": {**data["sections"], **rest}} if rest else data


def _present(entries: Any) -> dict[str, Any]:
    """The entries that hold something."""
    return {
        name: found
        for name, found in entries
        if found is not None and not (hasattr(found, "__len__") and not len(found))
    }
