"""Tasks from files and frames of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tunescope.errors import DataError
from tunescope.tasks._conllu import ConlluKind
from tunescope.tasks._reader import Reading, ReadOptions, read_file
from tunescope.tasks._rows import Table, read_table, same_kind
from tunescope.tasks._split import draw_split, task_of_splits
from tunescope.tasks._task import Task

if TYPE_CHECKING:
    import pandas as pd


def task_from_file(
    path: str | Path,
    test_path: str | Path | None = None,
    *,
    format: str | None = None,
    columns: Mapping[str, str | int] | None = None,
    predicts: str | None = None,
    missing: Sequence[str] | None = None,
    without_label: Literal["refuse", "drop"] = "refuse",
    without_text: Literal["refuse", "drop"] = "refuse",
    delimiter: str | None = None,
    quotes: Literal["csv", "none"] | None = None,
    encoding: str | None = None,
    name: str | None = None,
    description: str | None = None,
    source: str = "",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from a file of your own, in any format that can be read.

    CSV, TSV, JSONL, Parquet, CoNLL-U, `.conllulex`, token-tag files, and data sets of the package `datasets` (a
    folder, or `hub:NAME`). What is not said is found out; `understood` of the task tells it.

    Parameters
    ----------
    path : str or Path
        The file; or the folder or `hub:NAME` of a data set, which may hold a test split of its own.
    test_path : str or Path, optional
        The sentences of test. Without it, and without a test split, the sentences of `path` are cut in two.
    format : str, optional
        Name of the format, where the file's name does not tell: `csv`, `tsv`, `jsonl`, `parquet`, `conllu`,
        `conllulex`, `token-tags`, `datasets`, or one that another package adds.
    columns : dict, optional
        Which column is what, by its name: `text`, `pair` (a second text, read together with the first), `words`,
        `positions`, `label`, `tags` (a label for every word). By number from 1, where there is no head line.
    predicts : str, optional
        Of a treebank `pos`, `xpos` or `dep`; of prepositions `role` or `function`; of token-tag files `tag`,
        `type` or `span`. The first of each is the default.
    missing : list of str, optional
        Fields of CSV and TSV that say that a label is missing; by default empty ones and, unless quoted, pandas'
        list (`NA`, `nan`, `null`, `None`, …). `[""]` makes `NA` a label like any other.
    without_label : {'refuse', 'drop'}, optional
        `refuse` (the default) raises an error where labels are missing; `drop` leaves them out and counts them.
    without_text : {'refuse', 'drop'}, optional
        The same of rows of a table without a text.
    delimiter, quotes, encoding : str, optional
        Of CSV and TSV; found out by default.
    name : str, optional
        What the task is called; the name of the file by default.
    description : str, optional
        What is predicted, in words.
    source : str, optional
        Citation and licence; the names of the files by default.
    test_share : float, optional
        Share of the sentences that are drawn for test, above 0 and below 1.
    seed : int, optional
        Draws them.

    Returns
    -------
    Task
        The kind follows from the targets: none, one or two positions.

    Raises
    ------
    DataError
        A file is not there or breaks its format, labels are missing, or the two files hold targets of two kinds;
        the message names file and line.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "reviews.csv"
    >>> _ = path.write_text("review;stars;id\\n" + "good film;5;x\\nbad film;1;y\\n" * 5)
    >>> task = task_from_file(path, columns={"label": "stars"})
    >>> task
    Task('reviews', kind='sentence', train: 8 sentences, 8 targets; test: 2 sentences, 2 targets; 2 labels)
    >>> task.understood[1], task.understood[5]
    ('delimiter: semicolon', 'columns not read: id')
    """
    options = ReadOptions(
        format=format,
        columns=columns or {},
        predicts=predicts,
        missing=None if missing is None else tuple(missing),
        without_label=without_label,
        without_text=without_text,
        delimiter=delimiter,
        quotes=quotes,
        encoding=encoding,
    )
    train = read_file(path, options)
    test = None if test_path is None else read_file(test_path, options)
    if test is not None:
        same_kind(train, path, test, test_path)
    return _task(
        train,
        test,
        name=name or _name(path, train, predicts),
        description=description,
        source=source or f"{path}" + (f", {test_path}" if test_path else ""),
        test_share=test_share,
        seed=seed,
    )


def _name(path: str | Path, reading: Reading, predicts: str | None) -> str:
    stem = Path(str(path).rstrip("/\\").replace("hub:", "").replace(":", "-")).stem or "task"
    return f"{stem}-{predicts}" if predicts else stem


def _task(
    train: Reading,
    test: Reading | None,
    *,
    name: str,
    description: str | None,
    source: str,
    test_share: float,
    seed: int,
) -> Task:
    if test is not None:
        parts = train.train, test.train
        notes = tuple(f"{split}: {note}" for split, of in (("train", train), ("test", test)) for note in of.notes)
        how = "split: two files"
    elif train.test is not None:
        parts, notes, how = (train.train, train.test), train.notes, "split: its own"
    else:
        try:
            first, second = draw_split(train.train, test_share, seed)
        except DataError as error:
            raise DataError(f"{source}: {error}") from None
        parts, notes = (first, second), train.notes
        how = f"split: {test_share:.0%} of the sentences drawn for test, seed {seed}"
    task = task_of_splits(
        train.kind, *parts, name=name, description=description or train.description, source=source, notes=notes
    )
    return replace(task, understood=(*train.understood, f"kind of target: {task.kind}", how))


