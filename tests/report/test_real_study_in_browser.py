"""The page and the explorer of a study of real data: treebank words and questions, every experiment, all layers.

Names, sentences and numbers are those that data brings along: relations with colons, labels with one point, spaces that
are not linear, a question that stands in the data twice.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explored import PIXELS, click_point, picture, places, shown
from test_page_in_browser import ENDS, LINE, OVERLAPS, SIZES, numbers

from tunescope.report import write_report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_data,
    pytest.mark.skipif("TUNESCOPE_DATA_DIR" not in os.environ, reason="TUNESCOPE_DATA_DIR is not set"),
]


IN_ALL_LAYERS = ("performance", "linearity", "dynamics", "paths", "layers")


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    """The folder of the study."""
    from tunescope.studies import Study, experiment_names, run_study

    study = {
        "name": "real",
        "encoders": ["embedded"],
        "tasks": ["pos", "trec-50"],
        "experiments": [
            {"name": name, "layers": "all"} if name in IN_ALL_LAYERS else name
            for name in experiment_names()
            if name != "recipes"
        ],
        "epochs": 1,
        "every": 2,
        "fraction": 0.08,
        "threads": 1,
        "classifier": {"hidden": [16, 16], "runs": 2, "max_iter": 20},
        "memorisation_epochs": 8,
        "convention": "both",
    }
    folder = tmp_path_factory.mktemp("study") / "real"
    run_study(Study.model_validate(study), folder)
    return folder


@pytest.fixture(scope="module")
def shown_dir(ran):
    return ran


@pytest.fixture(scope="module")
def written(ran) -> Path:
    return write_report(ran)


@pytest.fixture
def opened(browser, written):
    browser.open(written.as_uri())
    yield browser
    assert browser.complaints() == []


def _last(folder: Path, table: str, task: str) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "tables" / f"{table}.parquet")
    rows = rows[(rows["task"] == task) & (rows["tuned_on"].isin(["", task])) & (rows["layer"] == rows["layer"].max())]
    return rows[rows["update"] == rows["update"].max()]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_overlaps_or_is_clipped(browser, written, size):
    for run in range(4):
        browser.open(f"{written.as_uri()}#run={run}", *size)
        assert browser.run("return document.documentElement.scrollWidth") <= size[0]
        assert browser.run(OVERLAPS) == []
    assert browser.complaints() == []


def test_the_page_of_every_run_says_what_its_tables_say(opened, ran):
    runs = opened.run("return [...document.querySelector('[data-control=Run]').options].map((one) => one.textContent)")
    own = {
        task: next(at for at, name in enumerate(runs) if task in name and "→" not in name and "tuned" not in name)
        for task in ("pos", "trec-50")
    }
    for task, at in own.items():
        opened.choose("[data-control=Run]", str(at))
        assert task in opened.element("h1").text
        wanted = _last(ran, "gaps", task).drop_duplicates("label").set_index("label")["distance"].to_dict()
        found = {row[0]: float(row[3]) for row in numbers(opened, "gaps-figure")}
        assert found == pytest.approx(wanted, rel=6e-3, abs=6e-4)


def test_controls_change_what_they_say(opened):
    raw, named = opened.run(LINE), set(opened.run(ENDS))
    opened.click("#gaps-figure [data-control=Distance] [data-value=true]")
    assert opened.run(LINE) != raw
    opened.click("#gaps-figure [data-control=Distance] [data-value=false]")
    opened.click("#gaps-figure .picker summary")
    opened.click("#gaps-figure .picker [data-control=all]")
    assert set(opened.run(ENDS)) > named
    opened.click("#distances-figure [data-control=Matrix] [data-value=change]")
    panels = "return [...document.querySelectorAll('[data-matrix]')].map((panel) => panel.dataset.matrix)"
    assert opened.run(panels) == ["change"]
    path = "return document.querySelector('#paths-figure .path').getAttribute('d')"
    before = opened.run(path)
    opened.press("[data-control=Layer]", "ARROW_LEFT")
    assert opened.run(path) != before
    at = "return Number(document.querySelector('.moving').dataset.update)"
    end = opened.run(at)
    opened.click("[data-control='Play the movement']")
    opened.wait(f"return (() => {{ {at} }})() < {end}")
    opened.wait("return document.querySelector('.moving .on-the-way') === null")
    assert opened.run(at) == end


def test_the_explorer_shows_and_finds_real_sentences(explorer, ran):
    rows = pd.read_parquet(ran / "explorer" / "points.parquet").query("task == 'pos'").reset_index(drop=True)
    start = picture(explorer)
    explorer.press("[data-control=Update]", "HOME")
    assert shown(explorer)["update"] == "0"
    assert picture(explorer) != start
    explorer.click("[data-control='Play fine-tuning']")
    explorer.wait(f"return (() => {{ {PIXELS} }})() !== {picture(explorer)}")
    explorer.wait("return document.querySelector(\"[data-control='Play fine-tuning']\").textContent.includes('Play')")
    x, y = places(explorer)
    assert len(x) == len(rows)
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(away, np.inf)
    number = int(away.min(axis=1).argmax())
    click_point(explorer, number)
    assert explorer.element(".about .sentence").text == " ".join(rows["words"][number])
    word = rows["words"][0][rows["positions"][0][0]]
    explorer.element("[data-control=Search]").send_keys(word)
    explorer.settle()
    assert explorer.driver.find_elements("css selector", ".matches button.match")
    for colour in ("split", "cluster", "correct"):
        before = picture(explorer)
        explorer.click(f"[data-control=Colour] [data-value={colour}]")
        assert picture(explorer) != before
