"""Runs: one encoder, fine-tuned on one task and probed on one, over its seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._study import Study
from tunescope.records import ORIGINAL, TUNED

if TYPE_CHECKING:
    import pandas as pd

#: Tables whose rows show that a run exists, in the order in which they are asked.
_EVIDENCE = (
    "clusters",
    "accuracy",
    "gaps",
    "pairs",
    "comparisons",
    "measures",
    "movement",
    "paths",
    "memorisation",
    "cluster_sizes",
    "ways",
)

_NO_EVIDENCE = frozenset(
    {"recipes", "heads", "tasks", "training", "parameters", "spaces", "blocks", "leave_one_out", "similarity"}
)
"""Tables of this package that say nothing of a space by themselves; every other one is evidence as well."""


def _evidence(study: Study) -> list[str]:
    """The tables whose rows are about an encoder on a task: those of this package first, then whoever's there are."""
    there = sorted(path.stem for path in (study.folder / "tables").glob("*.parquet"))
    return [*_EVIDENCE, *(name for name in there if name not in _NO_EVIDENCE and name not in _EVIDENCE)]


@dataclass(frozen=True)
class Run:
    """An encoder fine-tuned on one task (`tuned_on`, empty for none) and probed on another (`task`)."""

    encoder: str
    task: str
    tuned_on: str
    seeds: tuple[int, ...]
    """The seeds of the fine-tuning, sorted; empty where nothing was fine-tuned."""
    layers: tuple[int, ...]
    """All layers that some table speaks of, sorted."""
    last_update: int = 1
    """The last update of the fine-tuning; 1 where no table tells it."""

    @property
    def is_tuned(self) -> bool:
        """Whether there is an "after" at all."""
        return bool(self.seeds)

    @property
    def last_layer(self) -> int:
        """The highest layer that was looked at: the one the analyses speak of unless they say otherwise."""
        return self.layers[-1]

    @property
    def title(self) -> str:
        """Such as "mini · pos", or "mini · ps-fxn, tuned on pos"."""
        if not self.is_tuned or self.tuned_on == self.task:
            return f"{self.encoder} · {self.task}"
        return f"{self.encoder} · {self.task}, tuned on {self.tuned_on}"

    def mine(self, study: Study, name: str) -> pd.DataFrame:
        """The rows of a table that are about this run, those of the original encoder among them."""
        rows = study.rows(name, self.encoder, self.task)
        return rows[rows["tuned_on"].isin(("", self.tuned_on))]

    def timeline(self, study: Study, name: str, *keys: str) -> pd.DataFrame:
        """Rows of the fine-tuning by seed; a seed without update 0 starts with the original encoder.

        `keys` are further columns (such as layer and label) for each value of which update 0 is looked for.
        Rows after fine-tuning that have no update stand at its end, unless the end is there already.
        """
        import pandas as pd

        rows = self.mine(study, name)
        at_end = rows["update"].isna()
        if at_end.any():
            named = ["seed", *keys]
            known = set(rows.loc[rows["update"] == self.last_update, named].itertuples(index=False, name=None))
            named_rows = rows[named].itertuples(index=False, name=None)
            is_known = np.array([row in known for row in named_rows], dtype=bool)
            rows = rows[~(at_end & is_known)]
            rows = rows.assign(update=rows["update"].fillna(self.last_update))
        tuned = rows[rows["tuned_on"] != ""] if self.is_tuned else rows[:0]
        start = rows[(rows["stage"] == ORIGINAL) | (rows["tuned_on"] == "")]
        if not self.is_tuned or start.empty:
            return tuned if self.is_tuned else start
        parts = [tuned]
        for seed in self.seeds:
            has = tuned[(tuned["seed"] == seed) & (tuned["update"] == 0)]
            missing = start
            if keys and not has.empty:
                known = set(has[list(keys)].itertuples(index=False, name=None))
                is_new = [row not in known for row in start[list(keys)].itertuples(index=False, name=None)]
                missing = start[is_new]
            elif not has.empty:
                continue
            # The original encoder stands at the start of what this seed was seen to do, and of nothing else.
            if not (tuned["seed"] == seed).any() or missing.empty:
                continue
            parts.append(missing.assign(seed=seed, update=0))
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else tuned


def find_runs(study: Study) -> list[Run]:
    """All runs of a study, in the order of its tables; an encoder never tuned is a run of its own."""
    found: dict[tuple[str, str, str], tuple[set[int], set[int]]] = {}
    for name in _evidence(study):
        table = study.table(name)
        table = table[(table["encoder"] != "") & (table["task"] != "")]
        if table.empty:
            continue
        origins = table[["encoder", "task", "tuned_on", "seed", "layer", "stage"]].drop_duplicates()
        for encoder, task, tuned_on, seed, layer, stage in origins.itertuples(index=False, name=None):
            seeds, layers = found.setdefault((encoder, task, tuned_on), (set(), set()))
            if layer >= 0:
                layers.add(int(layer))
            if stage == TUNED or tuned_on:
                seeds.add(int(seed))
    runs = []
    for (encoder, task, tuned_on), (seeds, layers) in found.items():
        others = {key for key in found if key[:2] == (encoder, task) and key[2]}
        if not tuned_on and others:
            continue
        layers = layers | found.get((encoder, task, ""), (set(), set()))[1]
        last = _last_update(study, encoder, tuned_on)
        runs.append(Run(encoder, task, tuned_on, tuple(sorted(seeds - {-1})), tuple(sorted(layers)) or (0,), last))
    order = {key: n for n, key in enumerate(dict.fromkeys((run.encoder, run.task) for run in runs))}
    return sorted(runs, key=lambda run: (order[run.encoder, run.task], run.tuned_on != run.task, run.tuned_on))


def _last_update(study: Study, encoder: str, tuned_on: str) -> int:
    """The last update that any table knows of this fine-tuning."""
    last = 1
    for name in ("training", "spaces", "gaps"):
        table = study.table(name)
        if not tuned_on or table.empty or "update" not in table.columns:
            continue
        updates = table.loc[(table["encoder"] == encoder) & (table["tuned_on"] == tuned_on), "update"]
        if updates.notna().any():
            last = max(last, int(updates.max()))
    return last
