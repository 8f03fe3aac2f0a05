"""What tests of faults share: a study in a process of its own, and what must be true after it was cut off."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd

ALL_FAULTS = "TUNESCOPE_ALL_FAULTS"
"""Set, every fault is tried; by default a few, drawn by a seed."""
TIMES = ["seconds"]
"""Columns that are no result."""
PATIENCE = 120.0
"""Seconds after which a process is taken for one that hangs."""


def in_a_process(do: Callable[[], object], kill_after: float | None = None) -> int:
    """Do something in a fork of this process; its exit code: 0, 1 where it raised, -9 where it was killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads of this process are not in the fork, which begins with one of its own
        pid = os.fork()
    if pid == 0:
        try:
            import torch

            torch.set_num_threads(1)
            do()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    start = time.monotonic()
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        waited = time.monotonic() - start
        if kill_after is not None and waited >= kill_after:
            os.kill(pid, signal.SIGKILL)
            kill_after = None
        if waited > PATIENCE:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise AssertionError("it hangs")
        time.sleep(0.002)


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a study, by name."""
    return {path.stem: pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))}


def units_of(folder: Path) -> set[str]:
    """Kind and key of each unit."""
    return {path.relative_to(folder / "units").as_posix() for path in (folder / "units").glob("*/[!.]*")}


def orphans_of(folder: Path) -> list[str]:
    """What no study has: unfinished files and folders, work of nobody, a generation that is not in its place."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    work = [name for name in names if name.startswith("work/") and name.count("/") == 2]
    return [name for name in names if name.endswith(".writing") or name == ".laid-out"] + work


def same_study(folder: Path, expected: Path) -> None:
    """Assert that a folder holds the units and tables of another study, whole, and nothing beside."""
    from tunescope.storage import verify_study

    assert orphans_of(folder) == []
    assert units_of(folder) == units_of(expected)
    found, wanted = tables_of(folder), tables_of(expected)
    assert found.keys() == wanted.keys()
    for name in wanted:
        pd.testing.assert_frame_equal(
            *(table.drop(columns=TIMES, errors="ignore") for table in (found[name], wanted[name]))
        )
    assert verify_study(folder).damaged == ()
