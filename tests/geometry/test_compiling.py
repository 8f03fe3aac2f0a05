"""The wait for numba is announced when it is there, and only then."""

import os
import subprocess
import sys

PROGRAM = "import numpy as np; from tunescope.geometry import scale_of; print(scale_of(np.array([[0.0], [2.0]])))"


def run(folder):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=300)


def test_the_wait_is_announced_once_on_a_machine_and_results_stay_on_stdout(tmp_path):
    first, second = run(tmp_path), run(tmp_path)
    assert first.stdout == second.stdout == "1.0\n"
    assert first.stderr.count("Compiling the geometry engine") == 1
    assert second.stderr == ""
