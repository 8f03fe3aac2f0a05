"""The explorer on a study that has really run: the embedded encoder, fine-tuned for an epoch."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explored import click_point, places, shown, stored_projection, told

from tunescope.report import serve_explorer, write_report
from tunescope.report._page.points import Points
from tunescope.storage import write_arrays


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
        "keep": {"maps": ["tsne"], "map_points": 80},
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
def test_points_on_the_margin_are_those_of_the_update(explorer, ran):
    pairs = pd.read_parquet(ran / "tables" / "pairs.parquet").query("split == 'train' and layer == layer.max()")
    updates = stored_projection(ran)[1]["updates"]
    ends = pairs[pairs["update"].isin([updates[0], updates[-1]])].groupby(["label_a", "label_b"])["lower"].min()
    first, second = ends.idxmax()  # apart at both ends
    explorer.choose("[data-control='First label']", first)
    explorer.choose("[data-control='Second label']", second)
    explorer.click("[data-control='View of two labels'] [data-value=margin]")
    pair = pairs.query("label_a == @first and label_b == @second and seed in (-1, 0)")
    for key, update in (("HOME", updates[0]), ("END", updates[-1])):
        explorer.press("[data-control=Update]", key)
        said = explorer.element(".margin-box .note").text
        want = pair[pair["update"] == update]["lower"].iloc[0]
        assert float(said.split(" apart")[0].split()[-1]) == pytest.approx(want, rel=0.02)
    explorer.press("[data-control=Update]", "ARROW_LEFT")
    said = explorer.element(".margin-box .note").text
    assert said == f"The separating direction is stored at updates {updates[0]} and {updates[-1]}."
    explorer.press("[data-control=Update]", "END")
    assert "on the margin" in explorer.element(".margin-box .note").text


@pytest.mark.browser
def test_the_key_counts_what_the_probe_has_right_and_wrong(explorer, ran):
    stored, about = stored_projection(ran)
    labels = pd.read_parquet(ran / "explorer" / "points.parquet")["label"].to_numpy()
    explorer.click("[data-control=Colour] [data-value=correct]")
    for key, place in (("END", -1), ("HOME", 0)):
        explorer.press("[data-control=Update]", key)
        right = (np.array(about["labels"])[stored["predicted"][place, -1]] == labels).sum()
        said = explorer.element(".explorer-key").text
        assert f"at update {about['updates'][place]}" in said
        assert f"right: {right}" in said
        assert f"wrong: {len(labels) - right}" in said
    explorer.click("[data-control=Colour] [data-value=cluster]")
    n = len(np.unique(stored["clusters"][0, -1][stored["clusters"][0, -1] >= 0]))
    assert explorer.element(".explorer-key").text.startswith(f"{n} clusters of DirectProbe at update 0")


@pytest.mark.browser
def test_a_map_shows_its_points_and_plays_through_its_updates(explorer, ran):
    stored, about = stored_projection(ran)
    steps, rows = stored["projection-tsne"].astype(float), stored["rows-tsne"]
    updates = about["tsne_updates"]
    explorer.click("[data-control=Projection] [data-value=projection-tsne]")
    assert "t-SNE was computed for 80 of" in told(explorer)
    assert told(explorer).startswith("80 points")
    assert not explorer.driver.find_elements("css selector", "[data-control=Dimensions]")
    explorer.press("[data-control=Update]", "HOME")
    start = places(explorer)[:, rows]
    slope, shift = np.polyfit(steps[0, -1, :, 0], start[0], 1)
    np.testing.assert_allclose(slope * steps[0, -1, :, 0] + shift, start[0], atol=0.02)
    explorer.click("[data-control='Play fine-tuning']")
    seen, until = set(), time.monotonic() + 20
    while shown(explorer)["update"] != str(updates[-1]) and time.monotonic() < until:
        seen.add(shown(explorer)["update"])
    explorer.wait("return document.querySelector(\"[data-control='Play fine-tuning']\").textContent.includes('Play')")
    assert len(seen) >= 2
    np.testing.assert_allclose(slope * steps[-1, -1, :, 0] + shift, places(explorer)[0, rows], atol=0.02)
    # Another layer of the same map, and back to principal axes at the same place.
    explorer.press("[data-control=Layer]", "ARROW_LEFT")
    explorer.press("[data-control=Update]", "HOME")
    explorer.click("[data-control=Projection] [data-value=projection]")
    assert shown(explorer)["update"] == "0"
    assert shown(explorer)["layer"] == str(about["layers"][-2])
    assert told(explorer).startswith(f"{stored['projection'].shape[2]} points")


@pytest.mark.browser
def test_a_point_outside_a_map_says_so_and_one_inside_is_clicked(explorer, ran):
    stored, _ = stored_projection(ran)
    rows = stored["rows-tsne"]
    explorer.click("[data-control=Projection] [data-value=projection-tsne]")
    points = pd.read_parquet(ran / "explorer" / "points.parquet")
    number = int(rows[0])
    under = click_point(explorer, number) & set(rows.tolist())
    assert explorer.element(".about .sentence").text in {" ".join(points.loc[one, "words"]) for one in under}
    outside = next(point for point in range(len(points)) if point not in set(rows.tolist()))
    explorer.element("[data-control=Search]").send_keys(
        points.loc[outside, "words"][points.loc[outside, "positions"][0]]
    )
    explorer.settle()
    explorer.click(f".matches button.match[data-point='{outside}']")
    assert "not among the points of this map" in explorer.element(".about dl").text


@pytest.mark.browser
def test_a_map_of_the_two_ends_plays_between_them(browser, ran, tmp_path):
    folder = tmp_path / "ends"
    shutil.copytree(ran / "explorer", folder / "explorer")
    shutil.copytree(ran / "tables", folder / "tables")
    path = Points(folder).projections[0].path
    stored, about = stored_projection(folder)
    ends = [about["updates"][0], about["updates"][-1]]
    arrays = {name: np.array(stored[name]) for name in stored}
    arrays["projection-tsne"] = arrays["projection-tsne"][[0, -1]][:, [-1]]
    arrays["scale-tsne"] = arrays["scale-tsne"][[-1]]
    text = {**stored.metadata, "tsne_updates": json.dumps(ends), "tsne_layers": json.dumps(about["layers"][-1:])}
    write_arrays(path, arrays, text)
    with serve_explorer(folder) as running:
        browser.open(running.url)
        browser.press("[data-control=Update]", "HOME")
        browser.press("[data-control=Layer]", "HOME")
        browser.click("[data-control=Projection] [data-value=projection-tsne]")
        assert shown(browser)["layer"] == str(about["layers"][-1])  # the only one that the map has
        before = places(browser)
        browser.click("[data-control='Play fine-tuning']")
        end = f"return document.querySelector('.explorer canvas').dataset.update === '{ends[1]}'"
        browser.wait(end)
        assert not np.allclose(before, places(browser))
    assert browser.complaints() == []


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
