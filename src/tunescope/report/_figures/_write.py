"""Every figure and table of a study, as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.findings import (
    Run,
    find_chance,
    find_clusters,
    find_distances,
    find_gaps,
    find_measures,
    find_memorisation,
    find_movement,
    find_paths,
    find_runs,
    find_similarity_curves,
    find_ways,
    measure_agreement,
    summarise,
    tally,
)
from tunescope.findings._paper.tables import beside_rows, claims_of_runs
from tunescope.findings._study import Study, read_study
from tunescope.report._figures._centroid_paths import centroid_paths
from tunescope.report._figures._matrices import distance_matrices
from tunescope.report._figures._measures import agreement_table, measures_over_updates, measures_table, only_spatial
from tunescope.report._figures._memorisation import memorisation_curves
from tunescope.report._figures._minimum_distances import minimum_distances
from tunescope.report._figures._movement import movement_arrows, movement_by_layer, movement_lengths
from tunescope.report._figures._paper import (
    beside_table,
    claims_table,
    cross_task_table,
    printed_beside,
    printed_claims,
    tally_table,
)
from tunescope.report._figures._similarity import similarity_over_updates
from tunescope.report._figures._style import save, slug, style
from tunescope.report._figures._tables import (
    Cell,
    blocks_table,
    gaps_table,
    pairs_table,
    summary_table,
    write_table_files,
)
from tunescope.report._figures._ways import accuracy_against_kept, ways_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Head and rows.
Table = tuple[list[str], list[list[Cell]]]

#: What Matplotlib can write here and a paper or a page can use.
FORMATS = ("pdf", "png", "svg")


def write_figures(study_dir: Path, out: Path | None = None, formats: Sequence[str] = ("pdf", "png")) -> list[Path]:
    """Draw every figure that the study has data for, and write its tables as CSV and LaTeX (booktabs).

    Figures are one column (3.3 in) wide, vector in PDF, in a colour-blind safe palette, and read as those of
    Zhou and Srikumar (2022): minimum distances (Fig. 2 and 6; raw, and divided by the scale of the space),
    centroid paths (Fig. 3), similarity to the start (Fig. 4), movement (Fig. 5, 7 to 10) and its lengths,
    distance matrices, memorisation; and every measure of the study in the last layer, beside chance. Tables: the
    summary of all runs, the published numbers beside those measured (`published-beside-measured`), the paper's claims
    with their outcome (`claims`, `claims-over-runs`), cross-task (`cross-task`), minimum distances, label pairs,
    blocks and measures of each run, and which measures agree (`measures-agreement`). What has no data is not written.

    Parameters
    ----------
    study_dir : Path
        The folder of a study that has run.
    out : Path, optional
        Where to write; `study_dir`/figures by default.
    formats : sequence of str
        Any of "pdf", "png", "svg".

    Returns
    -------
    list of Path
        What was written, in the order of the study's runs.

    Raises
    ------
    StorageError
        The folder holds no study, or a table of it is damaged.
    ValueError
        A format is not known.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"unknown figure format {', '.join(unknown)}; choose from {', '.join(FORMATS)}")
    study = read_study(Path(study_dir))
    out = Path(study_dir) / "figures" if out is None else Path(out)
    runs = find_runs(study)
    written: list[Path] = []
    taken: set[str] = set()
    with style():
        for run in runs:
            for name, drawing in _figures_of(study, run):
                if drawing is not None:
                    written += save(drawing, out / _free(name, taken), formats)
    taken_by_tables: set[str] = set()
    for name, (head, rows), caption in _tables_of(study, runs):
        if rows:
            written += write_table_files(out / _free(name, taken_by_tables), head, rows, caption)
    for name, (head, rows), caption, printed in _paper_tables_of(study, runs):
        if rows:
            written += write_table_files(out / _free(name, taken_by_tables), head, rows, caption, printed)
    return written


def _stem(kind: str, run: Run, *more: object) -> str:
    tuned_on = (f"tuned-on-{run.tuned_on}",) if run.tuned_on not in ("", run.task) else ()
    return slug(kind, run.encoder, run.task, *tuned_on, *more)


def _free(name: str, taken: set[str]) -> str:
    """A name that no earlier file has: two encoders may differ only in characters that file names lack."""
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate.lower())
    return candidate


