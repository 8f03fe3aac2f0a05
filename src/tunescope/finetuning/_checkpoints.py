"""Checkpoints from which a killed fine-tuning goes on: which are whole, and whose they are."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError, StudyError
from tunescope.finetuning._recipe import Recipe

_MARK = "whole.json"
_IDENTITY = "fine-tuning.json"


def claim(work_dir: Path, identity: dict[str, Any]) -> None:
    """Take the folder for the fine-tuning with this identity.

    Raises:
        StorageError: it holds the checkpoints of another one; names what differs.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    file = work_dir / _IDENTITY
    asked = json.loads(json.dumps(identity))
    if not file.exists():
        _write_whole(file, asked)
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


def mark_whole(checkpoint: Path, log: list[dict[str, float]]) -> None:
    """Say that everything of this checkpoint is written, keep the log beside it, and delete older ones."""
    _write_whole(checkpoint / _MARK, log)
    for older in checkpoint.parent.glob("checkpoint-*"):
        if older != checkpoint:
            shutil.rmtree(older)


def newest_whole(work_dir: Path) -> tuple[int, Path, list[dict[str, float]]] | None:
    """Update, folder and log of the last checkpoint that is whole, or None."""
    found = [(int(mark.parent.name.rpartition("-")[2]), mark.parent) for mark in work_dir.glob(f"checkpoint-*/{_MARK}")]
    if not found:
        return None
    update, folder = max(found)
    return update, folder, json.loads((folder / _MARK).read_text(encoding="utf-8"))


def discard(work_dir: Path) -> None:
    """Delete the checkpoints of a folder, whole or not."""
    for checkpoint in work_dir.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)


def _write_whole(file: Path, content: Any) -> None:
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(content), encoding="utf-8")
    os.replace(partial, file)
