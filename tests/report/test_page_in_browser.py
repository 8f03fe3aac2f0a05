"""The report page as a reader meets it: headless Chromium, asserting on what is drawn."""

from __future__ import annotations

import pandas as pd
import pytest

from tunescope.report import write_report

pytestmark = pytest.mark.browser

SIZES = [(360, 800), (1366, 768), (2560, 1440)]
HOSTILE = "<img src=x onerror=alert(1)>"

LINE = "return [...document.querySelectorAll('#gaps-figure .line')].map((path) => path.getAttribute('d'))"
ENDS = "return [...document.querySelectorAll('#gaps-figure .end title')].map((title) => title.textContent)"
PIXELS = """
const canvas = document.querySelector(`[data-matrix=${arguments[0]}] canvas`);
return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join();
"""
OVERLAPS = """
const found = [];
for (const root of document.querySelectorAll('main svg')) {
  const outer = root.getBoundingClientRect();
  if (!outer.width) continue;
  const place = root.closest('[id]').id;
  const texts = [...root.querySelectorAll('text')].filter((text) => text.textContent.trim());
  const boxes = texts.map((text) => text.getBoundingClientRect());
  texts.forEach((text, index) => {
    const a = boxes[index];
    if (a.left < outer.left - 3 || a.right > outer.right + 3 || a.top < outer.top - 4 || a.bottom > outer.bottom + 4)
      found.push(`${place}: ${text.textContent} is clipped`);
    for (let other = index + 1; other < texts.length; other += 1) {
      const b = boxes[other];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes of text are thicker than their letters: a third of a line may be shared.
      const line = Math.min(a.height, b.height, a.width, b.width);
      if (wide > 1 && high > 1 && Math.min(wide, high) > 0.34 * line)
        found.push(`${place}: ${text.textContent} lies on ${texts[other].textContent}`);
    }
  });
}
return found;
"""


def numbers(browser, figure):
    """The rows of a figure's table, as text."""
    browser.run("document.querySelector(`#${arguments[0]} .as-table`).open = true", figure)
    browser.wait(f"return document.querySelector('#{figure} .as-table tbody tr') !== null")
    return browser.run(
        "return [...document.querySelectorAll(`#${arguments[0]} .as-table tbody tr`)]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))",
        figure,
    )


@pytest.fixture
def opened(browser, page):
    browser.open(page.as_uri())
    yield browser
    assert browser.complaints() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_overlaps_or_is_clipped(browser, page, size, dark):
    browser.open(page.as_uri(), *size, dark=dark)
    assert browser.run("return document.documentElement.scrollWidth") <= size[0]
    assert browser.run(OVERLAPS) == []
    assert browser.complaints() == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_many_long_names_find_their_places(browser, make_study, size):
    labels = tuple(
        f"{name}-{number:02d}" for number in range(23) for name in ("a relation of some length", "nmod:poss")
    )
    folder = make_study(tasks={"wide": labels}, pairs=(("wide", "wide"),), layers=(0, 1), seeds=(0, 1))
    browser.open(write_report(folder).as_uri(), *size)
    assert browser.run("return document.documentElement.scrollWidth") <= size[0]
    assert browser.run(OVERLAPS) == []
    assert browser.complaints() == []


