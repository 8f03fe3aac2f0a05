"""`tunescope report`: the report page and the figures of a study that has run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stdout


@spoken
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `tunescope run` wrote.")],
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Whether to write the figures as files as well.")
    ] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the report page, one HTML file that opens without network, and the figures of a study.

    Example: tunescope report tunescope-demo
    """
    from tunescope.report import write_figures, write_report

    written = write_figures(folder) if figures else []
    page = write_report(folder)
    if as_json:
        print_json({"report": str(page), "figures": [str(path) for path in written]})
        return
    show_written(page, written, all_names=not quiet)


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
