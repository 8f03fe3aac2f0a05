"""`tunescope probe`: DirectProbe on vectors of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stderr, stdout

if TYPE_CHECKING:
    from tunescope.integrations import ProbedVectors


@spoken
def probe(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=".npz, .npy, .safetensors, .csv, .tsv, .parquet, or the folder of the published DirectProbe.",
        ),
    ],
    labels: Annotated[
        Path | None, typer.Option(help="A file of the labels alone, one a vector: .txt, .npy, .csv, .tsv, .parquet.")
    ] = None,
    x: Annotated[str | None, typer.Option("--x", help="Name of the array of vectors; X, or the only one.")] = None,
    y: Annotated[str | None, typer.Option("--y", help="Name of the array of labels; y, or the only one.")] = None,
    vector: Annotated[
        str | None,
        typer.Option(help="Column of whole vectors, or several columns with commas between; found out by default."),
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option("--label-column", "-l", help="Column of the labels; `label`, or the only column of text."),
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Folder that the results are written to.")] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="Of what is saved: `parquet` (clusters, pairs, gaps), or `directprobe`, the text files of the "
            "published code (to `directprobe-results` without --save).",
        ),
    ] = "parquet",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Cluster labelled vectors with DirectProbe: is the space linear, and how far are the labels apart?

    Example: tunescope probe vectors.npz --json
    """
    from tunescope.errors import DataError, near
    from tunescope.integrations import FORMATS, probe_vectors

    if form not in FORMATS:
        raise DataError(f"there is no format {form!r} of results; {near(form, FORMATS)}")
    if form == "directprobe" and save is None:
        save = Path("directprobe-results")
    found = probe_vectors(file, labels=labels, x=x, y=y, vector=vector, label_column=label_column)
    if not quiet:
        for note in found.notes:
            stderr().print(f"note: {note}", markup=False, soft_wrap=True)
    if save is not None:
        found.save(save, form)  # type: ignore[arg-type]
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
        "label_pairs": found.n_pairs,
        "forced_pairs": found.n_forced,
        "separable_by_chance": found.separable_by_chance,
        "dimensions": found.dimensions,
        "scale": found.scale,
        "notes": list(found.notes),
        "labels": found.gaps,
        "blocks": found.blocks,
    }


def _show(found: ProbedVectors) -> None:
    from rich import box
    from rich.table import Table

    console = stdout()
    linear = "linear" if found.linear else "not linear"
    if found.linear and found.n_forced == found.n_pairs:
        linear = "linear, as any labels would be"
    console.print(
        f"{found.n_points} points of width {found.width}, {len(found.gaps)} labels, "
        f"{found.n_clusters} clusters: {linear}",
        markup=False,
    )
    console.print(found.chance, markup=False)
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
