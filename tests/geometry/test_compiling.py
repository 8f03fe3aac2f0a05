"""What is compiled by numba: the wait for it is announced, and no function takes more than a handful of arguments."""

import importlib
import inspect
import os
import pkgutil
import subprocess
import sys

from numba.core.dispatcher import Dispatcher

import tunescope

PROGRAM = "import numpy as np; from tunescope.geometry import scale_of; print(scale_of(np.array([[0.0], [2.0]])))"


def run(folder):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=300)


def test_the_wait_is_announced_once_on_a_machine_and_results_stay_on_stdout(tmp_path):
    first, second = run(tmp_path), run(tmp_path)
    assert first.stdout == second.stdout == "1.0\n"
    assert first.stderr.count("Compiling the geometry engine") == 1
    assert second.stderr == ""


def compiled_functions():
    """Every function of the package that numba compiles, by its full name."""
    for module in pkgutil.walk_packages(tunescope.__path__, "tunescope."):
        for found in vars(importlib.import_module(module.name)).values():
            if isinstance(found, Dispatcher) and found.py_func.__module__ == module.name:
                yield f"{module.name}.{found.py_func.__name__}", found.py_func


def test_no_compiled_function_takes_more_than_eight_arguments():
    taken = {name: len(inspect.signature(function).parameters) for name, function in compiled_functions()}
    assert len(taken) > 40
    assert {name: count for name, count in taken.items() if count > 8} == {}
