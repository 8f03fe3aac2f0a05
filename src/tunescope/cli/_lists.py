"""`tunescope tasks` and `tunescope encoders`: what is there by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stdout

if TYPE_CHECKING:
    from tunescope.studies import TaskChoice
    from tunescope.tasks import Split, Task

_EXAMPLES = 5
"""Targets of train that are shown, each of another label."""
_WIDE = 160


@spoken
def tasks(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Show one task: a name, a file of your own, or hub:NAME."),
    ] = None,
    test: Annotated[str | None, typer.Option(help="With a file of your own: the one of test.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Folder with data files; TUNESCOPE_DATA_DIR by default.")
    ] = None,
    predicts: Annotated[
        str | None,
        typer.Option(help="Of a file: pos, xpos or dep (treebank); role or function; tag, type or span (token tags)."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="Which column is what, such as label=stars; may be repeated."),
    ] = None,
    without_label: Annotated[
        str | None, typer.Option(help="What becomes of rows without a label: refuse (the default) or drop.")
    ] = None,
    without_text: Annotated[str | None, typer.Option(help="The same of rows without a text.")] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="Format of the file, where its name does not tell.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the tasks, or show one: how it was read, its sizes, its labels and what is odd about it.

    Example: tunescope tasks reviews.csv --column label=stars
    """
    from tunescope.errors import TunescopeError
    from tunescope.studies import find_task

    if name is None:
        _list_tasks(as_json, quiet)
        return
    told = {
        "test_file": test,
        "predicts": predicts,
        "columns": _columns(column or []),
        "without_label": without_label,
        "without_text": without_text,
        "format": file_format,
    }
    try:
        task = find_task(_choice(name, told), data_dir=data_dir)
    except TunescopeError as error:
        raise type(error)(_as_options(str(error))) from error
    if as_json:
        print_json(_task_json(task))
        return
    _show_task(task)


def _as_options(message: str) -> str:
    """A message with what can be said of a file as it is typed here, where it shows the form of a study."""
    said = message.replace("`columns: {text: NAME, label: NAME}`", "`--column text=NAME --column label=NAME`")
    return re.sub(r"`(without_(?:label|text)): (\w+)`", lambda m: f"`--{m[1].replace('_', '-')} {m[2]}`", said)


def _choice(name: str, told: dict[str, Any]) -> TaskChoice:
    """The task that is typed, with what is said of its file."""
    from pydantic import ValidationError

    from tunescope.errors import StudyError
    from tunescope.studies import TaskChoice, task_choice

    given = {key: value for key, value in told.items() if value}
    try:
        return TaskChoice.model_validate({**task_choice(name), **given})
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            place = "".join(f"{part}: " for part in fault["loc"])
            faults.append(place + str(fault.get("ctx", {}).get("error", fault["msg"])))
        raise StudyError(f"{name}: {'; '.join(faults)}") from None


def _columns(columns: list[str]) -> dict[str, str | int]:
    from tunescope.errors import StudyError

    found: dict[str, str | int] = {}
    for text in columns:
        role, mark, column = text.partition("=")
        if not mark or not column:
            raise StudyError(f"--column {text}: expected what it is and its name, such as label=stars")
        found[role] = int(column) if column.isdecimal() and len(column) < 5 else column
    return found


@spoken
def encoders(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the encoders that have a short name; any hub id or local folder works as well.

    Example: tunescope encoders --json
    """
    from dataclasses import asdict

    from tunescope.encoders import encoder_infos

    infos = encoder_infos()
    if as_json:
        print_json([asdict(info) for info in infos])
        return
    table = _table("name", "layers", "width", "parameters", "epochs", "what it is", right={1, 2, 3, 4})
    for info in infos:
        table.add_row(
            info.name,
            str(info.layers),
            str(info.width),
            f"{info.parameters:g} M",
            str(info.epochs),
            info.description,
        )
    console = stdout()
    console.print(table)
    if not quiet:
        console.print("Any other Hugging Face encoder by its hub id (owner/name) or its folder.", style="dim")


def _list_tasks(as_json: bool, quiet: bool) -> None:
    from dataclasses import asdict

    from tunescope.tasks import task_infos

    infos = task_infos()
    if as_json:
        print_json([asdict(info) for info in infos])
        return
    table = _table("name", "kind", "what is predicted")
    for info in infos:
        table.add_row(info.name, info.kind, info.description)
    console = stdout()
    console.print(table)
    if not quiet:
        console.print("`tunescope tasks NAME` shows its sizes, labels and source; NAME may be a file.", style="dim")


def _task_json(task: Task) -> dict[str, Any]:
    from tunescope.tasks import find_conflicts

    return {
        "name": task.name,
        "kind": task.kind,
        "description": task.description,
        "source": task.source,
        "understood": list(task.understood),
        "notes": list(task.notes),
        "fingerprint": task.fingerprint,
        "splits": {
            split.name: {
                "sentences": len(split.sentences),
                "targets": len(split),
                "labels": split.label_counts,
                "examples": [{"text": split.context(i), "label": split.targets[i].label} for i in _examples(split)],
                "conflicts": [
                    {"text": conflict.text, "labels": list(conflict.labels)} for conflict in find_conflicts(split)
                ],
            }
            for split in (task.train, task.test)
        },
    }


def _examples(split: Split) -> list[int]:
    """The first target of each of the first few labels, in the order of the targets."""
    first: dict[str, int] = {}
    for i, target in enumerate(split.targets):
        first.setdefault(target.label, i)
    return sorted(first.values())[:_EXAMPLES]


def _plain(text: str) -> str:
    """Text that came as data, at most two lines long."""
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"


def _show_task(task: Task) -> None:
    console = stdout()
    console.print(_plain(f"{task.name}: {task.description} ({task.kind})"))
    for line in (task.source, *task.understood):
        console.print(_plain(line))
    table = _table("label", "train", "test", right={1, 2})
    for label in task.labels:
        table.add_row(_plain(label), *(str(split.label_counts.get(label, 0)) for split in (task.train, task.test)))
    table.add_section()
    table.add_row("targets", str(len(task.train)), str(len(task.test)))
    table.add_row("sentences", str(len(task.train.sentences)), str(len(task.test.sentences)))
    console.print(table)
    for i in _examples(task.train):
        console.print(_plain(f"{task.train.targets[i].label}: {task.train.context(i)}"))
    for note in task.notes:
        console.print(f"note: {note}")
    for split in (task.train, task.test):
        if len(split.label_counts) < 2:
            told = "one label only" if split.label_counts else "no label"
            console.print(f"note: {split.name} has {told}; a study needs two in each split", markup=False)


def _table(*columns: str, right: set[int] | None = None) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number in (right or set()) else "left", overflow="fold")
    return table