def _figures_of(study: Study, run: Run) -> Iterator[tuple[str, Figure | None]]:
    """Name and drawing of each figure of a run; None in place of a drawing without data."""
    layer, title = run.last_layer, run.title
    gaps = find_gaps(study, run).get(layer)
    if gaps is not None:
        yield _stem("minimum-distances", run), minimum_distances(gaps, title, chance=find_chance(study, run).get(layer))
        yield _stem("minimum-distances-scaled", run), minimum_distances(gaps, title, scaled=True)
    paths = find_paths(study, run)
    first_seed = {of_layer: next(iter(by_seed.values())) for of_layer, by_seed in paths.items()}
    yield _stem("centroid-paths", run), centroid_paths(first_seed, title)
    yield _stem("similarity", run), similarity_over_updates(find_similarity_curves(study, run), title)
    movement = find_movement(study, run)
    arrows = {of_layer: next(iter(by_seed.values())) for of_layer, by_seed in movement.items()}
    if layer in arrows:
        yield _stem("movement", run), movement_arrows(arrows[layer], title)
    yield _stem("movement-by-layer", run), movement_by_layer(arrows, title)
    lengths = {of_layer: list(by_seed.values()) for of_layer, by_seed in movement.items()}
    yield _stem("movement-lengths", run), movement_lengths(lengths, title)
    distances = find_distances(study, run).get(layer)
    if distances is not None:
        yield _stem("distances", run), distance_matrices(distances, title)
    memorisation = [one for one in find_memorisation(study, run) if one.layer in (layer, -1)]
    yield _stem("measures", run), measures_over_updates(find_measures(study, run), title, layer)
    yield _stem("memorisation", run), memorisation_curves(memorisation, title)
    yield _stem("recipes", run), accuracy_against_kept(find_ways(study, run), title)


def _tables_of(study: Study, runs: Sequence[Run]) -> Iterator[tuple[str, Table, str]]:
    """Name, content and caption of each table."""
    caption = "Original → fine-tuned, last layer."
    yield "summary", summary_table([summarise(study, run) for run in runs]), caption
    for run in runs:
        layer = run.last_layer
        gaps = find_gaps(study, run).get(layer)
        if gaps is not None:
            caption = f"Minimum distances of labels, {run.title}, layer {layer}."
            yield _stem("minimum-distances", run), gaps_table(gaps), caption
        distances = find_distances(study, run).get(layer)
        if distances is not None:
            caption = f"Distances between labels, {run.title}, layer {layer}."
            yield _stem("distances", run), pairs_table(distances), caption
        blocks = blocks_table(find_clusters(study, run))
        yield _stem("blocks", run), blocks, f"What blocks linearity, {run.title}."
        yield _stem("measures", run), measures_table(find_measures(study, run)), f"Measures, {run.title}."
        caption = f"Ways of fine-tuning, {run.title}, last layer."
        yield _stem("recipes", run), ways_table(find_ways(study, run)), caption
    if not all(only_spatial(find_measures(study, run)) for run in runs):
        caption = "Rank correlation of what two measures say of fine-tuning, over runs, seeds and layers."
        yield "measures-agreement", agreement_table(measure_agreement(study, runs)), caption


def _paper_tables_of(study: Study, runs: Sequence[Run]) -> Iterator[tuple[str, Table, str, Table]]:
    """The same of the tables beside the paper, with a shorter form of each for print."""
    paper = "Zhou and Srikumar (2022)"
    beside = beside_rows(study)
    caption = f"Published by {paper}, and measured here. In brackets: published for other encoders or tasks."
    yield "published-beside-measured", beside_table(beside), caption, printed_beside(beside)
    checked = claims_of_runs(study)
    yield "claims", claims_table(checked), f"What {paper} say, and what was found.", printed_claims(checked)
    counted = tally_table(tally(checked)) if len(checked) > 1 else ([], [])
    yield "claims-over-runs", counted, f"For how many runs what {paper} say holds.", counted
    across = [run for run in runs if run.tuned_on not in ("", run.task)]
    if across:
        own = [run for run in runs if run.tuned_on == run.task and any(one.task == run.task for one in across)]
        entries = [(summarise(study, run), find_gaps(study, run).get(run.last_layer)) for run in (*own, *across)]
        entries.sort(key=lambda entry: (entry[0].run.encoder, entry[0].run.task))
        crossed = cross_task_table(entries)
        yield "cross-task", crossed, "What fine-tuning on one task does to the labels of another.", crossed
