"""What a study found, read from its tables: one finding a file, shared by the figures and the page."""

from tunescope.findings._accuracy import Accuracy, find_accuracies
from tunescope.findings._chance import BesideChance, Forced, find_chance, find_forced, forced_pairs
from tunescope.findings._clusters import Block, Clusters, Space, find_clusters
from tunescope.findings._distances import Distances, find_distances
from tunescope.findings._gaps import Gaps, find_gaps
from tunescope.findings._intervals import AMOUNT, ANY, CORRELATION, FEWEST, SHARE, Estimate, Range, change, estimate
from tunescope.findings._measures import (
    Agreement,
    Measured,
    MeasureWords,
    find_measures,
    measure_agreement,
    measure_words,
)
from tunescope.findings._memorisation import Memorisation, find_memorisation
from tunescope.findings._movement import Movement, find_movement
from tunescope.findings._paper.claim import Claim
from tunescope.findings._paper.claims import check_claims
from tunescope.findings._paper.comparison import Beside, compare
from tunescope.findings._paper.setup import PaperSetup, paper_encoder, paper_setup
from tunescope.findings._paper.tables import claims, published_beside_measured
from tunescope.findings._paper.tally import Tally, tally
from tunescope.findings._paths import Paths, find_paths
from tunescope.findings._runs import Run, find_runs
from tunescope.findings._similarity import (
    LeftOut,
    Similarity,
    SimilarityCurve,
    conventions,
    find_left_out,
    find_similarities,
    find_similarity_curves,
)
from tunescope.findings._study import Study, read_study
from tunescope.findings._summary import Change, Side, Summary, summaries, summarise
from tunescope.findings._ways import Way, Ways, find_ways, pareto_front

__all__ = [
    "AMOUNT",
    "ANY",
    "CORRELATION",
    "FEWEST",
    "SHARE",
    "Accuracy",
    "Agreement",
    "Beside",
    "BesideChance",
    "Block",
    "Change",
    "Claim",
    "Clusters",
    "Distances",
    "Estimate",
    "Forced",
    "Gaps",
    "LeftOut",
    "MeasureWords",
    "Measured",
    "Memorisation",
    "Movement",
    "PaperSetup",
    "Paths",
    "Range",
    "Run",
    "Side",
    "Similarity",
    "SimilarityCurve",
    "Space",
    "Study",
    "Summary",
    "Tally",
    "Way",
    "Ways",
    "change",
    "check_claims",
    "claims",
    "compare",
    "conventions",
    "estimate",
    "find_accuracies",
    "find_chance",
    "find_clusters",
    "find_distances",
    "find_forced",
    "find_gaps",
    "find_left_out",
    "find_measures",
    "find_memorisation",
    "find_movement",
    "find_paths",
    "find_runs",
    "find_similarities",
    "find_similarity_curves",
    "find_ways",
    "forced_pairs",
    "measure_agreement",
    "measure_words",
    "paper_encoder",
    "paper_setup",
    "pareto_front",
    "published_beside_measured",
    "read_study",
    "summaries",
    "summarise",
    "tally",
]
