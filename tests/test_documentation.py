"""What the documentation shows is true: its programs and commands run, its links lead somewhere, its names are there.

Blocks of a page share a namespace and a folder, in the order of the page. Above a block a comment may stand:

    <!-- slow -->                        runs in the slow tests only
    <!-- not run: reason -->             is not run at all; the options of its commands are checked all the same
    <!-- not run `command`: reason -->   the same for the lines that begin with that
    <!-- setup ... -->                   lines of Python that run before the block and are not shown
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
BLOCK = re.compile(r"(?P<comments>(?:^<!--(?:(?!-->).)*-->\n+)*)^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
COMMENT = re.compile(r"<!-- *(?P<kind>slow|not run|setup)(?: `(?P<command>[^`]+)`)?:?(?P<rest>.*?)-->", re.S)

#: Rooms that keep lists of what was added to them, which a page's additions leave again.
LISTS = (
    ("tunescope.tasks._registry", "_registered"),
    ("tunescope.tasks", "Reader.known"),
    ("tunescope.finetuning", "Method.registry"),
    ("tunescope.finetuning", "Anchor.registry"),
    ("tunescope.studies._settings.experiments", "_KNOWN"),
    ("tunescope.studies", "Observer._known"),
    ("tunescope.integrations", "VectorFile._known"),
    ("tunescope.execution", "Executor._known"),
    ("tunescope.report._page._section", "_registered"),
)


@dataclass
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str
    slow: bool = False
    not_run: str = ""
    not_run_commands: dict[str, str] = field(default_factory=dict)
    setup: str = ""

    @property
    def commands(self) -> list[str]:
        """Its lines that call tunescope, without comments."""
        lines = [shlex.join(shlex.split(line, comments=True)) for line in self.text.splitlines()]
        return [line for line in lines if line.startswith("tunescope ")]

    def left_out(self, command: str) -> bool:
        return bool(self.not_run) or any(command.startswith(start) for start in self.not_run_commands)


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        block = Block(page, text.count("\n", 0, match.start("text")) + 1, match["language"], match["text"])
        for comment in COMMENT.finditer(match["comments"]):
            rest = comment["rest"].strip()
            if comment["kind"] == "slow":
                block.slow = True
            elif comment["kind"] == "setup":
                block.setup = rest
            elif comment["command"]:
                block.not_run_commands[comment["command"]] = rest
            else:
                block.not_run = rest
        found.append(block)
    return found


BLOCKS = {page: blocks_of(page) for page in PAGES}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def has_programs(page: Path) -> bool:
    return any(block.language in ("python", "bash") and not (block.not_run or block.slow) for block in BLOCKS[page])


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with what commands of the pages name: a finished study, an encoder, the examples."""
    with tarfile.open(ROOT / "tests" / "stored" / "study-0.1.0.tar.xz") as stored:
        stored.extractall(tmp_path / "stored", filter="data")
    [record] = (tmp_path / "stored").rglob("study.json")
    for name in ("tunescope-demo", "tunescope-pos", "tunescope-paper", "DIR"):
        shutil.copytree(record.parent, tmp_path / name)
    import tunescope.encoders

    embedded = Path(tunescope.encoders.__file__).parent / "embedded"
    shutil.copytree(embedded, tmp_path / "my-encoder")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    points = np.random.default_rng(0).normal(size=(60, 8))
    np.savez(tmp_path / "vectors.npz", X=points, y=np.repeat(["a", "b", "c"], 20))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch):
    import importlib

    from tunescope.execution import executor_names
    from tunescope.finetuning import Anchor, Method
    from tunescope.geometry import measures
    from tunescope.integrations._vectors.reader import vector_files
    from tunescope.report._page._section import sections
    from tunescope.studies import experiment_names
    from tunescope.studies._observers.observer import observer_kinds
    from tunescope.tasks import load_task, readers

    # all that is found by looking is there before a page adds to it
    load_task("toy-pos"), readers(), Method.known(), Anchor.known(), measures(), experiment_names()
    observer_kinds(), vector_files(), executor_names(), sections()
    for module, path in LISTS:
        owner: Any = importlib.import_module(module)
        *way, last = path.split(".")
        for step in way:
            owner = getattr(owner, step)
        monkeypatch.setattr(owner, last, dict(getattr(owner, last)))


