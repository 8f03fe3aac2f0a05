"""Who does the work: pieces of work that wait for one another are handed to an executor.

`executor(name)` finds one of `executor_names()`; `local` does the work in this process. One more is a subclass of
`Executor`, in a file of this folder or in another package that names its module under the entry point group
`tunescope.executors`.
"""

from __future__ import annotations

from tunescope.execution._executor import Do, Executor, executor, executor_names, executors
from tunescope.execution._graph import Done, Graph, Node

__all__ = ["Do", "Done", "Executor", "Graph", "Node", "executor", "executor_names", "executors"]
