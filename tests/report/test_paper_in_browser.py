"""The sections that put a study beside the paper, as a reader meets them."""

from __future__ import annotations

import pandas as pd
import pytest

from tunescope.report import published_beside_measured, write_report

pytestmark = pytest.mark.browser

LABELS = ("ADJ", "CCONJ", "NOUN", "PART", "PUNCT", "SYM")
ROWS = """
return [...document.querySelectorAll('#published tbody tr, #ranges tbody tr')].map((row) =>
  ({...row.dataset, cells: [...row.cells].map((cell) => cell.textContent.replaceAll('\\u00a0', ' '))}))
"""


@pytest.fixture
def beside(browser, make_study):
    """A study of base and of an encoder that the paper does not have, on two of its tasks."""
    folder = make_study(
        encoders=("base", "mine"), tasks={"pos": LABELS, "ps-fxn": LABELS},
        pairs=(("pos", "pos"), ("ps-fxn", "ps-fxn"), ("ps-fxn", "pos")), layers=(0, 8, 12), seeds=(0, 1),
        updates=(0, 30, 60),
    )  # fmt: skip
    browser.open(write_report(folder).as_uri())
    yield browser, folder
    assert browser.complaints() == []


def test_published_values_stand_beside_measured_ones(beside):
    browser, folder = beside
    shown = browser.run(ROWS)
    table = published_beside_measured(folder).query("encoder == 'base' and task == 'pos'")
    assert len(shown) == len(table)
    (accuracy,) = [row for row in shown if (row["quantity"], row["stage"]) == ("accuracy", "original")]
    wanted = table.query("quantity == 'accuracy' and stage == 'original'").iloc[0]
    assert accuracy["cells"][1] == "93.39 % ±0.31"
    assert accuracy["cells"][2].startswith(f"{wanted['measured']:.2f} %")
    assert float(accuracy["cells"][3].replace("−", "-")) == pytest.approx(wanted["difference"], abs=0.006)
    assert accuracy["cells"][4] == "Table 7"
    assert [row["cells"][1] for row in shown if row["quantity"] == "similarity to the start"] == [
        "about 0.88",
        "about 0.65",
    ]
    headings = browser.run("return [...document.querySelectorAll('main > section')].map((section) => section.id)")
    assert headings.index("published") == headings.index("summary") + 1


def test_other_encoders_get_ranges_that_claim_no_difference(beside):
    browser, _ = beside
    browser.choose("[data-control=Run]", "3")
    assert browser.element("h1").text.count("mine") == 1
    assert "another encoder" in browser.element("#ranges .lead").text
    assert browser.run("return document.querySelector('#ranges .secondary') !== null")
    assert "Difference" not in browser.element("#ranges").text
    shown = browser.run(ROWS)
    (accuracy,) = [row for row in shown if (row["quantity"], row["stage"]) == ("accuracy", "fine-tuned")]
    assert accuracy["cells"][1].startswith("91.67 % to 95.68 %")
    assert "tiny to base on pos" in accuracy["cells"][1]
    assert accuracy["cells"][3] in ("below", "within", "above")
    # Further down than what was measured itself.
    headings = browser.run("return [...document.querySelectorAll('main > section')].map((section) => section.id)")
    assert headings.index("ranges") > headings.index("accuracy")


def test_claims_are_counted_over_runs_and_lead_to_those_that_fail(beside):
    browser, folder = beside
    rows = browser.run(
        "return [...document.querySelectorAll('#tally tbody tr')]"
        ".map((row) => [row.dataset.claim, ...[...row.cells].map((cell) => cell.textContent)])"
    )
    counted = {row[0]: row[2] for row in rows}
    accuracy = pd.read_parquet(folder / "tables" / "accuracy.parquet").query("split == 'test' and task == tuned_on")
    assert accuracy["accuracy"].mean() > 0.9
    assert counted["accuracy-rises"].startswith("4 of 4 runs")
    assert next(row[3] for row in rows if row[0] == "accuracy-rises") == "24 of 25"
    assert "opposed-task-lowers-distances" in counted
    button = "#tally [data-claim=scaled-minimum-distances-rise] button"
    name = browser.element(button).text
    others = browser.run("return document.querySelectorAll(arguments[0]).length", button)
    assert others > 1
    browser.run("document.querySelectorAll(arguments[0])[arguments[1]].click()", button, others - 1)
    browser.settle()
    last = browser.run("return document.querySelectorAll(arguments[0])[arguments[1]].textContent", button, others - 1)
    assert last != name
    chosen = "return document.querySelector('[data-control=Run]').selectedOptions[0].textContent"
    assert browser.run(chosen) == last


def test_the_answer_names_the_labels_that_fell(browser, make_study):
    folder = make_study(
        tasks={"t": ("A", "B", "C", "D")}, pairs=(("t", "t"),), layers=(1,), seeds=(0,), updates=(0, 60),
        tables=("gaps",),
    )  # fmt: skip
    path = folder / "tables" / "gaps.parquet"
    table = pd.read_parquet(path)
    table["distance"] = 1.0
    table.loc[table["update"] == 60, "distance"] = [0.5, 2.0, 1.0, 3.0]
    table.to_parquet(path)
    browser.open(write_report(folder).as_uri())
    browser.click(".claims summary")
    item = browser.element(".claims [data-claim=minimum-distances-rise]")
    assert item.get_attribute("data-outcome") == "does not hold"
    assert "2 of 4 labels; fell: A; unchanged: C" in item.get_attribute("textContent")  # the list is folded
    assert browser.run("return document.querySelector('#published, #ranges, #tally') === null")


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)], ids=["phone", "laptop"])
def test_the_page_is_as_wide_as_its_window_and_every_run_can_be_shown(beside, width, dark):
    browser, folder = beside
    for run in (0, 2, 3):  # of the paper, across tasks, and of another encoder
        browser.open(f"{(folder / 'report.html').as_uri()}#run={run}", width, 800, dark=dark)
        assert browser.run("return document.documentElement.scrollWidth") <= width
        assert "undefined" not in browser.element("main").text
        assert "NaN" not in browser.element("main").text
