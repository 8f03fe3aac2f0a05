"""Six additions, one file each, in an installed package: seen in tables, on the page, and in the help of commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tunescope.storage import read_table

EXPERIMENT = """
from tunescope.records import Table
from tunescope.studies import Observer, TuningExperiment, placed


class Lengths(Observer):
    name = "their-lengths"
    tables = ("lengths",)

    def see(self, state):
        for number, layer in state.layers.items():
            yield "lengths", [{**state.place(number), "size": float((layer.X**2).mean())}]


COLUMNS = {"layer": "int64", "update": "int64", "size": "double"}


class LengthsOnTheWay(TuningExperiment):
    name = "their-lengths"
    question = "how long are the vectors?"
    tables = (Table("lengths", "space at an update", COLUMNS, {"size"}),)
    observers = ("their-lengths",)

    def seen(self, plan, course, layers, store):
        yield placed("lengths", course.record.result(store).table("lengths"), course.origin)
"""

OF_ONE = """
import numpy as np
from tunescope.geometry import SpaceMeasure, Value


class MeanLength(SpaceMeasure):
    name, title, range, direction, towards = "mean-length", "Their mean length", (0.0, float("inf")), "up", "long"
    invariant_to, needs, source, null = ("rotation",), frozenset({"vectors"}), "theirs", "none"

    def compute(self, space, setting):
        return Value(float(np.linalg.norm(space.X, axis=1).mean()), n=len(space))
"""

OF_TWO = """
import numpy as np
from tunescope.geometry import ComparisonMeasure, Value


class MeanShift(ComparisonMeasure):
    name, title, range, direction, towards = "mean-shift", "Their mean shift", (0.0, float("inf")), "down", "alike"
    invariant_to, needs, source, null = ("rotation of both",), frozenset({"vectors"}), "theirs", "none"

    def compute(self, first, second, setting):
        return Value(float(np.linalg.norm((second.X - first.X).mean(axis=0))), n=len(first))
"""

METHOD = """
from typing import Any, ClassVar
from tunescope.finetuning import Method


class OnlyLast(Method):
    name: ClassVar[str] = "only-last"
    title: ClassVar[str] = "only the layer that is called layer.1"

    def prepare(self, model: Any, seed: int) -> Any:
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("layer.1." in name)
        return model
"""

TASK = """
from tunescope.tasks import TaskSpec, toy_task


def read(found, seed):
    return toy_task("toy-question-coarse", n_train=40, n_test=12, seed=seed)


SPEC = TaskSpec("their-questions", "sentence", "questions of theirs", (), read, "theirs; CC0")
"""

SECTION = """
from tunescope.report import Section


class Theirs(Section):
    name, title, order = "theirs", "What is theirs", 46

    def of_study(self, view):
        return ["of theirs"]
"""

EXECUTOR = """
from tunescope.execution import Executor, executor


class Counting(Executor):
    name, about = "counting", "here, and counts"

    def run(self, graph, do):
        done = list(executor("local").run(graph, do))
        print(f"counted {len(done)}")
        yield from done
"""

FILES = {
    "their_experiment.py": EXPERIMENT,
    "their_measure_of_one.py": OF_ONE,
    "their_measure_of_two.py": OF_TWO,
    "their_method.py": METHOD,
    "their_task.py": TASK,
    "their_section.py": SECTION,
    "their_section.js": "export function draw() {\n  return null;\n}\n",
    "their_executor.py": EXECUTOR,
}

POINTS = {
    "tunescope.experiments": {"lengths": "their_experiment"},
    "tunescope.measures": {"one": "their_measure_of_one", "two": "their_measure_of_two"},
    "tunescope.methods": {"last": "their_method"},
    "tunescope.tasks": {"questions": "their_task:SPEC"},
    "tunescope.sections": {"theirs": "their_section"},
    "tunescope.executors": {"counting": "their_executor"},
}

STUDY = """
name: theirs
encoders: ENCODER
tasks: [their-questions]
experiments: [their-lengths, layers]
measures: [mean-length, mean-shift]
recipe: {method: only-last}
epochs: 1
keep: {points: false}
"""


@pytest.mark.slow
def test_one_file_each_and_it_is_there(install_package, encoder_folder, tmp_path):
    folder = install_package(FILES, POINTS)
    (tmp_path / "study.yaml").write_text(STUDY.replace("ENCODER", json.dumps(str(encoder_folder))), encoding="utf-8")
    paths = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))

    def tunescope(*words):
        command = [sys.executable, "-c", "from tunescope.cli.main import run; run()", *words]
        environment = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "300"}
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    shown = tunescope("run", "--help")
    for name in ("their-lengths", "mean-length", "mean-shift", "only-last", "their-questions", "counting"):
        assert name in shown, name
    assert "counted 1" in tunescope("run", "study.yaml", "--out", "out", "--on", "counting", "--quiet")
    tables = tmp_path / "out" / "tables"
    assert (read_table(tables / "lengths.parquet")["size"] > 0).all()
    assert "mean-length" in set(read_table(tables / "measures.parquet")["measure"])
    compared = read_table(tables / "comparisons.parquet")
    assert (compared["measure"] == "mean-shift").any()
    assert set(compared["task"]) == {"their-questions"}
    tunescope("report", "out", "--quiet")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for text in ('"theirs":["of theirs"]', "What is theirs", "Their mean length", "Their mean shift", "only-last"):
        assert text in page, text
