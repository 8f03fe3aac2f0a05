"""`tunescope explore`: the points of a study that has run, in a browser on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import QuietOption, spoken, stderr, stdout
from tunescope.errors import TunescopeError


@spoken
def explore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `tunescope run` wrote.")],
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; any but this machine's own lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 0,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Whether to open the page in the browser.")
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help='Print {"url": …} on one line to stdout first; all else goes to stderr.')
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Show the points of a study in the browser: play them through fine-tuning, click one for its sentence.

    Serves this one study to this machine until Ctrl-C.

    Example: tunescope explore tunescope-demo
    """
    from tunescope.report import serve_explorer

    try:
        server = serve_explorer(folder, host=host, port=port)
    except TunescopeError:
        raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TunescopeError(f"{host}:{port}: cannot listen there: {reason}; choose another --host or --port") from None
    if as_json:
        typer.echo(json.dumps({"url": server.url}))
    else:
        stdout().print(f"explorer: {server.url}", markup=False, soft_wrap=True)
    if not quiet:
        stderr().print("Ctrl-C ends it.")
    if open_page:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        if not quiet:
            typer.echo("", err=True)
    finally:
        server.close()
