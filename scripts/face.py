"""Write the public face: src/tunescope/__init__.pyi and docs/api.md from the one list below.

python scripts/face.py            after a public name was added to a room
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]

FACE: dict[str, tuple[str, list[str]]] = {
    "geometry": (
        "Geometry",
        [
            "DirectProbe", "hull_distance", "separable", "verify", "HullDistance", "Separation", "label_distances",
            "LabelDistances", "spatial_similarity", "SpatialSimilarity", "centroids", "centroid_paths", "movement",
        ],
    ),
    "geometry ": (
        "Measures and chance",
        [
            "measures", "measure", "compare_spaces", "Measured", "MeasureInfo", "SpaceMeasure", "ComparisonMeasure",
            "Value", "Space", "Null", "null_of", "label_chance", "LabelChance", "pair_chance", "PairChance",
        ],
    ),
    "probes": ("Classifier probes", ["ClassifierProbe", "grid_search"]),
    "tasks": (
        "Tasks",
        [
            "load_task", "task_infos", "task_from_file", "task_from_frame", "task_from_conllu", "task_from_table",
            "Task", "Split", "Sentence", "Target", "TaskSpec", "register_task",
        ],
    ),
    "encoders": (
        "Encoders",
        ["load_encoder", "encoder_infos", "Encoder", "Encoding", "Representation", "Pooling"],
    ),
    "finetuning": ("Fine-tuning", ["Recipe", "fine_tune", "FineTuning", "Method", "Anchor"]),
    "studies": (
        "Studies",
        [
            "run_study", "compare", "follow", "load_study", "study_names", "Study", "StudyResult", "add_maps",
            "Experiment", "Observer", "Trajectory",
        ],
    ),
    "integrations": (
        "In your own work",
        ["GeometryCallback", "probe_vectors", "ProbedVectors", "read_vectors", "LabelledVectors"],
    ),
    "report": (
        "Reports",
        ["write_report", "write_figures", "claims", "published_beside_measured", "serve_explorer", "Section"],
    ),
    "storage": ("Storage", ["ResultStore", "verify_study", "Verified"]),
    "errors": (
        "Errors",
        [
            "TunescopeError", "DataError", "EncoderError", "RepresentationError", "StorageError", "StudyError",
            "ReportError",
        ],
    ),
}  # fmt: skip
"""By room, the title of its part of the page and its public names."""


def stub() -> str:
    """The stub from which lazy-loader knows where each name lives."""
    lines = ["from ._version import __version__ as __version__"]
    for name, room in sorted((name, room.strip()) for room, (_, names) in FACE.items() for name in names):
        lines.append(f"from .{room} import {name} as {name}")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The API page."""
    parts = ["# API\n\nThe public names, from one place: `from tunescope import …`.\n"]
    for room, (title, names) in FACE.items():
        parts.append(f"## {title}\n")
        parts += [f"::: tunescope.{room.strip()}.{name}" for name in names]
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Write both files."""
    (ROOT / "src/tunescope/__init__.pyi").write_text(stub(), encoding="utf-8")
    (ROOT / "docs/api.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
