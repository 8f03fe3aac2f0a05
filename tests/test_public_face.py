"""`import tunescope` is quick and gives every public name when it is used."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import tunescope


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", tunescope.__all__)
def test_every_public_name_is_there(name):
    assert getattr(tunescope, name) is not None
    assert name in dir(tunescope)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="No tunescope attribute nothing"):
        _ = tunescope.nothing


HEAVY = "('torch', 'transformers', 'matplotlib', 'plotly')"


@pytest.mark.parametrize(
    "modules",
    [
        "tunescope",
        "tunescope.cli.main",
        "tunescope.encoders, tunescope.tasks, tunescope.finetuning, tunescope.geometry, tunescope.probes",
        "tunescope.report, tunescope.storage, tunescope.studies",
    ],
)
def test_importing_brings_nothing_heavy(modules):
    assert run(f"import sys, {modules}; print([name for name in {HEAVY} if name in sys.modules])") == "[]"


def test_importing_takes_less_than_a_second():
    start = time.perf_counter()
    run("import tunescope")
    assert time.perf_counter() - start < 1


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert tunescope.__version__ == version("tunescope")
