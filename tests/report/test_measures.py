"""Measures in the page: any that the long tables hold, beside chance, without a line of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted import Planted
from planted_measures import write_measures
from planted_study import write_study

from tunescope.findings import find_measures, find_runs, measure_agreement, measure_words
from tunescope.findings._study import read_study
from tunescope.report import StudyView, write_report
from tunescope.report._page._payload import payload
from tunescope.report._page._view import Detail

PLANTED = Planted(pairs=(("toy-role", "toy-role"),), layers=(0, 1, 2), seeds=(0, 1), updates=(0, 20, 40, 60))


@pytest.fixture(scope="module")
def measured_dir(tmp_path_factory):
    folder = write_study(tmp_path_factory.mktemp("measured") / "study", PLANTED)
    write_measures(folder, PLANTED)
    return folder


@pytest.fixture(scope="module")
def study(measured_dir):
    return read_study(measured_dir)


def test_every_measure_of_the_tables_is_found_with_its_start(study):
    (run,) = find_runs(study)
    found = {one.measure: one for one in find_measures(study, run)}
    assert set(found) == {"effective-rank", "knn-accuracy", "opposite", "noise", "cka"}
    rank = found["effective-rank"]
    assert (rank.layers, rank.updates, rank.seeds) == ((0, 1, 2), (0, 20, 40, 60), (0, 1))
    # Both seeds start from the one original encoder.
    assert rank.value[:, :, 0].tolist() == [[20.0, 18.0, 16.0]] * 2
    assert rank.value[1, 2, -1] == pytest.approx(16 - 8 * 1.1 * 1.2)
    assert rank.mean()[2, -1] == pytest.approx(16 - 8 * 1.05 * 1.2)
    assert found["cka"].updates == (20, 40, 60)
    assert (found["cka"].comparison, found["cka"].split, rank.split) == ("to-start", "", "train")


def test_what_lies_in_its_null_is_chance_and_what_has_none_is_not(study):
    (run,) = find_runs(study)
    found = {one.measure: one for one in find_measures(study, run)}
    assert found["noise"].is_chance.all()
    assert not found["opposite"].is_chance.any()
    accuracy = found["knn-accuracy"]
    assert (accuracy.is_chance == ((accuracy.mean() >= 0.4) & (accuracy.mean() <= 0.6))).all()
    assert accuracy.is_chance.any()
    assert not accuracy.is_chance.all()


def test_measures_that_rise_together_agree_and_mirrored_ones_do_not(study):
    found = measure_agreement(study, find_runs(study))
    at = {key[0]: index for index, key in enumerate(found.keys)}
    assert found.correlation[at["knn-accuracy"], at["effective-rank"]] == pytest.approx(-1)
    # Comparisons with the start fall as far as accuracy rises.
    assert found.correlation[at["knn-accuracy"], at["cka"]] == pytest.approx(-1)
    assert np.isnan(found.correlation[at["noise"], at["cka"]])
    assert found.n[at["cka"], at["noise"]] == len(PLANTED.seeds) * len(PLANTED.layers)
    assert np.array_equal(found.correlation, found.correlation.T, equal_nan=True)


def test_the_correlation_is_spearmans(study, measured_dir):
    from scipy.stats import spearmanr

    found = measure_agreement(study, find_runs(study))
    keys = [key[0] for key in found.keys]
    table = pd.read_parquet(measured_dir / "tables" / "measures.parquet")
    ends = table[table["update"] == 60].set_index(["seed", "layer", "measure"])["value"].unstack()
    starts = table[table["update"] == 0].set_index(["layer", "measure"])["value"].unstack()
    change = ends - starts.reindex(ends.index, level="layer")
    want = spearmanr(change["opposite"], change["knn-accuracy"]).statistic
    assert found.correlation[keys.index("opposite"), keys.index("knn-accuracy")] == pytest.approx(want)


def test_a_measure_that_no_package_declares_keeps_its_name():
    assert measure_words("opposite").title == "opposite"
    assert measure_words("cka").towards == "alike"


def test_a_study_with_spatial_similarity_alone_has_no_such_section(study_dir):
    data = payload(StudyView(read_study(study_dir)))
    assert "measures" not in data["sections"]
    assert all("measures" not in run["sections"] for run in data["runs"])


def test_less_detail_keeps_first_and_last(study):
    (run,) = payload(StudyView(study, Detail(most_updates=2, every_layer=False)))["runs"]
    one = next(one for one in run["sections"]["measures"] if one["name"].startswith("Effective rank"))
    assert (one["layers"], one["updates"]) == ([0, 2], [0, 60])
    assert np.array(one["value"]).shape == (2, 2)


@pytest.mark.browser
def test_a_measure_is_chosen_and_chance_is_grey(browser, measured_dir, study):
    browser.open(write_report(measured_dir).as_uri())
    options = browser.run("return [...document.querySelectorAll('#measures select option')].map((one) => one.value)")
    assert [name for name in options if name.startswith("noise")] == ["noise, train"]
    assert len(options) == 5
    browser.choose("#measures select", "noise, train")
    cells = "return [...document.querySelectorAll('#measures-grid rect.cell-fill')].map((one) => one.dataset.chance)"
    assert browser.run(cells) == ["true"] * 12
    browser.choose("#measures select", next(name for name in options if name.startswith("opposite")))
    assert browser.run(cells) == ["false"] * 12
    (run,) = find_runs(study)
    opposite = next(one for one in find_measures(study, run) if one.measure == "opposite")
    browser.click("#measures-grid summary")
    shown = browser.run(
        "return [...document.querySelectorAll('#measures-grid tbody tr')].map((row) => row.lastChild.textContent)"
    )
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(opposite.mean()[:, -1], rel=5e-3)
    # A click on a row takes its layer for the whole page.
    browser.click("#measures-grid rect.cell-fill[data-row='1']")
    assert "layer=1" in browser.run("return location.hash")
    lines = "return [...document.querySelectorAll('#measures-lines .end title')].map((one) => one.textContent)"
    assert browser.run(lines) == ["layer 1"]
    browser.click("#measures-agreement summary")
    pairs = browser.run("return document.querySelectorAll('#measures-agreement tbody tr').length")
    assert pairs == 10
    assert browser.complaints() == []


def test_figures_and_tables_have_every_measure_and_say_what_is_chance(measured_dir, tmp_path):
    import csv

    from tunescope.report import write_figures

    written = {path.name: path for path in write_figures(measured_dir, tmp_path, formats=("png",))}
    assert written["measures_embedded_toy-role.png"].stat().st_size > 10_000
    with written["measures_embedded_toy-role.csv"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * len(PLANTED.layers)
    chance = {row["measure"]: row["more than chance"] for row in rows if row["layer"] == "0"}
    assert chance == {"effective-rank": "yes", "knn-accuracy": "yes", "opposite": "", "noise": "no", "cka": "yes"}
    with written["measures-agreement.csv"].open(encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    assert {"noise, train"}.isdisjoint({row["measure"] for row in pairs})
    assert float(pairs[0]["rank correlation"]) > 0.9
    assert "toprule" in written["measures_embedded_toy-role.tex"].read_text(encoding="utf-8")


def test_a_study_with_spatial_similarity_alone_has_no_such_figure(make_study, tmp_path):
    from tunescope.report import write_figures

    folder = make_study(tables=("similarity",), layers=(0, 1), seeds=(0,))
    assert not [path for path in write_figures(folder, tmp_path / "out", formats=("png",)) if "measures" in path.name]
