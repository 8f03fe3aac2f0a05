"""`tunescope explore`: the points of a study that has run, in a browser on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tunescope.cli._voice import Interrupted, QuietOption, spoken, stderr, stdout
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
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="Add maps of the two ends first: tsne, or umap (needs umap-learn); may be repeated."
        ),
    ] = None,
    map_points: Annotated[
        int | None, typer.Option("--map-points", min=10, help="Points of each map, at most; 2000 by default.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help='Print {"url": …} on one line to stdout first; all else goes to stderr.')
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Show the points of a study in the browser: play them through fine-tuning, click one for its sentence.

    Serves this one study to this machine until Ctrl-C.

    Example: tunescope explore tunescope-demo
    """
    from tunescope.cli._report import tell_set_aside
    from tunescope.report import serve_explorer

    if not quiet:
        tell_set_aside(folder)
    if maps:
        _add_maps(folder, maps, map_points, quiet=quiet)
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


def _add_maps(folder: Path, methods: list[str], n_points: int | None, *, quiet: bool) -> None:
    """Make the maps that are missing, telling how it goes; Ctrl-C says what is kept."""
    from tunescope.cli._watch import watcher
    from tunescope.studies import add_maps

    chosen = {} if n_points is None else {"n_points": n_points}
    try:
        with watcher(quiet) as watching:
            add_maps(folder, methods, watcher=watching, **chosen)
    except KeyboardInterrupt:
        raise Interrupted("Maps that are done are kept; the same command goes on from there.") from None
