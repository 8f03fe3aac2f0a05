"""See how fine-tuning changes the space in which a language model represents your data.

Everything public can be imported from here; a name is loaded when it is used, so that `import tunescope` is
quick and needs no torch.

>>> import numpy as np
>>> from tunescope import DirectProbe
>>> X = np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [3.0, 1.0]])
>>> DirectProbe().fit(X, ["a", "a", "b", "b"]).is_linear_
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunescope.encoders import Encoder, Encoding, Representation, encoder_infos, load_encoder
    from tunescope.errors import (
        DataError,
        EncoderError,
        RepresentationError,
        StorageError,
        StudyError,
        TunescopeError,
    )
    from tunescope.finetuning import FineTuning, Recipe, fine_tune
    from tunescope.geometry import (
        DirectProbe,
        LabelDistances,
        centroid_paths,
        centroids,
        hull_distance,
        label_distances,
        movement,
        separable,
        spatial_similarity,
        verify,
    )
    from tunescope.probes import ClassifierProbe
    from tunescope.report import write_figures, write_report
    from tunescope.storage import ResultStore
    from tunescope.studies import Study, StudyResult, load_study, probe_vectors, run_study, study_names
    from tunescope.tasks import Sentence, Split, Target, Task, load_task, task_infos

__version__ = "0.1.0"

_ROOMS = {
    "encoders": ("Encoder", "Encoding", "Representation", "encoder_infos", "load_encoder"),
    "errors": (
        "DataError",
        "EncoderError",
        "RepresentationError",
        "StorageError",
        "StudyError",
        "TunescopeError",
    ),
    "finetuning": ("FineTuning", "Recipe", "fine_tune"),
    "geometry": (
        "DirectProbe",
        "LabelDistances",
        "centroid_paths",
        "centroids",
        "hull_distance",
        "label_distances",
        "movement",
        "separable",
        "spatial_similarity",
        "verify",
    ),
    "probes": ("ClassifierProbe",),
    "report": ("write_figures", "write_report"),
    "storage": ("ResultStore",),
    "studies": ("Study", "StudyResult", "load_study", "probe_vectors", "run_study", "study_names"),
    "tasks": ("Sentence", "Split", "Target", "Task", "load_task", "task_infos"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "ClassifierProbe",
    "DataError",
    "DirectProbe",
    "Encoder",
    "EncoderError",
    "Encoding",
    "FineTuning",
    "LabelDistances",
    "Recipe",
    "Representation",
    "RepresentationError",
    "ResultStore",
    "Sentence",
    "Split",
    "StorageError",
    "Study",
    "StudyError",
    "StudyResult",
    "Target",
    "Task",
    "TunescopeError",
    "__version__",
    "centroid_paths",
    "centroids",
    "encoder_infos",
    "fine_tune",
    "hull_distance",
    "label_distances",
    "load_encoder",
    "load_study",
    "load_task",
    "movement",
    "probe_vectors",
    "run_study",
    "separable",
    "spatial_similarity",
    "study_names",
    "task_infos",
    "verify",
    "write_figures",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its room when it is used first (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