def run_command(command: str) -> None:
    import typer

    from tunescope.cli.main import app

    arguments = shlex.split(command)[1:]
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="tunescope", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    assert not code, f"{command}: exit code {code}"


def run_page(page: Path, slow: bool) -> None:
    """Run the blocks of a page; without `slow` those that are not slow."""
    here: dict[str, Any] = {"__name__": "documentation"}
    for block in BLOCKS[page]:
        if block.not_run or (block.slow and not slow):
            continue
        where = f"{name_of(page)}:{block.line}"
        if block.language == "python":
            exec(compile(block.setup, f"{where} (setup)", "exec"), here)
            exec(compile("\n" * block.line + block.text, name_of(page), "exec"), here)
        elif block.language == "bash":
            for command in block.commands:
                if not block.left_out(command):
                    run_command(command)


@pytest.mark.parametrize("page", filter(has_programs, PAGES), ids=name_of)
def test_the_programs_of_a_page_run(page, place, capsys):
    run_page(page, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if any(block.slow for block in BLOCKS[page])], ids=name_of)
def test_the_slow_programs_of_a_page_run(page, place, capsys):
    shutil.rmtree(place / "tunescope-demo")
    run_page(page, slow=True)


def test_what_is_not_run_says_why():
    said = []
    for page in PAGES:
        for block in BLOCKS[page]:
            where = f"{name_of(page)}:{block.line}"
            if block.not_run:
                said.append((where, block.not_run))
            said += [(f"{where} {command}", reason) for command, reason in block.not_run_commands.items()]
    for where, reason in said:
        print(f"not run: {where}: {reason}")
    assert all(len(reason) > 5 for _, reason in said)
    assert len(said) <= 20, "more and more of the documentation is not run"


ALL_COMMANDS = [
    pytest.param(command, id=f"{name_of(page)}:{block.line} {command}")
    for page in PAGES
    for block in BLOCKS[page]
    if block.language == "bash"
    for command in block.commands
]


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_a_command_that_is_shown_has_the_options_that_are_shown(command):
    import typer

    from tunescope.cli.main import app

    group = typer.main.get_command(app)
    name, *rest = shlex.split(command)[1:]
    if name.startswith("-"):
        return
    found = group.commands[name]
    rest = [argument for argument in rest if argument != "…"]
    found.make_context(name, rest, resilient_parsing="--help" in rest)


def anchors_of(page: Path) -> set[str]:
    """The anchors that the site gives to a page's headings."""
    from markdown.extensions.toc import slugify

    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {slugify(re.sub(r"[`*_]|\]\([^)]*\)|\[", "", title), "-") for title in titles}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=name_of)
def test_links_lead_somewhere(page):
    pytest.importorskip("markdown")
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors_of(file)):
            wrong.append(target)
    assert wrong == []


def test_every_page_is_in_the_navigation_of_the_site():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    missing = [name for page in DOCS.rglob("*.md") if (name := str(page.relative_to(DOCS))) not in text]
    assert missing == []


@pytest.mark.slow
def test_the_site_builds_and_asks_the_network_for_nothing(tmp_path):
    pytest.importorskip("material")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asked = re.compile(
        r"""<(?:script|img|iframe|link rel="(?:stylesheet|preconnect|icon)")[^>]+(?:src|href)="?https?://[^>]+>"""
    )
    for page in (tmp_path / "site").rglob("*.html"):
        assert asked.findall(page.read_text(encoding="utf-8")) == [], page.name
