"""From a study's folder to the explorer's routes."""

from __future__ import annotations

import json
from pathlib import Path

from tunescope.errors import StorageError
from tunescope.findings._study import read_study
from tunescope.report._explorer._routes import Content, File, Route
from tunescope.report._explorer._server import ExplorerServer
from tunescope.report._page._json import plain
from tunescope.report._page._payload import payload
from tunescope.report._page._section import sections
from tunescope.report._page._view import Detail, StudyView
from tunescope.report._page._write import html_page
from tunescope.report._page.points import Points, is_of

_HTML, _JSON, _BYTES = "text/html; charset=utf-8", "application/json", "application/octet-stream"
_MOST_UPDATES = 60


def serve_explorer(study_dir: Path, host: str = "127.0.0.1", port: int = 0) -> ExplorerServer:
    """Prepare the explorer of a study; it answers as soon as `serve_forever` is called or a block is entered.

    It binds to this machine alone unless told otherwise, serves the points, projections and report page of
    this one study and no other file, and refuses requests that name another host (so that no web page can
    reach it through a name that it controls).

    Parameters
    ----------
    study_dir : Path
        The folder of a study that has run with projections (DIR/explorer).
    host : str
        The address to bind to.
    port : int
        The port; 0 takes a free one.

    Returns
    -------
    ExplorerServer
        Bound, not yet answering.

    Raises
    ------
    StorageError
        The folder holds no study, or no points.
    OSError
        The address or port cannot be bound.
    """
    study_dir = Path(study_dir)
    study = read_study(study_dir)
    points = Points(study_dir)
    if not points.projections:
        raise StorageError(
            f"{study_dir}: the study stored no points (explorer/projection-*.safetensors). Run it again with "
            "`keep: {points: true}`, the default; what is there is not computed again."
        )
    shown = sections()
    view = StudyView(study, Detail(most_updates=_MOST_UPDATES))
    runs = [one.run for one in view.runs]
    data = payload(view, shown)
    tasks = list(points.tasks)
    listed = []
    for projection in points.projections:
        points.of_task(projection.task)
        run = next((number for number, run in enumerate(runs) if is_of(projection, run)), None)
        listed.append({"title": projection.title, "run": run, "points": tasks.index(projection.task)})
    keep = ("gaps", "distances")
    slim = {
        "study": {"name": study.name},
        "runs": [
            {"sections": {key: run["sections"][key] for key in keep if key in run["sections"]}} for run in data["runs"]
        ],
        "projections": listed,
    }
    routes: dict[str, Route] = {
        "/": Content(_HTML, lambda: html_page(slim, "explore.html.j2", "explore.js", shown).encode("utf-8")),
        "/report": Content(_HTML, lambda: html_page(data, shown=shown).encode("utf-8")),
    }
    for number, task in enumerate(tasks):
        routes[f"/data/points/{number}"] = Content(_JSON, lambda task=task: _json(points.of_task(task)))  # type: ignore[misc]
    root = study_dir.resolve()
    for number, projection in enumerate(points.projections):
        routes[f"/data/projection/{number}"] = File(_BYTES, projection.path, root)
    return ExplorerServer(routes, host, port)


def _json(value: object) -> bytes:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
