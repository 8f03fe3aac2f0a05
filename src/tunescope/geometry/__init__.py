"""What shape a space has: convex hulls, DirectProbe, distances between labels, similarity, centroids.

This room knows arrays and labels and nothing else.
"""

from tunescope.geometry._centroids import (
    Centroids,
    Movement,
    centroid_paths,
    centroids,
    closest_labels,
    movement,
    principal_axes,
)
from tunescope.geometry._directprobe.directprobe import Block, DirectProbe, Witness
from tunescope.geometry._hulls.certificates import HullDistance, Separation, verify
from tunescope.geometry._hulls.hulls import hull_distance, separable
from tunescope.geometry._hulls.label_distances import (
    Convention,
    LabelDistances,
    label_distances,
    scale_of,
)
from tunescope.geometry._hulls.stored import distances_from_arrays, distances_to_arrays
from tunescope.geometry._projection import CommonAxes, common_axes
from tunescope.geometry._similarity import SpatialSimilarity, spatial_similarity
from tunescope.geometry._solver.compiling import announce

__all__ = [
    "Block",
    "Centroids",
    "CommonAxes",
    "Convention",
    "DirectProbe",
    "HullDistance",
    "LabelDistances",
    "Movement",
    "Separation",
    "SpatialSimilarity",
    "Witness",
    "centroid_paths",
    "centroids",
    "closest_labels",
    "common_axes",
    "distances_from_arrays",
    "distances_to_arrays",
    "hull_distance",
    "label_distances",
    "movement",
    "principal_axes",
    "scale_of",
    "separable",
    "spatial_similarity",
    "verify",
]

announce()
