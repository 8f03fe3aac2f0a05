"""Ways of fine-tuning beside each other: what is found, its table, and its section in a browser."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_ways import PLACES, write_ways

from tunescope.findings import find_runs, find_ways, pareto_front, read_study
from tunescope.report import write_figures, write_report

POINTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)


@given(POINTS)
def test_what_is_on_the_front_is_beaten_by_nothing_and_the_rest_by_something_on_it(points):
    front = pareto_front(points)
    assert front

    def beats(a, b):
        return a[0] >= b[0] and a[1] >= b[1] and a != b

    for at, point in enumerate(points):
        assert (at in front) == (not any(beats(other, point) for other in points))
        assert at in front or any(beats(points[other], point) for other in front)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_ways(tmp_path_factory.mktemp("ways"))


def test_every_way_is_found_with_its_runs_and_what_was_forgotten(folder):
    study = read_study(folder)
    (run,) = find_runs(study)
    found = find_ways(study, run)
    assert [way.recipe for way in found.ways] == list(PLACES)
    assert list(found.kept) == ["to-start spatial-pearson all", "others"]
    assert found.start["probe"] == 0.7
    assert found.start["others"] == 0.75
    by_name = {way.recipe: way for way in found.ways}
    assert by_name["norms"].end["probe"].mean == pytest.approx(0.90)
    assert not by_name["norms"].end["probe"].is_interval
    assert by_name["norms"].end["probe"].low == pytest.approx(0.89)
    assert by_name["head"].equal == {}
    assert by_name["head"].reached_at == (None, None, None)
    assert by_name["full"].end["others"].mean == pytest.approx(0.6)


def test_five_runs_have_an_interval(tmp_path):
    study = read_study(write_ways(tmp_path, n_seeds=5))
    assert find_ways(study, find_runs(study)[0]).ways[0].end["probe"].is_interval


def test_the_table_marks_what_is_not_beaten(folder, tmp_path):
    names = {path.name: path for path in write_figures(folder, tmp_path, formats=("png",))}
    assert "recipes_tiny_toy-role.png" in names
    with names["recipes_tiny_toy-role.csv"].open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["at"] == "end"]
    assert {row["way"] for row in rows if row["not beaten"] == "yes"} == set(PLACES) - {"beaten"}
    assert "norms" in names["recipes_tiny_toy-role.tex"].read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1366])
def test_a_way_is_a_point_with_its_runs_and_the_front_is_marked(folder, browser, width):
    browser.open(write_report(folder).as_uri(), width, 800)
    browser.wait("return document.querySelector('#recipes-figure .dot') !== null")
    dots = (
        "return [...document.querySelectorAll('#recipes-figure .dot')]"
        ".map((dot) => [dot.dataset.name, dot.dataset.front])"
    )
    assert dict(browser.run(dots)) == {name: str(name != "beaten").lower() for name in PLACES}
    assert browser.run("return document.querySelectorAll('#recipes-figure .run').length") == 3 * len(PLACES)
    said = browser.run("return document.querySelector('#recipes .lead').textContent")
    assert "head (3 of 3 runs)" in said
    browser.choose("#recipes [data-control=Compared]", "equal")
    assert {name for name, _ in browser.run(dots)} == set(PLACES) - {"head"}
    browser.choose("#recipes [data-control=Kept]", "others")
    assert "%" in browser.run("return document.querySelector('#recipes-figure .tick').textContent")
    assert browser.complaints() == []
