"""What Zhou and Srikumar (2022) say of fine-tuning, asked of one run, with outcomes and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tunescope.findings._chance import find_chance
from tunescope.findings._gaps import find_gaps
from tunescope.findings._memorisation import find_memorisation
from tunescope.findings._movement import find_movement
from tunescope.findings._paper.claim import Claim
from tunescope.findings._paper.claims_of_chance import rises_beyond_chance, similarity_beyond_chance
from tunescope.findings._paper.claims_of_distances import (
    gaps_rise,
    opposed_task_harms,
    related_task_helps,
    scaled_gaps_rise,
)
from tunescope.findings._paper.claims_of_layers import (
    layout_stays,
    lower_layers_stay,
    upper_layers_change,
    upper_layers_move,
)
from tunescope.findings._paper.claims_of_probes import accuracy_rises, fewer_clusters, memorised, train_and_test_diverge
from tunescope.findings._paper.evidence import Evidence
from tunescope.findings._paper.setup import paper_setup
from tunescope.findings._runs import Run
from tunescope.findings._similarity import conventions, find_left_out, find_similarity_curves
from tunescope.findings._study import Study
from tunescope.findings._summary import Summary, summarise


def check_claims(study: Study, run: Run, summary: Summary | None = None) -> tuple[Claim, ...]:
    """The claims that this run's measurements can speak to, in the order of the paper.

    A run that is probed on another task than it was fine-tuned on is asked what the paper says of such runs
    (section 4.3, Table 5), and only where the paper says which way it goes. What rises or falls does so where the
    interval of the difference excludes 0; of fewer than five runs, where all of them agree, and then their number is
    said.
    """
    summary = summary or summarise(study, run)
    convention = conventions(study, run)[0]
    evidence = Evidence(
        run,
        summary,
        paper_setup(study, run),
        find_similarity_curves(study, run, convention),
        find_gaps(study, run).get(summary.layer),
        find_movement(study, run),
        [one for one in find_memorisation(study, run) if one.layer in (summary.layer, -1)],
        find_left_out(study, run, summary.layer, convention),
        find_chance(study, run).get(summary.layer),
    )
    own: tuple[Callable[[Evidence], Claim | None], ...] = (
        accuracy_rises,
        train_and_test_diverge,
        fewer_clusters,
        gaps_rise,
        scaled_gaps_rise,
        rises_beyond_chance,
        layout_stays,
        similarity_beyond_chance,
        lower_layers_stay,
        upper_layers_change,
        upper_layers_move,
        memorised,
    )
    across: tuple[Callable[[Evidence], Claim | None], ...] = (related_task_helps, opposed_task_harms)
    checks = own if run.tuned_on in ("", run.task) else across
    return tuple(_with_runs(claim) for check in checks if (claim := check(evidence)) is not None)


def _with_runs(claim: Claim) -> Claim:
    """Say of how few runs a claim is, where they are too few for an interval."""
    value = claim.value
    if value is None or value.is_interval:
        return claim
    return replace(claim, evidence=f"{claim.evidence}; few runs: {value.runs}")
