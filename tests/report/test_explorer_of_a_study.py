"""The explorer on a study that has really run: the embedded encoder, fine-tuned for an epoch."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explored import click_point, places, shown, stored_projection

from tunescope.report import write_report
from tunescope.report._points import Points


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    """The folder of the study."""
    from tunescope.studies import Study, run_study

    study = {
        "name": "small",
        "encoders": ["embedded"],
        "tasks": ["toy-ps-role"],
        "experiments": ["performance", {"name": "dynamics", "layers": "all"}],
        "epochs": 1,
        "every": 2,
        "fraction": 0.4,
        "threads": 1,
        "classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 5},
    }
    folder = tmp_path_factory.mktemp("study") / "small"
    run_study(Study.model_validate(study), folder)
    return folder


@pytest.fixture(scope="module")
def shown_dir(ran):
    return ran


@pytest.mark.browser
def test_play_moves_every_point_along_its_stored_way(explorer, ran):
    stored, about = stored_projection(ran)
    steps, updates = stored["projection"].astype(float), about["updates"]
    assert len(updates) >= 4
    explorer.press("[data-control=Update]", "HOME")
    assert shown(explorer)["update"] == "0"
    start = places(explorer)
    slope, shift = np.polyfit(steps[0, -1, :, 0], start[0], 1)
    np.testing.assert_allclose(slope * steps[0, -1, :, 0] + shift, start[0], atol=0.02)
    explorer.click("[data-control='Play fine-tuning']")
    seen, until = set(), time.monotonic() + 20
    while shown(explorer)["update"] != str(updates[-1]) and time.monotonic() < until:
        seen.add(shown(explorer)["update"])
    explorer.wait("return document.querySelector(\"[data-control='Play fine-tuning']\").textContent.includes('Play')")
    assert len(seen) >= 2
    # The same scale and origin as before: the axes are shared.
    np.testing.assert_allclose(slope * steps[-1, -1, :, 0] + shift, places(explorer)[0], atol=0.02)


@pytest.mark.browser
def test_a_click_on_a_point_shows_its_sentence(explorer, ran):
    rows = pd.read_parquet(ran / "explorer" / "points.parquet")
    x, y = places(explorer)
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(away, np.inf)
    number = int(away.min(axis=1).argmax())  # alone, so that the click can mean no other
    click_point(explorer, number)
    row = rows.loc[number]
    assert explorer.element(".about .sentence").text == " ".join(row["words"])
    marked = [mark.text for mark in explorer.driver.find_elements("css selector", ".about .sentence mark")]
    assert marked == [row["words"][position] for position in sorted(row["positions"])]
    assert row["label"] in explorer.element(".about dl").text


@pytest.mark.browser
def test_colour_by_cluster_and_the_view_across_a_margin_are_offered(explorer, ran):
    assert explorer.element("[data-control=Colour] [data-value=cluster]").is_enabled()
    explorer.click("[data-control=Colour] [data-value=cluster]")
    gaps = pd.read_parquet(ran / "tables" / "gaps.parquet").query("layer == layer.max() and distance > 0")
    one = gaps[gaps["stage"] == "original"].iloc[0]
    explorer.choose("[data-control='First label']", one["label"])
    explorer.choose("[data-control='Second label']", one["nearest"])
    explorer.press("[data-control=Update]", "HOME")
    explorer.click("[data-control='View of two labels'] [data-value=margin]")
    rows = pd.read_parquet(ran / "explorer" / "points.parquet")
    train = rows["split"] == "train"
    x = places(explorer)[0]
    own, other = (x[train & (rows["label"] == label)] for label in (one["label"], one["nearest"]))
    assert own.max() < other.min()  # the hulls of the training points are apart
    # Points of test, which may lie on the wrong side, neither hold the margin nor narrow it.
    said = explorer.element(".margin-box .note").text
    assert float(said.split(" apart")[0].split()[-1]) == pytest.approx(one["distance"], rel=0.02)
    ringed = explorer.driver.find_elements("css selector", ".margin-box button.match")
    assert len(ringed) >= 2
    assert all(train[int(item.get_attribute("data-point"))] for item in ringed)


@pytest.mark.browser
def test_the_report_page_holds_the_points_of_the_study(browser, ran):
    browser.open(write_report(ran).as_uri())
    browser.run("document.querySelector('#points').scrollIntoView({behavior: 'instant'})")
    browser.wait("return Boolean(document.querySelector('#points canvas').dataset.update)")
    assert browser.run("return document.querySelector('#points canvas').dataset.update") == str(
        stored_projection(ran)[1]["updates"][-1]
    )
    browser.press("#points [data-control=Update]", "HOME")
    assert browser.run("return document.querySelector('#points canvas').dataset.update") == "0"
    assert browser.complaints() == []


def test_points_and_projections_fit_each_other(ran):
    points = Points(ran)
    assert points.tasks == ("toy-ps-role",)
    assert len(points.projections) == 1
    found = points.of_task("toy-ps-role")
    assert len(found["label"]) == points.projections[0].n_points
    assert found["splits"] == ["train", "test"]
