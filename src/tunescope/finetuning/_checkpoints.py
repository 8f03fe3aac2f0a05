"""Checkpoints from which a killed fine-tuning goes on: which are whole, and whose they are."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError, StudyError
from tunescope.finetuning._recipe import Recipe
from tunescope.storage import write_json
from tunescope.storage._atomic import sync_tree
from tunescope.storage._checksums import checksum, damaged_files

_MARK = "whole.json"
_IDENTITY = "fine-tuning.json"
_FILES = ("model.safetensors", "optimizer.pt", "scheduler.pt", "trainer_state.json", "rng_state.pth")
"""What transformers' Trainer writes of a training."""


def claim(work_dir: Path, identity: dict[str, Any]) -> None:
    """Take the folder for the fine-tuning with this identity.

    Raises
    ------
    StorageError
        It holds the checkpoints of another one; names what differs.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    file = work_dir / _IDENTITY
    asked = json.loads(json.dumps(identity))
    if not file.exists():
        write_json(file, asked)
        return
    try:
        there = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StorageError(f"{file} is damaged; delete the folder to start afresh") from error
    if isinstance(there.get("recipe"), dict):
        there["recipe"] = _without_defaults(there["recipe"])
    differs = [key for key in asked if there.get(key) != asked[key]]
    if differs:
        key = differs[0]
        raise StorageError(
            f"{work_dir} holds the checkpoints of another fine-tuning ({key}: {there.get(key)!r} there,"
            f" {asked[key]!r} here); choose another folder or delete it"
        )


def _without_defaults(recipe: dict[str, Any]) -> dict[str, Any]:
    """A stored recipe without what has its default value: version 0.1.0 wrote every setting."""
    try:
        return Recipe(**recipe).settings()
    except (StudyError, TypeError):  # a setting that this version does not know: another fine-tuning
        return recipe


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that is whole."""

    update: int
    folder: Path
    log: list[dict[str, float]]
    """The rows of the updates before it."""


def mark_whole(checkpoint: Path, log: list[dict[str, float]]) -> None:
    """Say that everything of this checkpoint is on the disk, with sizes and checksums, and delete older ones.

    Parameters
    ----------
    checkpoint : Path
        Its folder.
    log : list of dict
        The rows of the updates before it, which are kept beside it.
    """
    sync_tree(checkpoint)
    files = sorted(path for path in checkpoint.rglob("*") if path.is_file() and path.name != _MARK)
    names = {path.relative_to(checkpoint).as_posix(): path for path in files}
    sizes = {name: path.stat().st_size for name, path in names.items()}
    checksums = {name: checksum(path) for name, path in names.items()}
    write_json(checkpoint / _MARK, {"log": log, "sizes": sizes, "sha256": checksums})
    for older in checkpoint.parent.glob("checkpoint-*"):
        if older != checkpoint:
            shutil.rmtree(older)


def newest_whole(work_dir: Path) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """The last checkpoint that is whole, or None; those that are damaged are set aside.

    Returns
    -------
    Checkpoint or None
        Where to go on.
    tuple of str
        A note for each checkpoint that was set aside: which, and what was wrong with it.
    """
    found = [(int(mark.parent.name.rpartition("-")[2]), mark.parent) for mark in work_dir.glob(f"checkpoint-*/{_MARK}")]
    notes: list[str] = []
    for update, folder in sorted(found, reverse=True):
        log, damaged = _read_mark(folder)
        if log is not None and not damaged:
            return Checkpoint(update, folder, log), tuple(notes)
        aside = folder.with_name(f"damaged-{folder.name}")
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        notes.append(
            f"the checkpoint of update {update} was damaged ({', '.join(damaged)}) and set aside as {aside.name}:"
            " the training went on from before it"
        )
    return None, tuple(notes)


def _read_mark(folder: Path) -> tuple[list[dict[str, float]] | None, list[str]]:
    """The log of a checkpoint, and the files of it that are not as they were written."""
    try:
        mark = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except ValueError:
        return None, [_MARK]
    if isinstance(mark, list):  # version 0.1.0 wrote the log alone
        return mark, [name for name in _FILES if not (folder / name).is_file()]
    return mark["log"], damaged_files(folder, mark["sizes"], mark["sha256"])


def discard(work_dir: Path) -> None:
    """Delete the checkpoints of a folder, whole or not; those that were set aside stay."""
    for checkpoint in work_dir.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
