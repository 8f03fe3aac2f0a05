"""A headless Chromium, and what tests do with it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def driven_browser(profile: Path) -> Iterator[Browser]:
    """A running Chromium with this profile; where there is none, the test skips, and fails where CI is set."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    absent = [name for name, path in (("chromium", program), ("chromedriver", driver)) if path is None]
    if importlib.util.find_spec("selenium") is None:
        absent.append("the Python package selenium")
    if absent:
        reason = f"browser tests need {' and '.join(absent)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(program)
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--enable-unsafe-swiftshader", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driven = webdriver.Chrome(options=options, service=Service(str(driver)))
    try:
        yield Browser(driven)
    finally:
        driven.quit()


class Browser:
    """What the tests do with a page: open it at a size, run a script in it, read what its console said."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str, width: int = 1366, height: int = 768, dark: bool = False) -> None:
        """Open a page afresh."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.size(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, calm]})
        self.driver.get(address)
        self.wait("return Boolean(document.documentElement.dataset.drawn)")
        self.settle()

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, script: str, *arguments: object) -> Any:
        """The value that a script returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, seconds: float = 10.0) -> None:
        """Until a script returns something true."""
        end = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < end, f"not within {seconds} s: {script}"
            time.sleep(0.02)

    def settle(self) -> None:
        """Until what was asked for has been drawn: two frames later."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"
        )

    def element(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def choose(self, selector: str, value: str) -> None:
        """Choose an entry of a drop-down list as a reader does."""
        from selenium.webdriver.support.ui import Select

        Select(self.element(selector)).select_by_value(value)
        self.settle()

    def click(self, selector: str) -> None:
        node = self.element(selector)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", node)
        self.settle()
        node.click()
        self.settle()

    def press(self, selector: str, *keys: str) -> None:
        """Press keys while an element has the focus."""
        from selenium.webdriver.common.keys import Keys

        node = self.element(selector)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'}); arguments[0].focus()", node)
        active = self.driver.switch_to.active_element
        for key in keys:
            active.send_keys(getattr(Keys, key) if len(key) > 1 else key)
        self.settle()

    def complaints(self) -> list[str]:
        """Errors and warnings of the console since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]
