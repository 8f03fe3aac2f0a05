"""Which column of a table is what: as it is told, or by the names that people give columns."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks._lines import line_error

ROLES: dict[str, tuple[str, ...]] = {
    "text": ("text", "sentence", "sentence1", "premise", "question1", "question", "review", "content", "document"),
    "pair": ("pair", "text_pair", "sentence2", "hypothesis", "question2"),
    "words": ("words", "tokens"),
    "positions": ("positions",),
    "label": ("label", "labels", "class", "category", "sentiment", "target"),
    "tags": ("tags", "ner_tags", "pos_tags", "chunk_tags", "upos", "xpos"),
}
"""What a column can be, and the names by which it is recognised, without regard to case; the first name wins."""


def find_columns(
    path: Path | str,
    names: Mapping[str, int | str],
    told: Mapping[str, str | int],
    *,
    has_head: bool,
) -> dict[str, str]:
    """The column of each role.

    Parameters
    ----------
    path : str or Path
        The file, for messages.
    names : dict
        The names of the columns, with the place where each is first met (a line, or words).
    told : dict
        Columns by role, as a person gives them.
    has_head : bool
        Whether the names stand in a head line, which the message then speaks of.

    Raises
    ------
    DataError
        A column that is told is not there; a text or a label is not found; two columns could be the same; or a name
        is nearly, but not quite, one that is known.
    """
    unknown = [role for role in told if role not in ROLES]
    if unknown:
        raise DataError(f"{path}: a column is called {unknown[0]!r}; expected one of {', '.join(ROLES)}")
    found = {role: str(column) for role, column in told.items()}
    for role, column in found.items():
        if column not in names:
            raise DataError(f"{path}: no column {column!r} for the {role}; there are {_listed(names)}")
    for role, known in ROLES.items():
        if role in found or _is_settled(role, told):
            continue
        taken = set(found.values())
        fitting = [name for name in names if name.strip().lower() in known and name not in taken]
        exact = [name for name in fitting if name.strip().lower() == known[0]]
        if len(exact or fitting) > 1:
            several = " and ".join(exact or fitting)
            raise DataError(f"{path}: the columns {several} could all be the {role}; say which: `{role}: NAME`")
        if fitting:
            found[role] = (exact or fitting)[0]
    _refuse_typing_errors(path, names, found)
    _refuse_what_is_missing(path, names, found, has_head)
    return found


def _is_settled(role: str, told: Mapping[str, str | int]) -> bool:
    """Whether what is told leaves no room for this role: a text was told, so tokens beside it are not looked for."""
    either = ({"text", "words"}, {"label", "tags"})
    return any(role in roles and roles & set(told) for roles in either)


def _refuse_typing_errors(path: Path | str, names: Mapping[str, int | str], found: Mapping[str, str]) -> None:
    # A misspelt `positions` in one row of many would make it another kind of target, so it is always looked for.
    candidates = [role for role in ROLES if role not in found or role == "positions"]
    for name, place in names.items():
        if name in found.values():
            continue
        near = difflib.get_close_matches(name.strip().lower(), candidates, 1, cutoff=0.8)
        if near:
            expected = f"fields among {', '.join(ROLES)} (did you mean {near[0]}?)"
            raise line_error(path, place, f"unknown field {name!r}", expected)


def _refuse_what_is_missing(
    path: Path | str, names: Mapping[str, int | str], found: Mapping[str, str], has_head: bool
) -> None:
    if ("text" in found or "words" in found) and ("label" in found or "tags" in found):
        if "label" in found and "tags" in found:
            raise DataError(f"{path}: there are labels and tags; say which column is the `label`, or the `tags`")
        return
    lacking = "a text" if "label" in found or "tags" in found else "a label" if {*found} & {"text", "words"} else None
    wrong = f"{'the head line names' if has_head else 'it has'} the columns {_listed(names)}"
    if lacking:
        wrong += f", of which none is known as {lacking}"
    if lacking == "a text":
        wrong += " (a table of vectors is read by `tunescope probe`)"
    expected = "text or words, and label or tags; or say which is what, such as `columns: {text: NAME, label: NAME}`"
    raise line_error(path, 1, wrong, expected) if has_head else DataError(f"{path}: {wrong}; expected {expected}")


def _listed(names: Mapping[str, object] | Sequence[str]) -> str:
    shown = [name[:40] or "(no name)" for name in names]
    return ", ".join(shown[:20]) + (f", and {len(shown) - 20} more" if len(shown) > 20 else "")
