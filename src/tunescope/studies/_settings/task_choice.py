"""What a study says of a task: a name, or files of one's own and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Column = Literal["text", "pair", "words", "positions", "label", "tags"]


class TaskChoice(BaseModel):
    """A task of a study: a named one, or files of one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1)
    """Name of a known task; or, with `file`, what the task is called in tables and figures."""
    file: str | None = None
    """Labelled sentences in any format that can be read, relative to the study's file; or `hub:NAME`."""
    test_file: str | None = None
    """The sentences of test; without it, and without a test split in `file`, that is cut in two, 80:20."""
    format: str | None = None
    """Name of the format, where the file's name does not tell."""
    columns: dict[Column, str | int] = {}
    """Which column is what, by its name; by its number from 1 for a table without a head line."""
    predicts: str | None = None
    """What of a treebank (`pos`, `xpos`, `dep`), of prepositions (`role`, `function`) or of a token-tag file
    (`tag`, `type`, `span`) is predicted; the first of them by default."""
    missing: list[str] | None = None
    """Fields of CSV and TSV files that say that a label is missing; pandas' list by default."""
    without_label: Literal["refuse", "drop"] = "refuse"
    """What becomes of rows without a label: an error, or they are left out and counted."""
    without_text: Literal["refuse", "drop"] = "refuse"
    """The same of rows without a text."""
    delimiter: str | None = None
    quotes: Literal["csv", "none"] | None = None
    encoding: str | None = None
    """Of CSV and TSV files; found out by default."""
    fingerprint: str | None = None
    """Of a task that was handed over as an object, and is handed over again when the study goes on."""
    given: Any = Field(default=None, exclude=True, repr=False)
    """The object itself; it is not written down."""

    @model_validator(mode="after")
    def _reading_needs_a_file(self) -> TaskChoice:
        fields = type(self).model_fields
        of_the_task = {"name", "fingerprint", "given"}
        told = [
            name for name in sorted(fields) if name not in of_the_task and getattr(self, name) != fields[name].default
        ]
        if self.file is None and told:
            raise ValueError(f"`{told[0]}` says how a file is read, but there is no `file`")
        return self


def task_choice(text: str) -> dict[str, str]:
    """A task as it is typed: a name, or a file of labelled sentences, which is called as the file is.

    What is neither a known name nor looks like a file (a known ending, a folder in its name, something that is
    there) is taken for a name.
    """
    from tunescope.tasks import file_suffixes, is_task_name

    path = Path(text).expanduser()
    is_name = is_task_name(text)
    if text.startswith("hub:"):
        return {"name": text.removeprefix("hub:").split("/")[-1].replace(":", "-") or text, "file": text}
    if not is_name and (path.suffix.lower() in file_suffixes() or path.name != text or path.exists()):
        return {"name": path.stem or text, "file": text}
    return {"name": text}
