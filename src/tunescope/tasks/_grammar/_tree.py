"""Dependency trees: what the grammar builds, and the annotated sentence that a tree becomes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    """A word with its dependents to the left and to the right, each in the order of the text."""

    form: str
    upos: str
    relation: str = ""
    role: str | None = None
    function: str | None = None
    sense: str | None = None
    left: list[Node] = field(default_factory=list)
    right: list[Node] = field(default_factory=list)

    def first(self, relation: str, dependent: Node) -> Node:
        """Attach a dependent as the leftmost one; gives this node back."""
        dependent.relation = relation
        self.left.insert(0, dependent)
        return self

    def before(self, relation: str, dependent: Node) -> Node:
        """Attach a dependent directly before the word; gives this node back."""
        dependent.relation = relation
        self.left.append(dependent)
        return self

    def after(self, relation: str, dependent: Node) -> Node:
        """Attach a dependent as the rightmost one; gives this node back."""
        dependent.relation = relation
        self.right.append(dependent)
        return self

    def words(self) -> list[Node]:
        """The nodes of the tree in the order of the text."""
        before = [node for child in self.left for node in child.words()]
        after = [node for child in self.right for node in child.words()]
        return [*before, self, *after]


@dataclass(frozen=True)
class AnnotatedSentence:
    """A sentence of the grammar with all its annotation; every tuple has one entry per word."""

    words: tuple[str, ...]
    upos: tuple[str, ...]
    """Universal part of speech."""
    heads: tuple[int, ...]
    """Index of the head, -1 for the root."""
    relations: tuple[str, ...]
    """Dependency relation to the head, with subtype."""
    roles: tuple[str | None, ...]
    """Semantic role of a preposition, None for any other word."""
    functions: tuple[str | None, ...]
    """Semantic function of a preposition, None for any other word."""
    senses: tuple[str | None, ...]
    """Semantic class of a noun, None for any other word."""
    question: str | None
    """`COARSE:fine` class of a question, None for a statement."""


def annotate(root: Node, question: str | None = None) -> AnnotatedSentence:
    """Read the tree off as a sentence."""
    nodes = root.words()
    index = {id(node): i for i, node in enumerate(nodes)}
    heads = [-1] * len(nodes)
    for node in nodes:
        for child in (*node.left, *node.right):
            heads[index[id(child)]] = index[id(node)]
    root.relation = "root"
    return AnnotatedSentence(
        words=tuple(node.form for node in nodes),
        upos=tuple(node.upos for node in nodes),
        heads=tuple(heads),
        relations=tuple(node.relation for node in nodes),
        roles=tuple(node.role for node in nodes),
        functions=tuple(node.function for node in nodes),
        senses=tuple(node.sense for node in nodes),
        question=question,
    )
