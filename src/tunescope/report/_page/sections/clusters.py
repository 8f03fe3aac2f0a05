"""Clusters of DirectProbe, and what keeps a space from being linear."""

from __future__ import annotations

from typing import Any

from tunescope.findings import find_clusters, find_forced
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView

#: Of the pairs that block linearity and their sentences, a page shows so many a space, the largest first.
MOST_BLOCKS = 60
#: Sentences of one blocking pair.
MOST_LINES = 12


class ClustersSection(Section):
    """How many clusters each label needs, before and after, and why it is more than one."""

    name = "clusters"
    title = "Is the space linear?"
    order = 90

    def of_run(self, view: RunView) -> dict[str, Any] | None:
        """`spaces`, `sizes` of clusters by label, `blocks`: pairs of labels that flat boundaries cannot part, and
        `forced`: how many pairs could not have been otherwise.
        """
        found = find_clusters(view.study, view.run)
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
        if not (spaces or sizes or blocks):
            return None
        forced = [
            {"layer": layer, "told": one.told, "forced": one.n_forced, "pairs": one.n_pairs}
            for layer, one in find_forced(view.study, view.run).items()
        ]
        return {"spaces": spaces, "sizes": sizes, "blocks": blocks, "forced": forced}
