"""How the command line speaks: results to stdout, all else to stderr, an error in one message."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from tunescope.errors import TunescopeError, UnitsFailed

if TYPE_CHECKING:
    from rich.console import Console


def _quieten(quiet: bool) -> bool:
    """Hold back what the package itself would say on stderr while it works."""
    logging.getLogger("tunescope").setLevel(logging.ERROR if quiet else logging.NOTSET)
    return quiet


JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout; all else goes to stderr.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print the result only, no progress.", callback=_quieten)
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", help="auto (cuda, mps or cpu, the first there is), cpu, cuda, cuda:1, mps."),
]

EXIT_FAILED = 1
"""Some units of a study failed; the others are done."""
EXIT_ERROR = 2
EXIT_INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended (128 + SIGINT)."""
DEBUG_VARIABLE = "TUNESCOPE_DEBUG"

Command = TypeVar("Command", bound=Callable[..., None])


class Interrupted(Exception):
    """Ctrl-C, with what the person can do now."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)


def spoken(command: Command) -> Command:
    """A command whose errors are one message and exit code 2; TUNESCOPE_DEBUG=1 shows where they arose."""

    @functools.wraps(command)
    def speaking(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except TunescopeError as error:
            if os.environ.get(DEBUG_VARIABLE):
                raise
            typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
            typer.echo(str(error), err=True)
            raise typer.Exit(EXIT_FAILED if isinstance(error, UnitsFailed) else EXIT_ERROR) from None
        except Interrupted as stop:
            typer.echo(f"\nstopped. {stop}", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except KeyboardInterrupt:
            typer.echo("\nstopped.", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read our output has seen enough; Python would complain once more when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None

    return speaking  # type: ignore[return-value]


def print_json(content: Any) -> None:
    """Print one JSON document to stdout; NaN and infinity, which JSON lacks, become null."""
    typer.echo(json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False))


def stdout() -> Console:
    """The console for results."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def stderr() -> Console:
    """The console for everything else."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def _finite(content: Any) -> Any:
    import math

    if isinstance(content, dict):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
