"""How the command line speaks: results to stdout, all else to stderr, an error in one message."""

from __future__ import annotations

import errno
import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
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
        from tunescope.cli._plain import prepare_streams, silence

        prepare_streams()
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except TunescopeError as error:
            if os.environ.get(DEBUG_VARIABLE):
                raise
            _say_error(str(error))
            raise typer.Exit(EXIT_FAILED if isinstance(error, UnitsFailed) else EXIT_ERROR) from None
        except Interrupted as stop:
            _say(f"\nstopped. {stop}")
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except KeyboardInterrupt:
            _say("\nstopped.")
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            silence(sys.stdout)  # whoever read our output has seen enough
            raise typer.Exit(0) from None
        except (OSError, MemoryError) as error:
            if os.environ.get(DEBUG_VARIABLE):
                raise
            if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
                silence(sys.stdout)  # it may be what is full, and would be written to once more at the end
            _say_error(_reason(error))
            raise typer.Exit(EXIT_ERROR) from None

    return speaking  # type: ignore[return-value]


def _reason(error: OSError | MemoryError) -> str:
    """What the system refused, in a line."""
    if isinstance(error, MemoryError):
        return "there is not enough memory; what is done is kept"
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{error.strerror or error}; what is done is kept. {DEBUG_VARIABLE}=1 shows where it arose"


def _say_error(text: str) -> None:
    """One message on stderr; nothing where nobody reads it."""
    from tunescope.cli._plain import plain

    head = typer.style("error: ", fg="red", bold=True) if sys.stderr.isatty() else "error: "
    _say(head + plain(text))


def _say(text: str) -> None:
    """A line on stderr. Not by click, which writes UTF-8 where the stream's encoding is ASCII."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def print_json(content: Any) -> None:
    """Print one JSON document to stdout; NaN and infinity, which JSON lacks, become null."""
    from tunescope.cli._plain import plain_json

    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    is_utf = encoding.lower().replace("_", "-").startswith("utf")
    text = json.dumps(_finite(content), indent=2, ensure_ascii=not is_utf, allow_nan=False)
    print(plain_json(text))


def stdout() -> Console:
    """The console for results."""
    from tunescope.cli._plain import PlainConsole

    return PlainConsole()


def stderr() -> Console:
    """The console for everything else."""
    from tunescope.cli._plain import PlainConsole

    return PlainConsole(stderr=True)


def _finite(content: Any) -> Any:
    import math

    if isinstance(content, dict):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
