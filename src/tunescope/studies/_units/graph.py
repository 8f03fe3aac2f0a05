"""The units that have to be done, and which of them wait for which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunescope.execution import Graph, Node
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import ResultStore

Place = tuple[str, str]
"""Kind and key of a unit."""


def place(work: Work) -> Place:
    """Kind and key of a unit."""
    return work.kind, work.key


def missing_units(wanted: Iterable[Work], store: ResultStore) -> Graph[Work]:
    """The graph of the units that have to be done: those wanted and those that they need, each once.

    What only stands behind a unit that is there already is not done. A unit that another one will bring along
    (`Work.provider`) is not done by itself.
    """
    nodes: dict[Place, Node[Work]] = {}
    resolved: dict[Place, Place | None] = {}

    def visit(work: Work) -> Place | None:
        """The node that this unit waits for; None when its result is there."""
        here = place(work)
        if here in resolved:
            return resolved[here]
        provider = work.provider
        if work.find(store) is not None:
            resolved[here] = None
        elif provider is not None and provider.find(store) is None:
            resolved[here] = visit(provider)
        else:
            found = (visit(need) for need in work.needs)
            needs = tuple(dict.fromkeys(need for need in found if need is not None))
            nodes[here] = Node(here, work, needs, work.shares)
            resolved[here] = here
        return resolved[here]

    for work in wanted:
        visit(work)
    return Graph(tuple(nodes.values()))
