"""`tunescope demo`: everything, offline, in about a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import DeviceOption, JsonOption, QuietOption, print_json, spoken, stdout


@spoken
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the results.")] = Path("tunescope-demo"),
    device: DeviceOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fine-tune the embedded encoder on two tasks of the embedded grammar, and look at its space on the way.

    Needs no network. Prints what fine-tuning changed; writes tables, figures and a report page.

    Example: tunescope demo --out tunescope-demo
    """
    from tunescope.cli._report import show_written
    from tunescope.cli._study import follow, result_json_of, show
    from tunescope.report import write_figures, write_report

    result = follow("demo", out, {"device": device}, quiet=quiet)
    figures = write_figures(result.folder)
    page = write_report(result.folder)
    if as_json:
        print_json(result_json_of(result, figures=[str(path) for path in figures], report=str(page)))
        return
    show(result, quiet=quiet)
    show_written(page, figures, all_names=not quiet)
    if not quiet:
        stdout().print(f"points:  tunescope explore {result.folder}", markup=False, soft_wrap=True)
