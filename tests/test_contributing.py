"""CONTRIBUTING.md: its examples of additions are whole files that work, and its lists name what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = re.findall(r"```(?:python|javascript)\n(?:#|//) (\w+\.(?:py|js))\n(.*?)```", TEXT, re.DOTALL)
ROWS = re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \| (.+?) \| `(tunescope\.\w+)` \|", TEXT, re.MULTILINE)

RUN = """
import importlib, sys
sys.path.insert(0, "")
for name in sys.argv[1:]:
    importlib.import_module(name)
import pandas
from tunescope.geometry import measures
tables = {table: pandas.read_parquet(f"added/tables/{table}.parquet") for table in ("mean_squares", "measures")}
assert tables["mean_squares"]["size"].gt(0).all()
assert "spread" in set(tables["measures"]["measure"])
print("all of them ran")
"""


@pytest.mark.slow
def test_every_example_works_as_a_file(tmp_path):
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    modules = [name.removesuffix(".py") for name, _ in FILES if name.endswith(".py")]
    assert len(modules) == len(ROWS) + 1
    done = subprocess.run(
        [sys.executable, "-c", RUN, *modules], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.endswith("all of them ran\n")


@pytest.mark.parametrize(("what", "anchor", "folders", "group"), ROWS, ids=[row[0] for row in ROWS])
def test_every_addition_goes_into_a_folder_and_a_group_that_are_there(what, anchor, folders, group):
    first, *others = re.findall(r"`(.+?)`", folders)
    for folder in (first, *(f"{Path(first).parent}/{other}" for other in others)):
        assert find_spec("tunescope." + folder.replace("/", ".")) is not None, folder
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert f'"{group}"' in code
    assert re.search(rf"^### {anchor.replace('-', '[ -]')}$", TEXT, re.MULTILINE | re.IGNORECASE), what


def test_links_lead_to_headings_that_are_there():
    for page, anchor in re.findall(r"\]\((docs/\w+\.md)#([\w-]+)\)", TEXT):
        titles = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, (page, anchor)


def test_every_target_of_make_that_is_named_is_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`", TEXT)) <= targets
