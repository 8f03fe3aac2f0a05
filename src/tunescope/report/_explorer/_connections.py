"""Connections to the explorer: so many at most, and none that is held for nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


def bounded(most: int, seconds: float) -> type[H11Protocol]:
    """The protocol of a server with at most so many connections, each held for so long without use.

    Parameters
    ----------
    most : int
        Connections at once; one more is closed at once.
    seconds : float
        How long a question may take to come whole, and how long the one who asked may take nothing of the answer.

    Returns
    -------
    type of H11Protocol
        For `uvicorn.Config(http=...)`.
    """
    return type("BoundedProtocol", (_Bounded,), {"most": most, "seconds": seconds})


class _Bounded(H11Protocol):
    most = 1000
    seconds = 15.0
    _watch: asyncio.TimerHandle | None = None
    _unsent = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
            return
        self._watch = self.loop.call_later(self.seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close the connection when nothing has gone on since the last look."""
        answering = self.cycle is not None and not self.cycle.response_complete
        unsent = self.transport.get_write_buffer_size()
        asking = self.timeout_keep_alive_task is None and not answering
        if asking and not unsent:
            self.transport.close()
        elif unsent and unsent == self._unsent:
            self.transport.abort()
        else:
            self._unsent = unsent
            self._watch = self.loop.call_later(self.seconds, self._look)
