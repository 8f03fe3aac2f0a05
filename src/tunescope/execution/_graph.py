"""Pieces of work, and which of them wait for which."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Node(Generic[Piece]):
    """A piece of work."""

    name: Hashable
    """Tells it from all others of its graph."""
    work: Piece
    needs: tuple[Hashable, ...] = ()
    """The names of those that must be done before it."""
    shares: Hashable = None
    """Pieces that share something (a model in memory, one forward pass) have this in common: best done by the same
    worker, one after the other."""


@dataclass(frozen=True)
class Done(Generic[Piece]):
    """A piece of work that is done, has failed, or cannot be done because of one that has."""

    node: Node[Piece]
    error: Exception | None = None
    """Why it failed."""
    waits_for: tuple[Hashable, ...] = ()
    """The pieces that it needs and that are not done: it was not begun."""

    @property
    def is_done(self) -> bool:
        """Whether its result is there."""
        return self.error is None and not self.waits_for


@dataclass(frozen=True)
class Graph(Generic[Piece]):
    """Pieces of work, each after those that it needs; in the order in which one worker would do them.

    Raises
    ------
    ValueError
        A piece needs one that is not in the graph or comes after it, or two have the same name.
    """

    nodes: tuple[Node[Piece], ...]

    def __post_init__(self) -> None:
        before: set[Hashable] = set()
        for node in self.nodes:
            if node.name in before:
                raise ValueError(f"{node.name!r} is in the graph twice")
            late = [need for need in node.needs if need not in before]
            if late:
                raise ValueError(f"{node.name!r} needs {late[0]!r}, which is not in the graph before it")
            before.add(node.name)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node[Piece]]:
        return iter(self.nodes)

    @property
    def work(self) -> Sequence[Piece]:
        """The pieces, in order."""
        return [node.work for node in self.nodes]
