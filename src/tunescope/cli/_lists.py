"""`tunescope tasks` and `tunescope encoders`: what is there by name."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stdout

if TYPE_CHECKING:
    from tunescope.tasks import Task


class Predicts(str, Enum):
    """What can be predicted of a CoNLL-U file."""

    pos = "pos"
    xpos = "xpos"
    dep = "dep"


@spoken
def tasks(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Show one task: a name, or a .conllu, .jsonl or .tsv file."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Folder with data files; TUNESCOPE_DATA_DIR by default.")
    ] = None,
    predicts: Annotated[Predicts, typer.Option(help="What of a CoNLL-U file of your own is predicted.")] = Predicts.pos,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the tasks, or show one: its sizes, its labels and what is odd about it.

    Example: tunescope tasks toy-pos
    """
    from tunescope.studies import TaskChoice, find_task, task_choice

    if name is None:
        _list_tasks(as_json, quiet)
        return
    choice = TaskChoice.model_validate({**task_choice(name), "predicts": predicts.value})
    task = find_task(choice, data_dir=data_dir)
    if as_json:
        print_json(_task_json(task))
        return
    _show_task(task)


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
        console.print("`tunescope tasks NAME` shows its sizes, labels and source.", style="dim")


def _task_json(task: Task) -> dict[str, Any]:
    from tunescope.tasks import find_conflicts

    return {
        "name": task.name,
        "kind": task.kind,
        "description": task.description,
        "source": task.source,
        "notes": list(task.notes),
        "fingerprint": task.fingerprint,
        "splits": {
            split.name: {
                "sentences": len(split.sentences),
                "targets": len(split),
                "labels": split.label_counts,
                "conflicts": [
                    {"text": conflict.text, "labels": list(conflict.labels)} for conflict in find_conflicts(split)
                ],
            }
            for split in (task.train, task.test)
        },
    }


def _show_task(task: Task) -> None:
    console = stdout()
    console.print(f"{task.name}: {task.description} ({task.kind})\n{task.source}", markup=False)
    table = _table("label", "train", "test", right={1, 2})
    for label in task.labels:
        table.add_row(label, *(str(split.label_counts.get(label, 0)) for split in (task.train, task.test)))
    table.add_section()
    table.add_row("targets", str(len(task.train)), str(len(task.test)))
    table.add_row("sentences", str(len(task.train.sentences)), str(len(task.test.sentences)))
    console.print(table)
    for note in task.notes:
        console.print(f"note: {note}", markup=False)


def _table(*columns: str, right: set[int] | None = None) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number in (right or set()) else "left", overflow="fold")
    return table
