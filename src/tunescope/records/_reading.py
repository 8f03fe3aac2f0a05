"""Reading a table of a study folder, by whichever version it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import StorageError
from tunescope.records._similarity import comparisons_from_similarity
from tunescope.records._table import is_known, table
from tunescope.storage import checked_place, read_table

if TYPE_CHECKING:
    import pandas as pd

_OLDER: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "comparisons": ("similarity", comparisons_from_similarity)
}
"""By table: the one that older versions wrote in its stead, and what makes its rows of theirs."""


def read_rows(folder: Path, name: str) -> pd.DataFrame | None:
    """The rows of one table of a study folder.

    Parameters
    ----------
    folder
        Of the study: the one that holds `tables`.
    name
        Of the table. One that was never declared, as an experiment from outside writes it, is read as it stands.

    Returns
    -------
    pd.DataFrame or None
        The rows, with every column that a reader needs; None where the folder has no such table. Where only the
        table is there that older versions wrote in its stead, its rows in today's form.

    Raises
    ------
    StorageError
        The file is not as it was written, cannot be read as Parquet, or lacks a column that its table has.
    """
    file = f"tables/{name}.parquet"
    path = checked_place(folder, file)
    if path.is_file():
        rows = read_table(path)
        missing = [column for column in table(name).needed if column not in rows.columns] if is_known(name) else []
        if missing:
            raise StorageError(
                f"{path}: the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} of the table "
                f"{name!r} missing; the report needs it. Run the study again with this version of tunescope."
            )
        return rows
    if name in _OLDER:
        older, translate = _OLDER[name]
        stored = read_rows(folder, older)
        return None if stored is None else translate(stored)
    return None
