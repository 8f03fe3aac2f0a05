"""Where results live: arrays and tables, written whole or not at all.

`ResultStore` keeps the units of work of a study; `read_table`, `write_table`, `read_json` and `write_json`
read and write single files with the same promise: a file is there whole or not at all.
"""

from tunescope.storage._arrays import ArrayFile, write_arrays
from tunescope.storage._atomic import write_folder, write_json, write_text
from tunescope.storage._generation import (
    checked_place,
    damaged_written,
    finish_laying_out,
    laying_out,
    measured,
    place,
    written,
)
from tunescope.storage._input import read_json, read_regular
from tunescope.storage._store import Damaged, ResultStore, set_aside_units
from tunescope.storage._tables import Rows, read_table, write_table
from tunescope.storage._units import Unit, UnitWriter
from tunescope.storage._verify import Verified, verify_study
from tunescope.storage._versions import platform_name, versions

__all__ = [
    "ArrayFile",
    "Damaged",
    "ResultStore",
    "Rows",
    "Unit",
    "UnitWriter",
    "Verified",
    "checked_place",
    "damaged_written",
    "finish_laying_out",
    "laying_out",
    "measured",
    "place",
    "platform_name",
    "read_json",
    "read_regular",
    "read_table",
    "set_aside_units",
    "verify_study",
    "versions",
    "write_arrays",
    "write_folder",
    "write_json",
    "write_table",
    "write_text",
    "written",
]
