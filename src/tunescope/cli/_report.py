"""`tunescope report`: the report page and the figures of a study that has run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stderr, stdout


@spoken
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `tunescope run` wrote.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the page and the figures; DIR by default."),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Whether to write the figures as files as well.")
    ] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the report page, one HTML file that opens without network, and the figures of a study.

    Example: tunescope report tunescope-demo
    """
    from tunescope.errors import StorageError
    from tunescope.report import write_figures, write_report

    if not quiet:
        tell_set_aside(folder)
    try:
        written = write_figures(folder, None if out is None else out / "figures") if figures else []
        page = write_report(folder, out=out)
    except StorageError as error:
        if out is None and "cannot be written" in str(error):
            raise StorageError(f"{error}; --out writes it to another folder") from error
        raise
    if as_json:
        print_json({"report": str(page), "figures": [str(path) for path in written]})
        return
    show_written(page, written, all_names=not quiet)


def tell_set_aside(folder: Path) -> None:
    """Say on stderr which results are not there because their files were damaged."""
    from tunescope.storage import set_aside_units

    for unit in set_aside_units(folder):
        stderr().print(
            f"note: {unit} was damaged and set aside, and is not done again yet; run the study again", soft_wrap=True
        )


def show_written(page: Path, figures: list[Path], *, all_names: bool) -> None:
    """Print where the page and the figures are; of a figure in several formats the picture."""
    console = stdout()
    pictures = [path for path in figures if path.suffix == ".png"] if all_names else []
    for path in pictures:
        console.print(f"figure:  {path}", markup=False, soft_wrap=True)
    for folder in sorted({path.parent for path in figures}):
        n_files = sum(path.parent == folder for path in figures)
        console.print(f"figures: {folder} ({n_files} files)", markup=False, soft_wrap=True)
    console.print(f"report:  {page}", markup=False, soft_wrap=True)
