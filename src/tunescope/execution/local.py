"""The executor `local`: one piece after the other, in this process."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from tunescope.execution._executor import Do, Executor
from tunescope.execution._graph import Done, Graph, Node


class Local(Executor):
    """In this process, one piece after the other.

    Of the pieces that can be begun, one that shares something with the piece before comes first, so that what is in
    memory is used before it goes; else the first of the graph.
    """

    name = "local"
    about = "in this process, one piece of work after the other"

    def run(self, graph: Graph[Any], do: Do) -> Iterator[Done[Any]]:
        """Do all pieces of a graph, as `Executor.run` says."""
        waiting = list(graph)
        done: set[Hashable] = set()
        failed: set[Hashable] = set()
        shared: Hashable = None
        while waiting:
            for node in [node for node in waiting if failed & set(node.needs)]:
                waiting.remove(node)
                failed.add(node.name)
                yield Done(node, waits_for=tuple(need for need in node.needs if need in failed))
            begun = _next(waiting, done, shared)
            if begun is None:
                continue  # the last ones wait for what has failed
            waiting.remove(begun)
            error: Exception | None = None
            try:
                do(begun.work)
            except Exception as raised:
                error = raised
            (done if error is None else failed).add(begun.name)
            shared = begun.shares if begun.shares is not None else shared
            yield Done(begun, error)


def _next(waiting: list[Node[Any]], done: set[Hashable], shared: Hashable) -> Node[Any] | None:
    """The piece to begin: all that it needs is done."""
    ready = [node for node in waiting if done.issuperset(node.needs)]
    alike = [node for node in ready if shared is not None and node.shares == shared]
    return next(iter([*alike, *ready]), None)
