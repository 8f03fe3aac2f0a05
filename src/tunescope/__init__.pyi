from ._version import __version__ as __version__
from .encoders import (
    Encoder as Encoder,
)
from .encoders import (
    Encoding as Encoding,
)
from .encoders import (
    Representation as Representation,
)
from .encoders import (
    encoder_infos as encoder_infos,
)
from .encoders import (
    load_encoder as load_encoder,
)
from .errors import (
    DataError as DataError,
)
from .errors import (
    EncoderError as EncoderError,
)
from .errors import (
    RepresentationError as RepresentationError,
)
from .errors import (
    StorageError as StorageError,
)
from .errors import (
    StudyError as StudyError,
)
from .errors import (
    TunescopeError as TunescopeError,
)
from .finetuning import (
    FineTuning as FineTuning,
)
from .finetuning import (
    Recipe as Recipe,
)
from .finetuning import (
    fine_tune as fine_tune,
)
from .geometry import (
    DirectProbe as DirectProbe,
)
from .geometry import (
    HullDistance as HullDistance,
)
from .geometry import (
    LabelDistances as LabelDistances,
)
from .geometry import (
    Separation as Separation,
)
from .geometry import (
    SpatialSimilarity as SpatialSimilarity,
)
from .geometry import (
    centroid_paths as centroid_paths,
)
from .geometry import (
    centroids as centroids,
)
from .geometry import (
    hull_distance as hull_distance,
)
from .geometry import (
    label_distances as label_distances,
)
from .geometry import (
    movement as movement,
)
from .geometry import (
    separable as separable,
)
from .geometry import (
    spatial_similarity as spatial_similarity,
)
from .geometry import (
    verify as verify,
)
from .integrations import (
    LabelledVectors as LabelledVectors,
)
from .integrations import (
    ProbedVectors as ProbedVectors,
)
from .integrations import (
    probe_vectors as probe_vectors,
)
from .integrations import (
    read_vectors as read_vectors,
)
from .probes import (
    ClassifierProbe as ClassifierProbe,
)
from .probes import (
    grid_search as grid_search,
)
from .report import (
    claims as claims,
)
from .report import (
    published_beside_measured as published_beside_measured,
)
from .report import (
    serve_explorer as serve_explorer,
)
from .report import (
    write_figures as write_figures,
)
from .report import (
    write_report as write_report,
)
from .storage import (
    ResultStore as ResultStore,
)
from .studies import (
    Study as Study,
)
from .studies import (
    StudyResult as StudyResult,
)
from .studies import (
    add_maps as add_maps,
)
from .studies import (
    load_study as load_study,
)
from .studies import (
    run_study as run_study,
)
from .studies import (
    study_names as study_names,
)
from .tasks import (
    Sentence as Sentence,
)
from .tasks import (
    Split as Split,
)
from .tasks import (
    Target as Target,
)
from .tasks import (
    Task as Task,
)
from .tasks import (
    load_task as load_task,
)
from .tasks import (
    task_from_conllu as task_from_conllu,
)
from .tasks import (
    task_from_table as task_from_table,
)
from .tasks import (
    task_infos as task_infos,
)
