"""Where labels go: paths and movements of their centroids."""

from __future__ import annotations

from typing import Any

from tunescope.findings import find_movement, find_paths
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class MovementSection(Section):
    """Paths of centroids, arrows from start to end, lengths over layers."""

    name = "movement"
    title = "Where do labels go?"
    order = 60

    def of_run(self, view: RunView) -> dict[str, Any] | None:
        """`paths` and `movement`, each by layer and seed."""
        paths, movement = _paths(view), _movement(view)
        return {"paths": paths or None, "movement": movement or None} if paths or movement else None


def _paths(view: RunView) -> dict[int, Any]:
    found = find_paths(view.study, view.run)
    entries: dict[int, Any] = {}
    for layer in view.detail.layers(list(found)):
        entries[layer] = {}
        for seed, paths in found[layer].items():
            if view.detail.all_seeds or not entries[layer]:
                at = view.detail.kept(paths.updates)
                entries[layer][seed] = {
                    "updates": [paths.updates[index] for index in at],
                    "labels": paths.labels,
                    "x": paths.points[:, at, 0],
                    "y": paths.points[:, at, 1],
                    "closest": paths.closest(),
                }
    return entries


def _movement(view: RunView) -> dict[int, Any]:
    return {
        layer: {
            seed: {
                "labels": one.labels,
                "dx": one.arrows[:, 0],
                "dy": one.arrows[:, 1],
                "length": one.lengths,
            }
            for position, (seed, one) in enumerate(by_seed.items())
            if view.detail.all_seeds or not position
        }
        for layer, by_seed in find_movement(view.study, view.run).items()
    }
