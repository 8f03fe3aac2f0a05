"""`tunescope verify`: whether a study's files are as they were written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import JsonOption, print_json, spoken, stdout

EXIT_DAMAGED = 1


@spoken
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `tunescope run` wrote.")],
    as_json: JsonOption = False,
) -> None:
    """Hold every file of a study against its checksum; nothing is changed. Exit code 1 when something is damaged.

    A run does the same for the units that it reads: what is damaged is set aside, named and done again.

    Example: tunescope verify tunescope-demo
    """
    from tunescope.storage import verify_study

    found = verify_study(folder)
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "units": found.n_units,
                "written": found.n_written,
                "damaged": list(found.damaged),
                "without_checksum": found.without_checksum,
            }
        )
    else:
        console = stdout()
        for path in found.damaged:
            console.print(f"damaged: {folder / path}", markup=False, soft_wrap=True)
        if found.without_checksum:
            console.print(f"{found.without_checksum} units of version 0.1.0 have no checksum: compared by size only")
        end = f"{len(found.damaged)} damaged; run the study again" if found.damaged else "all as they were written"
        console.print(
            f"{found.n_units} units, {found.n_written} tables and files of the explorer: {end}", soft_wrap=True
        )
    if found.damaged:
        raise typer.Exit(EXIT_DAMAGED)
