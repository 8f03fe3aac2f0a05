"""The explorer as a reader meets it: headless Chromium, asserting on where points are drawn."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from explored import click_point, picture, places, sections_with, shown, stored_projection, told

from tunescope.report import serve_explorer, write_report
from tunescope.storage import write_arrays

pytestmark = pytest.mark.browser


def point_of(points_dir, task="toy-role"):
    return pd.read_parquet(points_dir / "explorer" / "points.parquet").query("task == @task").reset_index()


def test_points_are_drawn_where_they_were_stored(explorer, points_dir):
    arrays, _ = stored_projection(points_dir)
    x, y = places(explorer)
    want = arrays["projection"][-1, -1].astype(float)
    assert len(x) == len(want)
    # Drawn with one scale for both axes, y upwards.
    slope, shift = np.polyfit(want[:, 0], x, 1)
    assert np.allclose(slope * want[:, 0] + shift, x, atol=0.01)
    down, shift = np.polyfit(want[:, 1], y, 1)
    assert np.allclose(down * want[:, 1] + shift, y, atol=0.01)
    assert down == pytest.approx(-slope, rel=1e-3)


def test_sliders_move_the_points(explorer, points_dir):
    end = places(explorer)
    assert shown(explorer)["update"] == "60"
    explorer.press("[data-control=Update]", "HOME")
    start = places(explorer)
    assert shown(explorer)["update"] == "0"
    arrays, _ = stored_projection(points_dir)
    moved = end[0] - start[0]
    steps = (arrays["projection"][-1, -1, :, 0].astype(float) - arrays["projection"][0, -1, :, 0]).ravel()
    assert np.corrcoef(moved, steps)[0, 1] > 0.9999
    explorer.press("[data-control=Layer]", "ARROW_LEFT")
    assert shown(explorer)["layer"] == "2"
    assert not np.allclose(places(explorer), start)


def test_play_runs_to_the_end_through_all_updates(explorer):
    explorer.press("[data-control=Update]", "HOME")
    explorer.click("[data-control='Play fine-tuning']")
    assert "Pause" in explorer.element("[data-control='Play fine-tuning']").text
    seen = set()
    until = time.monotonic() + 20
    while shown(explorer)["update"] != "60" and time.monotonic() < until:
        seen.add(shown(explorer)["update"])
    assert shown(explorer)["update"] == "60"
    assert len(seen) >= 5
    explorer.wait("return document.querySelector(\"[data-control='Play fine-tuning']\").textContent.includes('Play')")
    explorer.press("[data-control=Update]", "HOME")
    explorer.click("[data-control='Play fine-tuning']")
    explorer.click("[data-control='Play fine-tuning']")
    assert "Play" in explorer.element("[data-control='Play fine-tuning']").text


def test_a_click_shows_the_sentence_with_its_target(explorer, points_dir):
    rows = point_of(points_dir)
    under = click_point(explorer, 17)
    said = explorer.element(".about .sentence").text
    target = explorer.element(".about .sentence mark").text
    found = [number for number in under if " ".join(rows.loc[number, "words"]) == said]
    assert found
    assert target in {rows.loc[number, "words"][rows.loc[number, "positions"][0]] for number in found}
    facts = explorer.element(".about dl").text
    assert "label" in facts
    assert any(rows.loc[number, "label"] in facts for number in found)
    assert "cluster" in facts
    assert "nearest other label" in facts
    explorer.click("[data-control='Forget the point']")
    assert explorer.driver.find_elements("css selector", ".about .sentence") == []


def test_colours_hulls_names_and_dimensions_change_the_picture(explorer):
    pictures = [picture(explorer)]
    for selector in (
        "[data-control=Colour] [data-value=split]", "[data-control=Colour] [data-value=cluster]",
        "[data-control=Colour] [data-value=label]", "input[data-control=hulls]", "input[data-control=names]",
        "[data-control=Dimensions] [data-value=false]",
    ):  # fmt: skip
        explorer.click(selector)
        pictures.append(picture(explorer))
    assert len(set(pictures[1:3])) == 2
    assert pictures[3] == pictures[0]
    assert len({pictures[0], *pictures[4:]}) == 4
    flat = places(explorer)
    explorer.press(".explorer canvas", "ARROW_LEFT", "ARROW_UP")
    assert not np.allclose(places(explorer), flat)
    explorer.click("[data-control='Reset the view']")
    np.testing.assert_array_equal(places(explorer), flat)


def test_only_the_chosen_labels_remain(explorer):
    assert told(explorer).startswith("407 points")
    explorer.click("input[data-control='only these']")
    assert told(explorer).startswith("296 points")
    explorer.click(".explorer .picker summary")
    explorer.click(".explorer .picker input[value=Agent]")
    assert told(explorer).startswith("259 points")


def test_a_search_finds_the_points_whose_target_holds_the_word(explorer, points_dir):
    rows = point_of(points_dir)
    before = picture(explorer)
    explorer.element("[data-control=Search]").send_keys("quick")
    explorer.settle()
    want = [
        number for number, row in rows.iterrows()
        if any("quick" in row["words"][position] for position in row["positions"])
    ]  # fmt: skip
    assert want
    assert explorer.element(".matches .note").text.startswith(f"{len(want)} points")
    assert picture(explorer) != before
    explorer.click(".matches button.match")
    assert explorer.element(".about mark").text == "quickly"
    explorer.click("[data-control='Forget the selection']")
    explorer.click("[data-control='Forget the point']")
    assert picture(explorer) == before


def test_two_labels_are_seen_across_their_margin(explorer, points_dir):
    explorer.choose("[data-control='First label']", "Cost")
    explorer.choose("[data-control='Second label']", "Path")
    assert "Distance between their hulls" in explorer.element(".pair-box").text
    assert told(explorer).startswith("74 points")
    explorer.click("[data-control='View of two labels'] [data-value=margin]")
    x, _ = places(explorer)
    labels = point_of(points_dir)["label"]
    middle = explorer.run("return document.querySelector('.explorer canvas').clientWidth") / 2
    assert (x[labels == "Cost"] < middle).all()
    assert (x[labels == "Path"] > middle).all()
    items = explorer.driver.find_elements("css selector", ".margin-box button.match")
    assert len(items) >= 2
    assert {item.find_element("tag name", "strong").text for item in items} == {"Cost", "Path"}
    items[0].click()
    assert explorer.element(".about .sentence").text


def test_a_rectangle_selects_and_the_selection_stays_while_points_move(explorer):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    canvas = explorer.element(".explorer canvas")
    width, height = explorer.run("return [arguments[0].clientWidth, arguments[0].clientHeight]", canvas)
    x, y = places(explorer)
    within = int(((x <= width / 2) & (y >= 24) & (y <= height - 24) & (x >= 24)).sum())
    actions = ActionChains(explorer.driver).key_down(Keys.SHIFT)
    actions.move_to_element_with_offset(canvas, round(-width / 2) + 24, round(-height / 2) + 24).click_and_hold()
    actions.move_to_element_with_offset(canvas, 0, round(height / 2) - 24).release().key_up(Keys.SHIFT).perform()
    explorer.settle()
    said = explorer.element(".matches .note").text
    assert abs(int(said.split()[0]) - within) <= 3
    explorer.press("[data-control=Update]", "HOME")
    assert explorer.element(".matches .note").text == said


def test_sentences_are_text(explorer):
    explorer.element("[data-control=Search]").send_keys("<b>")
    explorer.settle()
    assert explorer.element(".matches mark").text == "<b>green</b>"
    assert explorer.run("return document.querySelectorAll('main b').length") == 0


@pytest.mark.parametrize("size", [(360, 800), (1366, 768), (2560, 1440)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_fits_the_screen(browser, server, size):
    browser.open(server.url, *size)
    assert browser.run("return document.documentElement.scrollWidth") <= size[0]
    if size[0] > 1000:
        assert browser.run("return document.documentElement.scrollHeight") <= size[1]
    assert browser.complaints() == []


def test_the_report_page_holds_the_points_too(browser, points_dir):
    browser.open(write_report(points_dir).as_uri())
    browser.run("document.querySelector('#points').scrollIntoView({behavior: 'instant'})")
    browser.wait("return Boolean(document.querySelector('#points canvas').dataset.update)")
    assert shown(browser)["update"] == "60"
    browser.press("#points [data-control=Update]", "HOME")
    assert shown(browser)["update"] == "0"
    assert browser.complaints() == []


def test_a_page_without_room_for_the_points_says_so(browser, points_dir):
    browser.open(write_report(points_dir, shown=sections_with(10)).as_uri())
    text = browser.element("#points").text
    assert "too many for this page" in text
    assert "2 projections are too large for this page; `tunescope explore` shows all." in text
    assert not browser.run("return Boolean(document.querySelector('#points canvas'))")
    assert browser.complaints() == []


def test_a_missing_projection_is_said(browser, points_dir, tmp_path):
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(points_dir, folder)
    with serve_explorer(folder) as running:
        for path in (folder / "explorer").glob("projection-*"):
            path.unlink()
        browser.driver.get(running.url)
        browser.wait("return document.getElementById('state').textContent.startsWith('The points cannot be shown')")
    browser.complaints()


def test_twenty_thousand_points_stay_fluid(browser, make_study, capsys):
    """20,000 points × 16 snapshots × 7 layers: first picture under 5 s, a slider step under 100 ms."""
    n, n_updates, n_layers, labels = 20_000, 16, 7, tuple(f"L{index:02d}" for index in range(17))
    tasks = {"large": labels}
    folder = make_study(tasks=tasks, pairs=(("large", "large"),), seeds=(0,), layers=(0, 1), tables=("gaps",))
    rng = np.random.default_rng(0)
    label = np.arange(n) % len(labels)
    centre = rng.normal(size=(n_updates, n_layers, len(labels), 3)).cumsum(0) * 2000
    places = centre[:, :, label] + rng.normal(size=(n_updates, n_layers, n, 3)) * 800
    (folder / "explorer").mkdir()
    write_arrays(
        folder / "explorer" / "projection-large.safetensors",
        {"projection": np.clip(places, -32767, 32767).astype(np.int16), "scale": np.ones(n_layers, dtype=np.float32)},
        {"encoder": "embedded", "task": "large", "tuned_on": "large", "seed": "0",
         "updates": json.dumps(list(range(0, 80, 5))), "layers": json.dumps(list(range(n_layers)))},
    )  # fmt: skip
    words = [[f"w{number // 20}", "and", "so", "on", "for", "twenty", "words"] for number in range(n)]
    pd.DataFrame(
        {"task": "large", "split": np.where(np.arange(n) % 5, "train", "test"), "index": np.arange(n),
         "label": [labels[index] for index in label], "words": words, "positions": [[0]] * n}
    ).to_parquet(folder / "explorer" / "points.parquet")  # fmt: skip
    with serve_explorer(folder) as running:
        browser.open(running.url)
        first = int(browser.run("return Number(document.documentElement.dataset.drawn)"))
        # From the change of the slider to the frame that shows it.
        steps = browser.run("""
          const slider = document.querySelector("[data-control=Update]");
          const times = [];
          const step = (value) => new Promise((done) => {
            const start = performance.now();
            slider.value = value;
            slider.dispatchEvent(new Event("input"));
            requestAnimationFrame(() => { times.push(performance.now() - start); done(); });
          });
          return (async () => { for (let value = 0; value < 16; value += 1) await step(value); return times; })();
        """)
    middle = float(np.median(steps))
    with capsys.disabled():
        print(
            f" [20,000 points × 16 × 7: first picture {first} ms, slider step {middle:.0f} ms (median of 16)]", end=""
        )
    assert first < 5000
    assert middle < 100
    assert browser.complaints() == []
