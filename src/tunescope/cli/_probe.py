"""`tunescope probe`: DirectProbe on vectors of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stderr, stdout

if TYPE_CHECKING:
    from tunescope.studies import ProbedVectors


@spoken
def probe(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=".npz with X (n, d) and y (n,), or .csv, .tsv, .parquet with a label column."
        ),
    ],
    label_column: Annotated[
        str, typer.Option("--label-column", "-l", help="Column of a table that holds the labels.")
    ] = "label",
    save: Annotated[
        Path | None, typer.Option(help="Folder for clusters.parquet, pairs.parquet and gaps.parquet.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Cluster labelled vectors with DirectProbe: is the space linear, and how far are the labels apart?

    Example: tunescope probe vectors.npz --json
    """
    from tunescope.studies import probe_vectors

    found = probe_vectors(file, label_column=label_column)
    if save is not None:
        found.save(save)
        if not quiet:
            stderr().print(f"saved: {save}", markup=False, soft_wrap=True)
    if as_json:
        print_json(_as_json(found))
        return
    _show(found)


def _as_json(found: ProbedVectors) -> dict[str, Any]:
    return {
        "file": str(found.source),
        "n_points": found.n_points,
        "width": found.width,
        "n_labels": len(found.gaps),
        "n_clusters": found.n_clusters,
        "linear": found.linear,
        "undecided": found.undecided,
        "conflicts": found.conflicts,
        "scale": found.scale,
        "labels": found.gaps,
        "blocks": found.blocks,
    }


def _show(found: ProbedVectors) -> None:
    from rich import box
    from rich.table import Table

    console = stdout()
    linear = "linear" if found.linear else "not linear"
    console.print(
        f"{found.n_points} points of width {found.width}, {len(found.gaps)} labels, "
        f"{found.n_clusters} clusters: {linear}",
        markup=False,
    )
    if found.undecided:
        console.print(f"{found.undecided} pairs of hulls are too close to decide; they count as meeting")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("label", "points", "minimum distance", "per scale", "nearest"):
        table.add_column(name, justify="left" if name in ("label", "nearest") else "right", overflow="fold")
    for gap in found.gaps:
        scaled = "" if gap["scaled"] is None else f"{gap['scaled']:.4f}"
        table.add_row(gap["label"], str(gap["n_points"]), f"{gap['distance']:.4g}", scaled, gap["nearest"])
    console.print(table)
    for block in found.blocks[:_BLOCKS_SHOWN]:
        console.print(
            f"{block['kind']}: {block['label_a']} and {block['label_b']}, {block['n_points']} points",
            markup=False,
        )
    if len(found.blocks) > _BLOCKS_SHOWN:
        console.print(f"and {len(found.blocks) - _BLOCKS_SHOWN} more (--json has all)")


_BLOCKS_SHOWN = 10
