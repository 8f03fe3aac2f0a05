"""Sections of the page: one addition is one section, from wherever it comes."""

from __future__ import annotations

import json
import re

import pytest

from tunescope.errors import ReportError
from tunescope.findings._study import read_study
from tunescope.report import Section, StudyView, write_report
from tunescope.report._page import _section
from tunescope.report._page._bundle import bundle
from tunescope.report._page._modules import modules, write_modules
from tunescope.report._page._payload import payload
from tunescope.report._page._section import forget, sections

SCRIPT = """// A section of somebody else's.

import { el } from "../core/dom.js";
import { figure as frame } from "../core/figure.js";

/** How many layers a run has. */
export function draw({ run, study }, app) {
  const main = frame({ id: "depth-figure", title: "Layers", draw: (host) => host.append(el("b", null, run.told)) });
  return { lead: `${study.n} runs, here ${app.run.encoder}`, body: main.node };
}
"""


@pytest.fixture
def depth(tmp_path):
    """A section that no file of the package knows."""
    path = tmp_path / "depth.js"
    path.write_text(SCRIPT, encoding="utf-8")

    class Depth(Section):
        name, title, order, script = "depth", "How deep is it?", 45.5, path

        def of_run(self, view):
            if view.run.task != "toy-role":
                return None
            return {"told": f"</script><b>{len(view.run.layers)}</b> layers"}

        def of_study(self, view):
            return {"n": len(view.runs)}

    yield Depth
    forget("depth")


@pytest.mark.usefixtures("depth")
def test_a_section_from_outside_is_in_the_payload(make_study):
    view = StudyView(read_study(make_study(tables=("gaps", "distances"), layers=(0, 1), seeds=(0,))))
    data = payload(view)
    assert data["sections"]["depth"] == {"n": 3}
    assert [run["sections"].get("depth") is not None for run in data["runs"]] == [
        run["task"] == "toy-role" for run in data["runs"]
    ]
    assert [one.name for one in sections()].index("depth") == [one.name for one in sections()].index("gaps") + 1


@pytest.mark.usefixtures("depth")
def test_a_section_from_outside_is_seen_and_its_data_stay_text(browser, make_study):
    browser.open(write_report(make_study(pairs=(("toy-role", "toy-role"),), layers=(0, 1), seeds=(0,))).as_uri())
    assert browser.element("#depth h2").text == "How deep is it?"
    assert browser.element("#depth .lead").text == "1 runs, here embedded"
    assert browser.element("#depth-figure .drawing b").text == "</script><b>2</b> layers"
    assert browser.run("return document.querySelectorAll('#depth b').length") == 1
    links = browser.run("return [...document.querySelectorAll('#contents a')].map((link) => link.hash)")
    assert links.index("#depth") == links.index("#gaps") + 1
    assert browser.complaints() == []


@pytest.mark.usefixtures("depth")
def test_a_section_without_data_is_absent(browser, make_study):
    tables = ("gaps", "tasks")
    shown = [one for one in sections() if one.name != "depth"] + [_WithoutStudy()]
    folder = make_study(pairs=(("toy-pos", "toy-pos"),), tables=tables, layers=(1,), seeds=(0,))
    data = payload(StudyView(read_study(folder)), shown)
    assert "nothing" not in data["sections"]
    assert "nothing" not in data["runs"][0]["sections"]
    browser.open(
        write_report(folder, shown=[one for one in sections() if one.name not in ("accuracy", "depth")]).as_uri()
    )
    assert not browser.run("return Boolean(document.querySelector('#accuracy, #nothing, #depth'))")
    assert browser.complaints() == []


class _WithoutStudy(Section):
    name, title, order = "nothing", "Nothing", 500


forget("nothing")


def test_a_section_that_fails_says_so_and_takes_no_other_with_it(browser, make_study, depth, tmp_path):
    depth.script = tmp_path / "failing.js"
    depth.script.write_text('export function draw() {\n  throw new Error("no ink");\n}\n', encoding="utf-8")
    browser.open(write_report(make_study(tables=("gaps",), layers=(0, 1), seeds=(0,))).as_uri())
    assert browser.element("#depth .note").text == "This section could not be drawn: no ink"
    assert browser.run("return Boolean(document.querySelector('#gaps svg'))")
    assert any("no ink" in said for said in browser.complaints())


def test_a_section_is_found_by_the_entry_point_of_another_package(install_package, make_study):
    files = {
        "other_section.py": "from tunescope.report import Section\n\n\nclass Other(Section):\n"
        '    name, title, order = "other", "Another", 46\n\n    def of_study(self, view):\n        return [1]\n',
        "other_section.js": "export function draw() {\n  return null;\n}\n",
    }
    install_package(files, {"tunescope.sections": {"other": "other_section"}})
    try:
        page = write_report(make_study(tables=("gaps",), layers=(1,), seeds=(0,))).read_text(encoding="utf-8")
    finally:
        forget("other")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(data)["sections"]["other"] == [1]
    assert "// sections/other.js" in page
    install_package({}, {"tunescope.sections": {"absent": "absent_section"}})
    with pytest.raises(ReportError, match=r"'absent' .*cannot be imported"):
        sections()


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"name": "x y", "title": "X", "order": 1}, "has the name 'x y'"),
        ({"name": "x"}, "has no title and no order"),
        ({"name": "gaps", "title": "X", "order": 1}, "is taken by the section tunescope.report"),
    ],
)
def test_what_is_no_section_is_refused_where_it_is_written(fields, match):
    sections()
    with pytest.raises(ReportError, match=match):
        type("Wrong", (Section,), fields)


def test_a_section_without_its_script_is_an_error_that_names_the_file(depth, tmp_path):
    depth.script = tmp_path / "absent.js"
    with pytest.raises(ReportError, match=r"absent\.js: the script of the section 'depth'"):
        bundle("report.js", modules(sections()))


def test_every_section_of_the_package_is_two_files_side_by_side(tmp_path):
    from pathlib import Path

    folder = Path(_section.__file__).parent / "sections"
    python = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert python == {path.stem for path in folder.glob("*.js")} == {one.name for one in sections()}
    written = write_modules(tmp_path)
    assert {path.stem for path in written if path.parent.name == "sections"} == python
    orders = [one.order for one in sections()]
    assert len(set(orders)) == len(orders)


def test_the_names_of_the_stored_form_are_those_of_records(tmp_path):
    from tunescope.records import for_javascript

    module = modules(sections())("core/names.js")
    found = dict(re.findall(r"^export const (\w+) = (.*);$", module, re.MULTILINE))
    assert {name: json.loads(value) for name, value in found.items()} == for_javascript()
    # No file holds them, so none can be stale; and no program of the page repeats one.
    write_modules(tmp_path)
    words = [one for part in ("STAGES", "COMPARISONS") for one in for_javascript()[part].values()]
    for path in tmp_path.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        if path.name != "names.js":
            assert not [word for word in words if f'"{word}"' in text], path.name
