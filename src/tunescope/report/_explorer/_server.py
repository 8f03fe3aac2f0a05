"""The explorer on this machine: an HTTP server that knows the files of one study and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from tunescope.errors import StorageError
from tunescope.findings._study import read_study
from tunescope.report._page._json import plain
from tunescope.report._page._payload import payload
from tunescope.report._page._section import sections
from tunescope.report._page._view import Detail, StudyView
from tunescope.report._page._write import html_page
from tunescope.report._page.points import Points, is_of

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HTML, _JSON, _BYTES = "text/html; charset=utf-8", "application/json", "application/octet-stream"

#: A route's answer: content type and a function that makes the content.
Route = tuple[str, Callable[[], bytes]]


class ExplorerServer:
    """A running explorer: `url`, `serve_forever()` until `close()`; as a context manager it closes itself."""

    def __init__(self, routes: dict[str, Route], host: str, port: int) -> None:
        handler = type("Handler", (_Handler,), {"routes": routes, "hosts": _allowed_hosts(host)})
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host, port = self._server.server_address[:2]
        name = str(host)
        return f"http://{f'[{name}]' if ':' in name else name}:{port}/"

    def serve_forever(self) -> None:
        """Answer requests until `close` is called from elsewhere, or the process is interrupted."""
        self._server.serve_forever(poll_interval=0.2)

    def close(self) -> None:
        """Stop answering and give the port back."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> ExplorerServer:
        from threading import Thread

        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


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
    view = StudyView(study, Detail(most_updates=60))
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
        "/": (_HTML, lambda: html_page(slim, "explore.html.j2", "explore.js", shown).encode("utf-8")),
        "/report": (_HTML, lambda: html_page(data, shown=shown).encode("utf-8")),
    }
    for number, task in enumerate(tasks):
        routes[f"/data/points/{number}"] = (_JSON, lambda task=task: _json(points.of_task(task)))  # type: ignore[misc]
    for number, projection in enumerate(points.projections):
        routes[f"/data/projection/{number}"] = (_BYTES, projection.path.read_bytes)
    return ExplorerServer(routes, host, port)


def _json(value: object) -> bytes:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _allowed_hosts(host: str) -> frozenset[str] | None:
    """The names by which a server of this machine may be called; None for one that others may call."""
    return frozenset(_LOOPBACK) if host in _LOOPBACK else None


def _host_name(header: str) -> str:
    """The name in a Host header, without its port; empty for what is not one."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the known routes; everything else is not there."""

    routes: dict[str, Route] = {}  # noqa: RUF012 - set by the server, one subclass each
    hosts: frozenset[str] | None = None
    server_version = "tunescope"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def _answer(self, with_content: bool) -> None:
        if self.hosts is not None and _host_name(self.headers.get("Host", "")) not in self.hosts:
            return self._refuse(HTTPStatus.FORBIDDEN)
        route = self.routes.get(urlsplit(self.path).path)
        if route is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        kind, make = route
        try:
            content = make()
        except (StorageError, OSError):
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        self.send_response(HTTPStatus.OK)
        self._send_headers(kind, len(content))
        if with_content:
            self.wfile.write(content)
        return None

    def _refuse(self, status: HTTPStatus) -> None:
        content = f"{status.value} {status.phrase}\n".encode("ascii")
        self.send_response(status)
        self._send_headers("text/plain; charset=utf-8", len(content))
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_headers(self, kind: str, length: int) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the person."""
