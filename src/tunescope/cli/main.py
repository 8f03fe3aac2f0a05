"""The command `tunescope` and what it consists of."""

from __future__ import annotations

from typing import Annotated

import typer

from tunescope.cli._demo import demo
from tunescope.cli._experiments import experiments
from tunescope.cli._explore import explore
from tunescope.cli._lists import encoders, tasks
from tunescope.cli._methods import methods
from tunescope.cli._others import compare, follow
from tunescope.cli._probe import probe
from tunescope.cli._report import report
from tunescope.cli._study import RunCommand, run_command
from tunescope.cli._verify import verify

app = typer.Typer(
    name="tunescope",
    help="See how fine-tuning changes the space in which a language model represents your data.",
    epilog="Begin with: tunescope demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="demo")(demo)
app.command(name="run", cls=RunCommand)(run_command)
app.command(name="compare")(compare)
app.command(name="follow")(follow)
app.command(name="probe")(probe)
app.command(name="report")(report)
app.command(name="explore")(explore)
app.command(name="verify")(verify)
app.command(name="tasks")(tasks)
app.command(name="encoders")(encoders)
app.command(name="experiments")(experiments)
app.command(name="methods")(methods)


def _show_version(wanted: bool) -> None:
    if wanted:
        from tunescope import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """See how fine-tuning changes the space in which a language model represents your data."""


def run() -> None:
    """Run the command line; the entry point of the package."""
    app()
