"""Work that waits for other work is done after it; what fails ends only what needs it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import StudyError
from tunescope.execution import Executor, Graph, Node, executor, executor_names, executors


@st.composite
def graphs(draw):
    nodes = []
    for name in range(draw(st.integers(0, 8))):
        needs = draw(st.lists(st.sampled_from(range(name)), unique=True, max_size=3)) if name else []
        nodes.append(Node(name, name, tuple(needs), draw(st.sampled_from(["a", "b", None]))))
    return Graph(tuple(nodes))


@given(graphs(), st.sets(st.integers(0, 8)))
def test_every_piece_ends_once_and_after_all_that_it_needs(graph, broken):
    begun = []

    def do(work):
        begun.append(work)
        if work in broken:
            raise ValueError(work)

    ended = {one.node.name: one for one in executor("local").run(graph, do)}
    assert set(ended) == {node.name for node in graph}
    assert len(begun) == len(set(begun))
    for node in graph:
        lost = {need for need in node.needs if not ended[need].is_done}
        assert set(ended[node.name].waits_for) <= lost
        assert bool(ended[node.name].waits_for) == bool(lost)
        assert (node.name in begun) == (not lost)
        assert ended[node.name].is_done == (not lost and node.name not in broken)
        if node.name in begun:
            assert all(begun.index(need) < begun.index(node.name) for need in node.needs)


def test_pieces_that_share_something_are_done_one_after_the_other():
    nodes = [Node("a1", "a1", (), "a"), Node("b1", "b1", (), "b"), Node("a2", "a2", (), "a"), Node("c", "c")]
    begun = []
    list(executor("local").run(Graph(tuple(nodes)), begun.append))
    assert begun == ["a1", "a2", "b1", "c"]


def test_an_interrupt_is_not_caught():
    def do(work):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(executor("local").run(Graph((Node("a", "a"),)), do))


def test_a_graph_that_cannot_be_worked_off_is_refused():
    with pytest.raises(ValueError, match="not in the graph before it"):
        Graph((Node("a", "a", ("b",)), Node("b", "b")))
    with pytest.raises(ValueError, match="twice"):
        Graph((Node("a", "a"), Node("a", "a")))


def test_an_executor_from_outside_is_one_class():
    class Elsewhere(Executor):
        name = "elsewhere"
        about = "in a test"

        def run(self, graph, do):
            yield from executor("local").run(graph, do)

    try:
        assert "elsewhere" in executor_names()
        assert isinstance(executor("elsewhere"), Elsewhere)
    finally:
        Executor._known.pop("elsewhere")
    assert "elsewhere" not in executors()


def test_an_unknown_executor_is_named_beside_those_that_there_are():
    with pytest.raises(StudyError, match=r"there is no executor 'locl'; did you mean local\?"):
        executor("locl")
