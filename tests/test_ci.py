"""What is promised of the checks is what they run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None, f"there is no target {target}"
    return found.group(1)


def test_ci_runs_lint_types_docs_and_the_pages_programs_before_the_tests():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    [parts] = re.findall(r"^for part in (.+); do$", script, re.MULTILINE)
    assert parts.split() == ["lint", "types", "docs", "js"]
    assert 'make "$part"' in script
    assert script.rstrip().splitlines()[-1] == "make test", "the summary of the tests comes last"
    assert "set -euo pipefail" in script, "a part that fails ends it"


@pytest.mark.parametrize(
    ("target", "tools"),
    [
        ("lint", ["ruff check", "ruff format --check", "numpydoc", "lint-imports"]),
        ("types", ["mypy"]),
        ("docs", ["mkdocs build --strict"]),
        ("js", ["npm ci", "npm run"]),
        ("test", ["pytest"]),
    ],
)
def test_each_part_runs_its_tools(target, tools):
    for tool in tools:
        assert tool in recipe(target)


def test_the_tests_hold_the_examples_of_docstrings():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'testpaths = ["tests", "src"]' in settings
    assert "--doctest-modules" in settings


def test_the_workflow_checks_the_same_parts_on_every_python():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "make lint types docs js" in workflow
    for version in ("3.10", "3.11", "3.12", "3.13"):
        assert f'"{version}"' in workflow