def test_the_page_is_drawn_in_two_seconds_and_fetches_nothing(opened, page, capsys):
    drawn = int(opened.run("return Number(document.documentElement.dataset.drawn)"))
    with capsys.disabled():
        print(f" [first picture after {drawn} ms, {page.stat().st_size:,} bytes]", end="")
    assert drawn < 2000
    assert page.stat().st_size < 8_000_000
    assert opened.run("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []


def test_the_answer_is_what_the_tables_say(opened, study_dir):
    accuracy = pd.read_parquet(study_dir / "tables" / "accuracy.parquet")
    accuracy = accuracy[(accuracy["task"] == "toy-pos") & (accuracy["split"] == "test")]
    before = 100 * accuracy[accuracy["stage"] == "original"]["accuracy"].mean()
    after = 100 * accuracy[accuracy["stage"] == "fine-tuned"]["accuracy"].mean()
    said = opened.element("[data-card=accuracy] .sides").text.replace("\n", " ")
    assert f"{before:.1f} %" in said
    assert f"{after:.1f} %" in said
    assert opened.element("[data-card=clusters] .side.after .value").text == "13"
    assert "toy-pos" in opened.element("h1").text


def test_choosing_a_run_changes_every_section(opened):
    before = opened.run(ENDS)
    opened.choose("[data-control=Run]", "1")
    assert "toy-role" in opened.element("h1").text
    after = opened.run(ENDS)
    assert after
    assert not set(after) & set(before)
    assert "run=1" in opened.run("return location.hash")
    opened.click("button.link[data-run='0']")
    assert "toy-pos" in opened.element("h1").text
    assert opened.run(ENDS) == before
    assert opened.element("[data-control=Run]").get_attribute("value") == "0"


def test_the_layer_slider_moves_lines_matrices_paths_and_arrows(opened, study_dir):
    def drawn():
        return (
            opened.run(LINE),
            opened.run(PIXELS, "after"),
            opened.run("return document.querySelector('#paths-figure .path').getAttribute('d')"),
            opened.run("return document.querySelector('#arrows-figure .shaft').getAttribute('x2')"),
            opened.run("return document.querySelector('#similarity-figure .chosen').dataset.name"),
        )

    top = drawn()
    opened.press("[data-control=Layer]", "ARROW_LEFT", "ARROW_LEFT")
    lower = drawn()
    assert all(a != b for a, b in zip(top, lower, strict=True))
    assert lower[-1] == "layer 2"
    assert opened.element(".slider output").text == "2"
    gaps = pd.read_parquet(study_dir / "tables" / "gaps.parquet").query("task == 'toy-pos' and layer == 2")
    means = gaps.query("update == 60").groupby("label")["distance"].mean()
    rows = numbers(opened, "gaps-figure")
    assert {row[0]: float(row[3]) for row in rows} == pytest.approx(means.to_dict(), rel=6e-3)
    opened.press("[data-control=Layer]", "ARROW_RIGHT", "ARROW_RIGHT")
    assert drawn() == top


def test_one_seed_has_no_band(opened, study_dir):
    bands = "return document.querySelectorAll('#gaps-figure .band').length"
    assert opened.run(bands) == 6
    opened.choose("[data-control=Seed]", "1")
    assert opened.run(bands) == 0
    gaps = pd.read_parquet(study_dir / "tables" / "gaps.parquet")
    one = gaps.query("task == 'toy-pos' and tuned_on == 'toy-pos' and layer == 4 and seed == 1 and update == 60")
    rows = numbers(opened, "gaps-figure")
    wanted = one.set_index("label")["distance"].to_dict()
    assert {row[0]: float(row[3]) for row in rows} == pytest.approx(wanted, rel=6e-3)


def test_scaled_distances_are_drawn_on_request(opened, study_dir):
    raw = opened.run(LINE)
    opened.click("#gaps-figure [data-control=Distance] [data-value=true]")
    assert opened.run(LINE) != raw
    assert opened.element("#gaps-figure .axis").text == "distance / scale"
    gaps = pd.read_parquet(study_dir / "tables" / "gaps.parquet")
    end = gaps.query("task == 'toy-pos' and tuned_on == 'toy-pos' and layer == 4 and update == 60")
    wanted = end.groupby("label")["scaled"].mean().to_dict()
    rows = numbers(opened, "gaps-figure")
    assert {row[0]: float(row[3]) for row in rows} == pytest.approx(wanted, rel=6e-3)


def test_labels_are_chosen_by_list_and_by_click(opened):
    named = set(opened.run(ENDS))
    assert len(named) == 6
    opened.click("#gaps-figure .picker summary")
    other = next(label for label in ("ADP", "DET", "AUX", "PART", "PRON") if label not in named)
    opened.click(f"#gaps-figure .picker input[value={other}]")
    assert set(opened.run(ENDS)) == named | {other}
    opened.click("#gaps-figure .picker [data-control=none]")
    assert opened.run(ENDS) == []
    opened.click("#gaps-figure .picker [data-control=all]")
    assert len(opened.run(ENDS)) == 13


def test_matrices_hold_the_distances_of_the_table(opened, study_dir):
    shown = "return [...document.querySelectorAll('[data-matrix]')].map((panel) => panel.dataset.matrix)"
    assert opened.run(shown) == ["before", "after", "change"]
    opened.click("#distances-figure [data-control=Matrix] [data-value=change]")
    assert opened.run(shown) == ["change"]
    pairs = pd.read_parquet(study_dir / "tables" / "pairs.parquet").query("task == 'toy-pos' and layer == 4")
    start = pairs.query("update == 0").drop_duplicates(["label_a", "label_b"]).set_index(["label_a", "label_b"])
    rows = numbers(opened, "distances-figure")
    assert len(rows) == 13 * 12 / 2
    for a, b, before, *_ in rows:
        row = start.loc[(min(a, b), max(a, b))]
        assert float(before) == pytest.approx((row["lower"] + row["upper"]) / 2, rel=6e-3)


def test_figures_answer_to_keys(opened):
    opened.press("#gaps-figure svg", "ARROW_LEFT", "ARROW_DOWN")
    said = opened.element("#gaps-figure .readout").text
    assert "update 55" in said
    assert "nearest" in said
    opened.press("[data-matrix=before] svg", "ARROW_RIGHT")
    assert "before" in opened.run("return document.querySelector('.tip').textContent")


def test_the_play_button_moves_the_labels(opened):
    at = "return Number(document.querySelector('.moving').dataset.update)"
    assert opened.run(at) == 60
    place = "return document.querySelector('.mover').getAttribute('cx')"
    end = opened.run(place)
    opened.click("[data-control='Play the movement']")
    opened.wait(f"return (() => {{ {at} }})() < 60")
    assert opened.run(place) != end
    opened.wait("return document.querySelector('.moving .on-the-way') === null")
    assert opened.run(at) == 60
    assert opened.run(place) == end


def test_the_theme_is_a_choice(opened):
    paper = "return getComputedStyle(document.body).backgroundColor"
    light, matrix = opened.run(paper), opened.run(PIXELS, "before")
    opened.click("#theme [data-value=dark]")
    assert opened.run(paper) != light
    assert opened.run(PIXELS, "before") != matrix
    opened.click("#theme [data-value=light]")
    assert opened.run(paper) == light
    assert opened.run(PIXELS, "before") == matrix


def test_the_address_brings_the_same_view_back(browser, page):
    browser.open(f"{page.as_uri()}#run=2&layer=3&seed=1")
    assert browser.element("[data-control=Run]").get_attribute("value") == "2"
    assert browser.element(".slider output").text == "3"
    assert browser.element("[data-control=Seed]").get_attribute("value") == "1"
    browser.open(f"{page.as_uri()}#run=99&layer=x&seed=7")
    assert browser.element(".slider output").text == "4"
    assert browser.complaints() == []


def test_sentences_that_block_linearity_mark_their_word(opened):
    assert [mark.text for mark in opened.driver.find_elements("css selector", "#blocks mark")][:2] == ["green", "to"]
    items = (
        "return [...document.querySelectorAll('#blocks .blocks > li')].map((item) => item.dataset.a + item.dataset.b)"
    )
    assert len(opened.run(items)) == 3
    opened.choose("#blocks [data-control=Label]", "AUX")
    assert opened.run(items) == ["ADPAUX"]


def test_every_picture_has_words_and_numbers(opened):
    figures = opened.run("""
      return [...document.querySelectorAll('main figure[id]')].map((figure) => {
        const details = figure.querySelector('.as-table');
        details.open = true;
        return [figure.id, document.getElementById(figure.getAttribute('aria-describedby')).textContent, details];
      })""")
    opened.settle()
    assert len(figures) == 13
    for name, said, details in figures:
        assert len(said) > 20, name
        assert "undefined" not in said, name
        assert "NaN" not in said, name
        assert opened.run("return arguments[0].querySelectorAll('tbody td').length", details) > 0, name


def test_names_from_data_are_text(browser, make_study):
    folder = make_study(
        tasks={HOSTILE: (HOSTILE, "</script><script>alert(2)</script>", "<!--", "&lt;b&gt;", "${1}", "__proto__")},
        pairs=((HOSTILE, HOSTILE),), encoders=("<script>alert(3)</script>",), layers=(0, 1),
    )  # fmt: skip
    browser.open(write_report(folder).as_uri())
    assert browser.run("return document.querySelectorAll('img, main script').length") == 0
    assert HOSTILE in browser.run("return document.body.textContent")
    assert "</script><script>alert(2)</script>" in browser.run(ENDS)
    assert browser.element("h1").text.count("<script>alert(3)</script>") == 1
    browser.press("#gaps-figure svg", "ARROW_LEFT")
    assert browser.run("return document.querySelectorAll('.tip *').length") >= 2
    assert browser.complaints() == []


def test_sections_without_data_are_absent(browser, make_study):
    folder = make_study(tables=("gaps", "tasks"), layers=(2,), seeds=(0,), pairs=(("toy-role", "toy-role"),))
    browser.open(write_report(folder).as_uri())
    sections = browser.run("return [...document.querySelectorAll('main > section')].map((section) => section.id)")
    assert sections == ["answer", "summary", "gaps", "task", "settings"]
    assert browser.run("return document.querySelectorAll('[data-control=Layer], [data-control=Seed]').length") == 0
    assert browser.complaints() == []


def test_an_encoder_that_was_not_tuned_has_a_page(browser, make_study):
    folder = make_study(seeds=(), updates=(0,), pairs=(("toy-pos", "toy-pos"),), layers=(0, 1))
    browser.open(write_report(folder).as_uri())
    assert "nothing was fine-tuned" in browser.element("h1").text
    assert browser.complaints() == []


@pytest.mark.parametrize("name", ["embedded", "sentence-transformers-all-MiniLM-L6-v2-of-my-own-server"])
def test_the_answer_has_three_lines_and_its_cards_are_above_the_fold(browser, make_study, name):
    folder = make_study(encoders=(name,), pairs=(("toy-role", "toy-role"),), layers=(0, 1), seeds=(0, 1))
    browser.open(write_report(folder).as_uri(), 1366, 768)
    lines = """
        const node = document.querySelector('#answer h1');
        return node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight);
    """
    assert round(browser.run(lines)) <= 3
    lowest = (
        "return Math.max(...[...document.querySelectorAll('.card')].map((one) => one.getBoundingClientRect().bottom))"
    )
    assert browser.run(lowest) <= 768
    # What the paper says is there for whoever asks.
    assert not browser.run("return document.querySelector('.claims').open")
    browser.click(".claims summary")
    assert browser.run("return document.querySelector('.claims li').getBoundingClientRect().height") > 0
