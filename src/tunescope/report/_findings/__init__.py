"""What a study found, read from its tables: one finding a file, shared by the figures and the page."""

from tunescope.report._findings._accuracy import Accuracy, find_accuracies
from tunescope.report._findings._claim import Claim
from tunescope.report._findings._claims import check_claims
from tunescope.report._findings._clusters import Block, Clusters, Space, find_clusters
from tunescope.report._findings._comparison import Beside, compare
from tunescope.report._findings._distances import Distances, find_distances
from tunescope.report._findings._gaps import Gaps, find_gaps
from tunescope.report._findings._intervals import Estimate, estimate
from tunescope.report._findings._memorisation import Memorisation, find_memorisation
from tunescope.report._findings._movement import Movement, find_movement
from tunescope.report._findings._paths import Paths, find_paths
from tunescope.report._findings._runs import Run, find_runs
from tunescope.report._findings._setup import PaperSetup, paper_encoder, paper_setup
from tunescope.report._findings._similarity import (
    LeftOut,
    Similarity,
    SimilarityCurve,
    conventions,
    find_left_out,
    find_similarities,
    find_similarity_curves,
)
from tunescope.report._findings._summary import Summary, summarise
from tunescope.report._findings._tally import Tally, tally

__all__ = [
    "Accuracy",
    "Beside",
    "Block",
    "Claim",
    "Clusters",
    "Distances",
    "Estimate",
    "Gaps",
    "LeftOut",
    "Memorisation",
    "Movement",
    "PaperSetup",
    "Paths",
    "Run",
    "Similarity",
    "SimilarityCurve",
    "Space",
    "Summary",
    "Tally",
    "check_claims",
    "compare",
    "conventions",
    "estimate",
    "find_accuracies",
    "find_clusters",
    "find_distances",
    "find_gaps",
    "find_left_out",
    "find_memorisation",
    "find_movement",
    "find_paths",
    "find_runs",
    "find_similarities",
    "find_similarity_curves",
    "paper_encoder",
    "paper_setup",
    "summarise",
    "tally",
]
