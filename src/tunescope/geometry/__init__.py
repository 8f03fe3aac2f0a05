"""What shape a space has: convex hulls, DirectProbe, distances between labels, similarity, centroids.

This room knows arrays and labels and nothing else.
"""

from tunescope.geometry._centroids import (
    Centroids,
    Movement,
    centroid_paths,
    centroids,
    movement,
)
from tunescope.geometry._chance import (
    LabelChance,
    PairChance,
    label_chance,
    log_cover,
    pair_chance,
    spanned_dimensions,
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
from tunescope.geometry._measures.erasure import erase_labels
from tunescope.geometry._measures.measure import ComparisonMeasure, MeasureInfo, SpaceMeasure, Value
from tunescope.geometry._measures.nulls import Null, null_of
from tunescope.geometry._measures.of_one.calibration import Calibration, calibration
from tunescope.geometry._measures.registry import measures
from tunescope.geometry._measures.space import Space
from tunescope.geometry._projection import CommonAxes, common_axes, principal_axes
from tunescope.geometry._similarity import LabelSpace, SpatialSimilarity, spatial_similarity
from tunescope.geometry._solver.compiling import announce

__all__ = [
    "PUBLISHED_SMALLEST",
    "Block",
    "Calibration",
    "Centroids",
    "CommonAxes",
    "ComparisonMeasure",
    "Convention",
    "DirectProbe",
    "HullDistance",
    "LabelChance",
    "LabelDistances",
    "LabelSpace",
    "MeasureInfo",
    "Measured",
    "Movement",
    "Null",
    "PairChance",
    "Separation",
    "Space",
    "SpaceMeasure",
    "SpatialSimilarity",
    "Value",
    "Witness",
    "calibration",
    "centroid_paths",
    "centroids",
    "check_for_estimator",
    "check_labelled",
    "check_labels",
    "check_points",
    "common_axes",
    "compare",
    "compare_distances",
    "compare_spaces",
    "distances_from_arrays",
    "distances_to_arrays",
    "erase_labels",
    "hull_distance",
    "label_chance",
    "label_distances",
    "log_cover",
    "measure",
    "measure_space",
    "measures",
    "movement",
    "null_of",
    "pair_chance",
    "principal_axes",
    "scale_of",
    "separable",
    "spanned_dimensions",
    "spatial_similarity",
    "verify",
]

announce()
