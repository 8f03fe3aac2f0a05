"""The explorer on this machine: a server that knows the files of one study and nothing else."""

from __future__ import annotations

import socket
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from tunescope.report._explorer._routes import Route, application

if TYPE_CHECKING:
    import uvicorn

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BACKLOG = 2048
"""Connections that wait for the system to hand them over."""
_MOST_CONNECTIONS = 4000
"""Further ones are closed at once; a browser opens six."""
_SPARE_FILES = 64
"""Of the files that the system lets a process open, so many are left for all else."""
_MOST_HEAD = 16_384
"""Bytes of a request's head."""
_SECONDS_TO_ASK = 15
"""A connection on which no whole question has come, or from which no answer is taken, is closed after so long."""


class ExplorerServer:
    """A running explorer: `url`, `serve_forever()` until `close()`; as a context manager it closes itself.

    Parameters
    ----------
    routes : dict of str to Route
        What is answered, by path.
    host : str
        The address to bind to.
    port : int
        The port; 0 takes a free one.

    Raises
    ------
    OSError
        The address or port cannot be bound.
    """

    def __init__(self, routes: dict[str, Route], host: str, port: int) -> None:
        self._server = _server(routes, host)
        self._socket = _bound(host, port)
        name = self._socket.getsockname()
        self._address = (str(name[0]), int(name[1]))
        self._ended = Event()
        self._ended.set()

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host, port = self._address
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def serve_forever(self) -> None:
        """Answer requests until `close` is called from elsewhere, or the process is interrupted."""
        self._ended.clear()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._ended.set()

    def close(self) -> None:
        """Stop answering and give the port back."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._ended.wait(timeout=5)
        self._socket.close()

    def __enter__(self) -> ExplorerServer:
        self._ended.clear()
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens; who connects before the server runs is answered when it does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _server(routes: dict[str, Route], host: str) -> uvicorn.Server:
    """The server; it says nothing: the terminal belongs to the person."""
    import uvicorn

    from tunescope.report._explorer._connections import bounded

    hosts = (*_LOOPBACK, "[::1]") if host in _LOOPBACK else ("*",)
    config = uvicorn.Config(
        application(routes, hosts),
        loop="asyncio",
        http=bounded(min(_MOST_CONNECTIONS, _files_allowed() - _SPARE_FILES), _SECONDS_TO_ASK),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_SECONDS_TO_ASK,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_MOST_HEAD,
    )
    return uvicorn.Server(config)


def _files_allowed() -> int:
    """How many files this process may have open, once it has asked the system for what the connections need."""
    wanted = _MOST_CONNECTIONS + _SPARE_FILES
    try:
        import resource
    except ImportError:  # Windows counts them otherwise
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
    except (OSError, ValueError):
        return soft
    return more
