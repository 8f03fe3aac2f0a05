"""A word about the wait while numba compiles the engine for a machine, which it does once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from numba.core import event

_LOG = logging.getLogger("tunescope.geometry")
_OURS = __package__ or "tunescope.geometry"


class _Notice(event.Listener):
    """Says so when the first function of this package is compiled, and not when it comes from the cache."""

    def __init__(self) -> None:
        self._said = False

    def on_start(self, event: Any) -> None:
        if not self._said and event.data["dispatcher"].py_func.__module__.startswith(_OURS):
            self._said = True
            _LOG.warning("Compiling the geometry engine, once for this machine: up to a minute.")

    def on_end(self, event: Any) -> None:
        pass


def announce() -> None:
    """Have the wait announced, once a process, as a warning of the logger ``tunescope.geometry`` (on stderr)."""
    register: Callable[[str, event.Listener], None] = event.register
    register("numba:compile", _Notice())
