"""Fixtures of the report's tests. The modules that they share lie beside them: planted studies, a driven browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from driven_browser import Browser, driven_browser
from planted import Planted
from planted_study import write_study

if TYPE_CHECKING:
    from tunescope.report._explorer import ExplorerServer


@pytest.fixture(scope="session")
def study_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One study of everything, read by all tests and changed by none."""
    return write_study(tmp_path_factory.mktemp("study") / "synthetic")


@pytest.fixture(scope="session")
def points_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that stored its points: one run with two seeds."""
    planted = Planted(pairs=(("toy-role", "toy-role"),), seeds=(0, 1), layers=(0, 1, 2, 3), projections=True)
    return write_study(tmp_path_factory.mktemp("study") / "points", planted)


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study of one's own: `make_study(seeds=(0,), tables=("gaps",))`."""

    def make(name: str = "study", **changes: object) -> Path:
        return write_study(tmp_path / name, Planted(**changes))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def page(study_dir: Path) -> Path:
    """The report page of the whole study."""
    from tunescope.report import write_report

    return write_report(study_dir)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium; where there is none, tests skip, and fail where CI is set."""
    with driven_browser(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="module")
def shown_dir(points_dir: Path) -> Path:
    """The study that the explorer shows; a module with a study of its own overrides this."""
    return points_dir


@pytest.fixture(scope="module")
def server(shown_dir: Path) -> Iterator[ExplorerServer]:
    """The explorer of that study."""
    from tunescope.report import serve_explorer

    with serve_explorer(shown_dir) as running:
        yield running


@pytest.fixture
def explorer(browser: Browser, server: ExplorerServer) -> Iterator[Browser]:
    """The explorer, opened afresh; its console must have nothing to complain of at the end."""
    browser.open(server.url)
    yield browser
    assert browser.complaints() == []
