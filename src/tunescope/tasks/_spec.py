"""What a named task is: one object that says everything there is to know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tunescope.errors import DataError
from tunescope.tasks._files import DataFile, FoundFile
from tunescope.tasks._task import Kind, Task

Reader = Callable[[tuple[FoundFile, ...], int], Task]
"""Makes a task of the files of its spec, in their order, and a seed (of the split, where the data has none)."""


@dataclass(frozen=True)
class TaskInfo:
    """What a named task is, before anything is read."""

    name: str
    kind: Kind
    description: str
    files: tuple[str, ...]
    """Names of the data files that it reads; none for the embedded grammar."""
    source: str
    """Citation and licence."""
    stands_for: str | None = None
    """The task whose place it takes where that one's data cannot be had; None for all others."""
    family: str | None = None
    """Tasks of one family label the same words with like labels; None for a task that has no relatives."""


@dataclass(frozen=True, repr=False)
class TaskSpec:
    """A named task: to add one is to give one of these.

    It is found in a file of `tunescope/tasks/_named`, or by an entry point of the group `tunescope.tasks` (of any
    package), which names a `TaskSpec` or several in a list; or it is given to `register_task`.

    Parameters
    ----------
    name : str
        What the task is called: no blanks.
    kind : {'word', 'pair', 'sentence'}
        What its points stand for: `word`, `pair` or `sentence`.
    description : str
        What is predicted, on what data, in a line.
    files : tuple of DataFile
        The data files that `reader` is given, with their checksums; empty for a task that needs none.
    reader : callable
        Called as `reader(found, seed)`: the verified files in the order of `files`, and a seed for whatever the
        data leaves to chance (usually the split). It gives a Task, whose name, description and source are taken
        from here.
    source : str
        Citation and licence.
    stands_for : str, optional
        Name of the task whose place it takes where that one's data cannot be had. Results are then never set beside
        the published ones of that task as if they were the same.
    family : str, optional
        Tasks of one family label the same words with like labels (`prepositions`, `parts-of-speech`): what the
        cross-task experiment calls related.

    Raises
    ------
    DataError
        The name is empty or holds white space.

    Examples
    --------
    >>> from tunescope.tasks import toy_task
    >>> def read(found, seed):
    ...     return toy_task("toy-question", n_train=40, n_test=10, seed=seed)
    >>> TaskSpec("few-questions", "sentence", "class of a question", (), read, "our own").task(())
    Task('few-questions', kind='sentence', train: 40 sentences, 40 targets; test: 10 sentences, 10 targets; 14 labels)
    """

    name: str
    kind: Kind
    description: str
    files: tuple[DataFile, ...]
    reader: Reader
    source: str
    stands_for: str | None = None
    family: str | None = None

    def __repr__(self) -> str:
        return f"<TaskSpec: {self.name}, {self.kind}, {len(self.files)} files>"

    def __post_init__(self) -> None:
        if not self.name or self.name != "".join(self.name.split()):
            raise DataError(f"a task is called {self.name!r}; a name has no white space and at least one character")

    @property
    def info(self) -> TaskInfo:
        """The same without what only a program needs."""
        names = tuple(file.name for file in self.files)
        return TaskInfo(self.name, self.kind, self.description, names, self.source, self.stands_for, self.family)

    def task(self, found: tuple[FoundFile, ...], seed: int = 0) -> Task:
        """The task of these files.

        Raises
        ------
        DataError
            A file breaks its format, or the reader gives something else than a task of this kind.
        """
        task = self.reader(found, seed)
        if not isinstance(task, Task) or task.kind != self.kind:
            given = f"a {task.kind} task" if isinstance(task, Task) else f"a {type(task).__name__}"
            raise DataError(f"the reader of task {self.name!r} gives {given}; its TaskSpec says a {self.kind} task")
        notes = (*(file.note for file in found if file.note), *task.notes)
        return replace(task, name=self.name, description=self.description, source=self.source, notes=notes)
