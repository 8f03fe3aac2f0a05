"""No file of the package imports itself by way of others, neither at once nor when a function is called."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import tunescope

ROOT = Path(tunescope.__file__).parent


def module_name(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in ROOT.rglob("*.py")}


def imported(path):
    """What a file imports, anywhere in it, also for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def arrows():
    return {name: {to for to in imported(path) if to in MODULES and to != name} for name, path in MODULES.items()}


def test_no_circle():
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_the_test_sees_a_circle():
    graph = arrows()
    graph["tunescope.errors"] = {"tunescope.studies._run"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return
    raise AssertionError("a circle was not seen")


def test_a_room_for_studies_is_small_at_its_top():
    assert len([path for path in (ROOT / "studies").iterdir() if path.is_file()]) <= 8


def test_no_file_is_long():
    """No more lines than a person reads at once: programs of the page as well."""
    files = [path for end in ("py", "pyi", "js", "css") for path in ROOT.rglob(f"*.{end}")]
    assert len(files) > 300
    long = {str(path.relative_to(ROOT)): n for path in files if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long
