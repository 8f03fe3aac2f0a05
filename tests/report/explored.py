"""The explorer as tests read it: where its points are drawn, what its canvas shows, which point is clicked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from driven_browser import Browser
from numpy.typing import NDArray

from tunescope.report._page._section import Section, sections
from tunescope.report._page.points import Points
from tunescope.report._page.sections.points import PointsSection
from tunescope.storage import ArrayFile

PIXELS = """
const canvas = document.querySelector('.explorer canvas');
const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
return data.reduce((sum, value, at) => (sum * 31 + value * (at % 97)) % 1000000007, 7);
"""


def places(browser: Browser) -> NDArray[np.float64]:
    """(2, n) where every point is on the canvas, in CSS pixels: across, and down."""
    script = "const {x, y} = document.querySelector('.explorer canvas').places(); return [[...x], [...y]]"
    return np.array(browser.run(script), dtype=float)


def shown(browser: Browser) -> dict[str, str]:
    """Which update and layer the canvas shows, and of how many points."""
    return dict(browser.run("return {...document.querySelector('.explorer canvas').dataset}"))


def picture(browser: Browser) -> int:
    """A number that follows from every pixel of the canvas."""
    return int(browser.run(PIXELS))


def told(browser: Browser) -> str:
    """The line under the canvas."""
    return str(browser.run("return document.querySelector('.explorer-told').textContent"))


def click_point(browser: Browser, number: int) -> set[int]:
    """Click where a point is drawn; returns the numbers of all points that lie within two pixels of it."""
    from selenium.webdriver.common.action_chains import ActionChains

    canvas = browser.element(".explorer canvas")
    browser.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", canvas)
    x, y = places(browser)
    width, height = browser.run("return [arguments[0].clientWidth, arguments[0].clientHeight]", canvas)
    across, down = round(x[number] - width / 2), round(y[number] - height / 2)
    ActionChains(browser.driver).move_to_element_with_offset(canvas, across, down).click().perform()
    browser.settle()
    return {int(other) for other in np.flatnonzero((x - x[number]) ** 2 + (y - y[number]) ** 2 < 4)}


def stored_projection(folder: Path, index: int = 0) -> tuple[ArrayFile, dict[str, Any]]:
    """A projection of a study, in units of its own steps, and its metadata read."""
    stored = ArrayFile(Points(folder).projections[index].path)
    texts = ("encoder", "task", "tuned_on", "seed")
    return stored, {name: text if name in texts else json.loads(text) for name, text in stored.metadata.items()}


def sections_with(point_bytes: int) -> list[Section]:
    """All sections of the page, that of the points with room for so many bytes."""
    return [PointsSection(point_bytes) if one.name == "points" else one for one in sections()]