def task_from_table(
    train_path: str | Path,
    test_path: str | Path | None = None,
    *,
    name: str | None = None,
    description: str = "labels of a table",
    source: str = "",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from tables of your own, one target a row: `task_from_file` for those that need no telling.

    The columns are `text` (words are what blanks separate) or `words`, a `label`, and for words and pairs
    `positions`: an index from 0, or two, `[head, dependent]`. The number of positions is the kind of the task: none,
    one or two. Rows one after the other with the same words and different positions are targets of one sentence.

    Parameters
    ----------
    train_path : str or Path
        The table: CSV, TSV, JSONL or Parquet.
    test_path : str or Path, optional
        The table of test. Without it the sentences of `train_path` are cut in two by `seed`.
    name, description, source : str, optional
        Of the task; by default the file's name, and the files.
    test_share, seed : float and int, optional
        Share of the sentences drawn for test, and what draws them.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    DataError
        Something is wrong with a file; the message names it and the line.
    """
    return task_from_file(
        train_path,
        test_path,
        name=name,
        description=description,
        source=source,
        test_share=test_share,
        seed=seed,
    )


def task_from_conllu(
    train_path: str | Path,
    test_path: str | Path | None = None,
    kind: ConlluKind = "pos",
    *,
    name: str | None = None,
    description: str | None = None,
    source: str = "",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from treebanks of your own in CoNLL-U (universaldependencies.org/format).

    Parameters
    ----------
    train_path : str or Path
        The treebank.
    test_path : str or Path, optional
        The treebank of test. Without it the sentences of `train_path` are cut in two by `seed`.
    kind : {'pos', 'xpos', 'dep'}, optional
        `pos` (UPOS of a word), `xpos`, or `dep` (DEPREL of the pair of head and dependent).
    name, description, source : str, optional
        Of the task; by default the file's name and the kind, and the files.
    test_share, seed : float and int, optional
        Share of the sentences drawn for test, and what draws them.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    DataError
        A file is not CoNLL-U or a label is missing; the message names file and line.
    """
    return task_from_file(
        train_path,
        test_path,
        format="conllu",
        predicts=kind,
        name=name,
        description=description,
        source=source,
        test_share=test_share,
        seed=seed,
    )


def task_from_frame(
    train: pd.DataFrame,
    test: pd.DataFrame | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    without_label: Literal["refuse", "drop"] = "refuse",
    without_text: Literal["refuse", "drop"] = "refuse",
    name: str = "frame",
    description: str = "labels of a data frame",
    source: str = "a data frame",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from pandas data frames of your own, one target a row; the index is not read.

    Parameters
    ----------
    train : pandas.DataFrame
        Columns as `task_from_file` takes them: `text` or `words`, `label` or `tags`, and if need be `positions`
        and `pair`. Missing labels are None, NaN, NaT and NA; the text `nan` is a label.
    test : pandas.DataFrame, optional
        The rows of test. Without it the sentences of `train` are cut in two by `seed`.
    columns : dict, optional
        Which column is what, where the names do not tell: `{"text": "review", "label": "stars"}`.
    without_label, without_text : {'refuse', 'drop'}, optional
        `refuse` (an error) or `drop` (left out and counted).
    name, description, source : str, optional
        Of the task.
    test_share, seed : float and int, optional
        Share of the sentences drawn for test, and what draws them.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    DataError
        A column is missing, or a row has no words or no label that can be used; the message names the row.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"review": ["good film", "bad film"] * 5, "stars": [5, 1] * 5})
    >>> task_from_frame(frame, columns={"text": "review", "label": "stars"}).labels
    ('1', '5')
    """
    options = ReadOptions(columns=columns or {}, without_label=without_label, without_text=without_text)
    frames = {"train": train} if test is None else {"train": train, "test": test}
    readings = [_read_frame(frame, options, what) for what, frame in frames.items()]
    if len(readings) > 1:
        same_kind(readings[0], "the frame of train", readings[1], "the frame of test")
    return _task(
        readings[0],
        readings[1] if len(readings) > 1 else None,
        name=name,
        description=description,
        source=source,
        test_share=test_share,
        seed=seed,
    )


def _read_frame(frame: pd.DataFrame, options: ReadOptions, what: str) -> Reading:
    where = f"the data frame of {what}"
    if not hasattr(frame, "columns") or not hasattr(frame, "itertuples"):
        raise DataError(f"{where} is a {type(frame).__name__}; expected a pandas DataFrame")
    columns = [str(column) for column in frame.columns]
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        raise DataError(f"{where}: two columns are called {twice[0]!r}; give each a name of its own")
    names: dict[str, int | str] = dict.fromkeys(columns, "its columns")
    rows: list[tuple[int | str, dict[str, Any]]] = [
        (f"row {number}", dict(zip(columns, row, strict=True)))
        for number, row in enumerate(frame.itertuples(index=False, name=None), start=1)
    ]
    return read_table(where, Table(names, rows, understood=("format: data frame",)), options)
