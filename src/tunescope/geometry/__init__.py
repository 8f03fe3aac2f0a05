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
    PUBLISHED_SMALLEST,
    Convention,
    LabelDistances,
    label_distances,
    scale_of,
)
from tunescope.geometry._hulls.stored import distances_from_arrays, distances_to_arrays
from tunescope.geometry._labels import check_for_estimator, check_labelled, check_labels, check_points
from tunescope.geometry._measures.asking import (
    Measured,
    compare,
    compare_distances,
    compare_spaces,
    measure,
    measure_space,
)
from tunescope.geometry._measures.measure import ComparisonMeasure, MeasureInfo, SpaceMeasure, Value
from tunescope.geometry._measures.nulls import Null, null_of
from tunescope.geometry._measures.registry import measures
from tunescope.geometry._measures.space import Space
from tunescope.geometry._projection import CommonAxes, common_axes
from tunescope.geometry._similarity import SpatialSimilarity, spatial_similarity
from tunescope.geometry._solver.compiling import announce

__all__ = [
    "PUBLISHED_SMALLEST",
    "Block",
    "Centroids",
    "CommonAxes",
    "ComparisonMeasure",
    "Convention",
    "DirectProbe",
    "HullDistance",
    "LabelDistances",
    "MeasureInfo",
    "Measured",
    "Movement",
    "Null",
    "Separation",
    "Space",
    "SpaceMeasure",
    "SpatialSimilarity",
    "Value",
    "Witness",
    "centroid_paths",
    "centroids",
    "check_for_estimator",
    "check_labelled",
    "check_labels",
    "check_points",
    "closest_labels",
    "common_axes",
    "compare",
    "compare_distances",
    "compare_spaces",
    "distances_from_arrays",
    "distances_to_arrays",
    "hull_distance",
    "label_distances",
    "measure",
    "measure_space",
    "measures",
    "movement",
    "null_of",
    "principal_axes",
    "scale_of",
    "separable",
    "spatial_similarity",
    "verify",
]

announce()
