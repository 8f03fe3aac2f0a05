"""Everything that the page shows, as plain data: studies in, JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunescope.findings import (
    Claim,
    Estimate,
    Run,
    Summary,
    Tally,
    check_claims,
    compare,
    conventions,
    find_accuracies,
    find_clusters,
    find_distances,
    find_gaps,
    find_left_out,
    find_memorisation,
    find_movement,
    find_paths,
    find_runs,
    find_similarities,
    find_similarity_curves,
    paper_setup,
    summarise,
    tally,
)
from tunescope.findings._study import Study
from tunescope.records import TRAIN_TEST
from tunescope.report._page._answer import answer

#: Of the pairs that block linearity and their sentences, a page shows so many a space, the largest first.
MOST_BLOCKS = 60
#: Sentences of one blocking pair.
MOST_LINES = 12
#: Settings deeper or longer than this are cut: they are for reading.
_MOST_ENTRIES = 400


@dataclass(frozen=True)
class Detail:
    """How much of a study goes into its page; less where the page would grow too large."""

    most_updates: int | None = None
    """Updates of a line or path; None for all. The first and the last are always kept."""
    all_seeds: bool = True
    """Single seeds beside their mean."""
    every_layer: bool = True
    """Minimum distances, paths and matrices of all layers, or of the first and the last only."""

    @property
    def note(self) -> str | None:
        """What the page leaves out, in words; None for nothing."""
        left = []
        if self.most_updates is not None:
            left.append(f"at most {self.most_updates} updates of each line")
        if not self.all_seeds:
            left.append("one seed of each path")
        if not self.every_layer:
            left.append("paths and matrices of the first and the last layer")
        return None if not left else f"To keep this page small it holds {', '.join(left)}; the tables hold all."


#: Tried one after the other until the page is small enough.
DETAILS = (
    Detail(),
    Detail(most_updates=60),
    Detail(most_updates=40, all_seeds=False),
    Detail(most_updates=25, all_seeds=False, every_layer=False),
    Detail(most_updates=12, all_seeds=False, every_layer=False),
)


def payload(study: Study, detail: Detail | None = None) -> dict[str, Any]:
    """The data of a page.

    Keys: `study` (name, settings), `runs` (one entry a run, with what it measured), `tally` (the paper's claims over
    all of them, where there are several), `tasks` (label counts), `note` (what was left out, or null). What a run did
    not measure is absent from its entry.
    """
    detail = detail or Detail()
    runs = find_runs(study)
    claims = {run: check_claims(study, run) for run in runs}
    return {
        "study": {"name": study.name, **_settings(study)},
        "tasks": _tasks(study),
        "runs": [_run(study, run, claims[run], detail) for run in runs],
        "tally": [_tally(one, runs) for one in tally(list(claims.items()))] if len(runs) > 1 else [],
        "note": detail.note,
    }


def _run(study: Study, run: Run, claims: Sequence[Claim], detail: Detail) -> dict[str, Any]:
    summary = summarise(study, run)
    told = answer(summary)
    entry: dict[str, Any] = {
        "title": run.title,
        "encoder": run.encoder,
        "task": run.task,
        "tunedOn": run.tuned_on,
        "seeds": run.seeds,
        "layers": run.layers,
        "layer": summary.layer,
        "headline": told.headline,
        "details": told.details,
        "cards": [
            {
                "key": card.key,
                "title": card.title,
                "before": estimate_json(card.before),
                "after": estimate_json(card.after),
                "unit": card.unit,
                "decimals": card.decimals,
                "reading": card.reading,
                "over": card.over,
            }
            for card in told.cards
        ],
        "claims": [
            {"name": one.name, "text": one.text, "outcome": one.outcome, "evidence": one.evidence, "source": one.source}
            for one in claims
        ],
        "published": _published(study, run, summary),
        "summary": _summary(summary),
        "gaps": _gaps(study, run, detail),
        "distances": _distances(study, run, detail),
        "paths": _paths(study, run, detail),
        "movement": _movement(study, run, detail),
        "similarity": _similarity(study, run),
        "clusters": _clusters(study, run),
        "accuracy": _accuracy(study, run),
        "memorisation": [
            {"stage": one.stage, "layer": one.layer, "epochs": one.epochs, "curves": one.curves}
            for one in find_memorisation(study, run)
        ],
        "training": _training(study, run),
    }
    return {key: value for key, value in entry.items() if value or key in ("seeds", "tunedOn", "layer")}


def estimate_json(value: Estimate | None) -> dict[str, Any] | None:
    """A mean with its interval, as the page reads it."""
    if value is None:
        return None
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n, "std": value.std}


def _summary(summary: Summary) -> dict[str, Any]:
    pairs = {
        "accuracy": (summary.accuracy_before, summary.accuracy_after),
        "clusters": (summary.clusters_before, summary.clusters_after),
        "trainTest": (summary.train_test_before, summary.train_test_after),
        "gap": (summary.gap_before, summary.gap_after),
        "scaledGap": (summary.scaled_gap_before, summary.scaled_gap_after),
        "toStart": (None, summary.to_start),
    }
    found: dict[str, Any] = {
        name: [estimate_json(side) for side in sides] for name, sides in pairs.items() if any(sides)
    }
    if summary.linear_before is not None or summary.linear_after is not None:
        found["linear"] = [summary.linear_before, summary.linear_after]
    return {**found, "labels": summary.n_labels}


def _tally(one: Tally, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "name": one.name,
        "text": one.text,
        "told": one.told,
        "holds": one.holds,
        "outcomes": [[runs.index(run), outcome] for run, outcome in zip(one.runs, one.outcomes, strict=True)],
        "paper": one.in_the_paper,
    }


def _published(study: Study, run: Run, summary: Summary) -> dict[str, Any]:
    """What the paper has beside what was measured, and in what it is something else."""
    rows = compare(study, run, summary)
    if not rows:
        return {}
    return {
        "different": paper_setup(study, run).different,
        "rows": [
            {
                "quantity": row.quantity,
                "stage": row.stage,
                "layer": row.layer,
                "label": row.label,
                "unit": row.unit,
                "low": row.low,
                "high": row.high,
                "std": row.published_std,
                "of": row.published_for,
                "same": row.is_same,
                "measured": estimate_json(row.measured),
                "difference": row.difference,
                "standing": row.standing,
                "source": row.source,
                "readOff": row.is_read_off,
                "note": row.note,
            }
            for row in rows
        ],
    }


def kept(updates: Sequence[int], most: int | None) -> list[int]:
    """Positions of at most `most` updates, evenly apart, the first and the last among them."""
    n = len(updates)
    if most is None or n <= most:
        return list(range(n))
    return sorted({round(index * (n - 1) / (most - 1)) for index in range(most)})


def _layers(layers: Sequence[int], detail: Detail) -> list[int]:
    layers = sorted(layers)
    return layers if detail.every_layer or len(layers) < 3 else [layers[0], layers[-1]]


def _gaps(study: Study, run: Run, detail: Detail) -> dict[int, Any]:
    found = find_gaps(study, run)
    entries: dict[int, Any] = {}
    for layer in _layers(list(found), detail):
        gaps = found[layer]
        at = kept(gaps.updates, detail.most_updates)
        # By seed and label, so that one list is one line.
        entries[layer] = {
            "updates": [gaps.updates[index] for index in at],
            "labels": gaps.labels,
            "counts": gaps.counts,
            "seeds": gaps.seeds,
            "distance": gaps.distance[:, at].transpose(0, 2, 1),
            "scaled": None if gaps.scaled is None else gaps.scaled[:, at].transpose(0, 2, 1),
            "nearest": gaps.nearest[:, at].transpose(0, 2, 1),
        }
    return entries


def _distances(study: Study, run: Run, detail: Detail) -> dict[int, Any]:
    found = find_distances(study, run)
    entries: dict[int, Any] = {}
    for layer in _layers(list(found), detail):
        one = found[layer]
        upper = np.triu_indices(len(one.labels), 1)
        entries[layer] = {
            "labels": one.labels,
            "before": None if one.before is None else one.before[upper],
            "after": None if one.after is None else one.after[upper],
            "seeds": one.n_seeds,
        }
    return entries


def _paths(study: Study, run: Run, detail: Detail) -> dict[int, Any]:
    found = find_paths(study, run)
    entries: dict[int, Any] = {}
    for layer in _layers(list(found), detail):
        entries[layer] = {}
        for seed, paths in found[layer].items():
            if detail.all_seeds or not entries[layer]:
                at = kept(paths.updates, detail.most_updates)
                entries[layer][seed] = {
                    "updates": [paths.updates[index] for index in at],
                    "labels": paths.labels,
                    "x": paths.points[:, at, 0],
                    "y": paths.points[:, at, 1],
                    "closest": paths.closest(),
                }
    return entries


def _movement(study: Study, run: Run, detail: Detail) -> dict[int, Any]:
    return {
        layer: {
            seed: {
                "labels": one.labels,
                "dx": one.arrows[:, 0],
                "dy": one.arrows[:, 1],
                "length": one.lengths,
            }
            for position, (seed, one) in enumerate(by_seed.items())
            if detail.all_seeds or not position
        }
        for layer, by_seed in find_movement(study, run).items()
    }


def _similarity(study: Study, run: Run) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for convention in conventions(study, run):
        curves = {
            layer: {
                "updates": curve.updates,
                "seeds": curve.seeds,
                "pearson": curve.pearson,
                "spearman": curve.spearman if np.isfinite(curve.spearman[:, 1:]).any() else None,
                "low": curve.low,
                "high": curve.high,
            }
            for layer, curve in find_similarity_curves(study, run, convention).items()
        }
        left_out = {}
        train_test = {}
        for layer in run.layers:
            without = find_left_out(study, run, layer, convention)
            if without:
                left_out[layer] = {
                    "labels": [one.label for one in without],
                    "pearson": [one.pearson for one in without],
                }
            sides = [find_similarities(study, run, layer, TRAIN_TEST, tuned, convention) for tuned in (False, True)]
            if any(sides):
                train_test[layer] = [[vars(one) for one in side] for side in sides]
        if curves or train_test:
            entries[convention] = {"curves": curves, "leftOut": left_out, "trainTest": train_test}
    return entries


def _clusters(study: Study, run: Run) -> dict[str, Any]:
    found = find_clusters(study, run)
    sizes = [
        {
            "stage": stage,
            "seed": seed,
            "layer": layer,
            "labels": list(of_label),
            "sizes": list(of_label.values()),
        }
        for (stage, seed, layer), of_label in found.sizes.items()
    ]
    by_space: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for block in found.blocks:
        of_space = by_space.setdefault((block.stage, block.seed, block.layer), [])
        of_space.append(
            {
                "kind": block.kind,
                "a": block.label_a,
                "b": block.label_b,
                "n": block.n_points,
                "lines": block.lines[:MOST_LINES],
            }
        )
    blocks = [
        {
            "stage": stage,
            "seed": seed,
            "layer": layer,
            "found": len(of_space),
            "blocks": of_space[:MOST_BLOCKS],
        }
        for (stage, seed, layer), of_space in by_space.items()
    ]
    spaces = [vars(space) for space in found.spaces]
    return {"spaces": spaces, "sizes": sizes, "blocks": blocks} if spaces or sizes or blocks else {}


def _accuracy(study: Study, run: Run) -> list[dict[str, Any]]:
    return [
        {
            "probe": one.probe,
            "split": one.split,
            "layer": one.layer,
            "before": estimate_json(one.before_estimate),
            "after": estimate_json(one.after_estimate),
            "runsBefore": one.before,
            "runsAfter": [list(pair) for pair in one.after],
            "over": one.over,
        }
        for one in find_accuracies(study, run)
    ]


def _training(study: Study, run: Run) -> dict[int, Any]:
    rows = study.table("training")
    rows = rows[(rows["encoder"] == run.encoder) & (rows["tuned_on"] == run.tuned_on)]
    rows = rows.drop_duplicates(["seed", "update"]).dropna(subset=["update", "loss"])
    entries = {}
    for seed in sorted(set(rows["seed"])):
        of_seed = rows[rows["seed"] == seed].sort_values("update")
        # A line of more points than a screen has columns is drawn no better.
        at = kept(list(of_seed["update"]), 240)
        entries[int(seed)] = {
            "updates": of_seed["update"].to_numpy(dtype=np.int64)[at],
            "loss": of_seed["loss"].to_numpy(dtype=np.float64)[at],
        }
    return entries


def _tasks(study: Study) -> dict[str, Any]:
    rows = study.table("tasks").drop_duplicates(["task", "split", "label"])
    found: dict[str, Any] = {}
    for row in rows.to_dict("records"):
        task = found.setdefault(row["task"], {"kind": str(row.get("kind", "")), "splits": {}})
        task["splits"].setdefault(row["split"], {})[row["label"]] = int(row["n"])
    described = study.settings.get("tasks")
    for task in described if isinstance(described, list) else []:
        if isinstance(task, dict) and task.get("name") in found:
            about = {key: task[key] for key in ("description", "source", "notes") if task.get(key)}
            found[task["name"]].update(about)
    return found


def _settings(study: Study) -> dict[str, Any]:
    """Settings, versions and seeds as they were stored, without the list of units."""
    left = {key: value for key, value in study.settings.items() if key not in ("units", "tasks", "name")}
    versions, notes = left.pop("versions", None), left.pop("notes", None)
    entries = _flat(left)
    return {
        "versions": versions if isinstance(versions, dict) else None,
        "settings": entries[:_MOST_ENTRIES],
        "notes": [str(note) for note in notes] if isinstance(notes, list) else [],
        "finished": left.get("finished"),
    }


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested settings as (dotted name, text) pairs."""
    if isinstance(value, dict):
        return [entry for key, item in value.items() for entry in _flat(item, f"{name}.{key}" if name else str(key))]
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return [entry for index, item in enumerate(value) for entry in _flat(item, f"{name}[{index}]")]
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)))] if value else []
    return [(name, str(value))] if value is not None and value != "" else []
