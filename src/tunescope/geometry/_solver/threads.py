"""Threads of our own, one pair of hulls each, and no others.

The products and factorisations of the solver are small. BLAS would share each of them between all processors, which
costs more than it saves, and many times more when other work runs beside it; so BLAS gets one thread while ours run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _libraries() -> ThreadpoolController:
    """The libraries that have threads of their own; finding them takes longer than many a call here."""
    return ThreadpoolController()


def one_blas_thread() -> Any:
    """Context in which BLAS computes with one thread."""
    return _libraries().limit(limits=1, user_api="blas")


def threads(n_jobs: int | None) -> int:
    """Number of threads for ``n_jobs`` (None or -1: all processors that this process may use)."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if n_jobs is None:
        return available
    if n_jobs == 0:
        raise ValueError("n_jobs must not be 0: give a number of threads, or -1 for all processors.")
    return max(1, available + 1 + n_jobs) if n_jobs < 0 else n_jobs


def in_threads(work: Callable[[Any], Any], items: list[Any], n_jobs: int | None) -> Iterator[Any]:
    """Results of ``work`` in the order of ``items``; the solver releases the interpreter while it runs."""
    count = min(threads(n_jobs), len(items))
    if count <= 1:
        yield from map(work, items)
        return
    with one_blas_thread(), ThreadPoolExecutor(count) as pool:
        yield from pool.map(work, items)
