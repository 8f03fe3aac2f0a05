"""What the explorer answers: its pages and data from memory, files of the study by ranges, and nothing else."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import StorageError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_NOT_KEPT = "no-store"
_ASKED_AGAIN = "private, no-cache"
"""A browser may keep it, and asks before each use whether it is still the same."""


@dataclass(frozen=True)
class Content:
    """Something that is made once, when it is asked for first."""

    kind: str
    """Its content type."""
    make: Callable[[], bytes]
    kept: str = _NOT_KEPT

    @cached_property
    def made(self) -> tuple[bytes, str]:
        """The content and its tag."""
        content = self.make()
        return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@dataclass(frozen=True)
class File:
    """A file of the study."""

    kind: str
    path: Path
    root: Path
    """The study's folder, with no link in it: what lies outside is not served."""


Route = Content | File


def application(routes: dict[str, Route], hosts: Iterable[str]) -> Starlette:
    """The application that answers GET and HEAD for `routes`, by the names `hosts` only.

    Parameters
    ----------
    routes : dict of str to Route
        What is there, by path.
    hosts : iterable of str
        Names that the Host header may have; `*` for any.

    Returns
    -------
    Starlette
        An ASGI application.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route as StarletteRoute

    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    found = Starlette(
        routes=[StarletteRoute(path, _endpoint(route), methods=["GET"]) for path, route in routes.items()],
        middleware=[Middleware(_SecurityHeaders), trusted],
    )
    found.router.redirect_slashes = False
    return found


class _SecurityHeaders:
    """Adds the headers that every answer has, refusals too."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, object], receive: Callable[..., object], send: Callable) -> None:
        from starlette.datastructures import MutableHeaders

        async def with_headers(message: dict) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_SECURITY)
                headers.setdefault("Cache-Control", _NOT_KEPT)
            await send(message)

        await self.app(scope, receive, with_headers)


def _endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse

        try:
            if isinstance(route, File):
                return await run_in_threadpool(_of_file, route, request)
            content, tag = await run_in_threadpool(lambda: route.made)
        except (StorageError, OSError):
            return PlainTextResponse("500 Internal Server Error\n", status_code=500)
        return _of_content(route, content, tag, request)

    return answer


def _of_content(route: Content, content: bytes, tag: str, request: Request) -> Response:
    from starlette.responses import Response

    headers = {"Cache-Control": route.kept, "ETag": tag}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=route.kind, headers=headers)


def _of_file(route: File, request: Request) -> Response:
    """The file, or the part of it that is asked for; not there when it is no regular file of the study."""
    from starlette.responses import FileResponse, PlainTextResponse, Response

    try:
        path = route.path.resolve(strict=True)
        about = path.stat()
    except (OSError, RuntimeError):
        path = None
    if path is None or not path.is_relative_to(route.root) or not stat.S_ISREG(about.st_mode):
        return PlainTextResponse("404 Not Found\n", status_code=404)
    answer = FileResponse(path, media_type=route.kind, stat_result=about, headers={"Cache-Control": _ASKED_AGAIN})
    if _has(request, answer.headers["etag"], answer.headers["last-modified"]):
        kept = {name: answer.headers[name] for name in ("etag", "last-modified", "cache-control")}
        return Response(status_code=304, headers=kept)
    return answer


def _has(request: Request, tag: str, changed: str = "") -> bool:
    """Whether who asks has it already."""
    from email.utils import parsedate_to_datetime

    asked = request.headers.get("if-none-match")
    if asked is not None:
        return "*" in asked or tag in (one.strip().removeprefix("W/") for one in asked.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or not changed:
        return False
    try:
        return parsedate_to_datetime(since) >= parsedate_to_datetime(changed)
    except (TypeError, ValueError):
        return False
