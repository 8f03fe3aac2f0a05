"""A study beside the paper, as tables: what was published, and which of its claims hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.findings._intervals import Estimate
from tunescope.findings._paper.claim import Claim
from tunescope.findings._paper.claims import check_claims
from tunescope.findings._paper.comparison import compare
from tunescope.findings._runs import Run, find_runs
from tunescope.findings._study import Study, read_study
from tunescope.findings._summary import summarise

if TYPE_CHECKING:
    import pandas as pd

CLAIM_COLUMNS = (
    "encoder", "task", "tuned_on", "layer", "claim", "text", "source", "outcome", "evidence", "quantity", "value",
    "low", "high", "n", "over", "is_interval", "bound", "labels",
)  # fmt: skip
BESIDE_COLUMNS = (
    "encoder", "task", "tuned_on", "layer", "quantity", "stage", "label", "unit", "published", "published_std",
    "measured", "measured_std", "low", "high", "n", "over", "is_interval",
    "difference", "published_for", "published_low", "published_high",
    "standing", "source", "read_off", "note",
)  # fmt: skip


def claims(study_dir: str | Path) -> pd.DataFrame:
    """What Zhou and Srikumar (ACL 2022) say of fine-tuning, asked of every run of a study.

    Parameters
    ----------
    study_dir : path
        The folder of a study that has run.

    Returns
    -------
    DataFrame
        One row a run and claim that its measurements can speak to. `claim` is a stable name (`accuracy-rises`,
        `train-test-similarity-falls`, `clusters-fall`, `minimum-distances-rise`, `scaled-minimum-distances-rise`,
        `last-layer-keeps-layout`, `lower-layers-keep-layout`, `upper-layers-change-more`,
        `movement-grows-with-layer`, `subtest-follows-subtrain`; for runs that are probed on another task than they
        were fine-tuned on `related-task-raises-distances` and `opposed-task-lowers-distances`); `outcome` is
        `holds`, `partly`, `does not hold`, or `open` where the interval includes both answers. `value` is the
        number that decides (`quantity` says what it is; of what rises or falls it is the difference), over `n` runs:
        `over` says whether these are seeds or initialisations of the probe. `low` and `high` are a 95 % interval of
        its mean where `is_interval` is true, the least and the greatest of fewer than five runs where it is not;
        `bound` is what it is held against. `labels` are those that speak against it, with ` | ` between them.

    Raises
    ------
    StorageError
        The folder holds no study, or a table of it is damaged.
    """
    import pandas as pd

    return pd.DataFrame(claim_rows(claims_of_runs(read_study(Path(study_dir)))), columns=list(CLAIM_COLUMNS))


def published_beside_measured(study_dir: str | Path) -> pd.DataFrame:
    """What Zhou and Srikumar (ACL 2022) published, beside what a study measured.

    Parameters
    ----------
    study_dir : path
        The folder of a study that has run.

    Returns
    -------
    DataFrame
        One row a number that both have: `accuracy` (in %), `clusters` and `train-test similarity` of Table 7,
        `similarity to the start` of Figure 4, `labels that rose` (in %) and `mean change of minimum distances` of
        Table 5, `minimum distance` of Figures 2 and 6; `stage` is `original`, `fine-tuned` or `change`. `published`
        and `difference` (measured minus published) are there for the paper's own encoders and tasks only. For
        another encoder, a stand-in task or a part of the data `published_low` and `published_high` are the range of
        what was published for `published_for`, and `standing` says where the measurement lies: `below`, `within` or
        `above`; `note` says what is different. `low` and `high` are a 95 % interval of the mean of `n` measurements
        where `is_interval` is true, the least and the greatest of fewer than five where it is not. `read_off` marks
        values that were read off a plot and are approximate.

    Raises
    ------
    StorageError
        The folder holds no study, or a table of it is damaged.
    """
    import pandas as pd

    return pd.DataFrame(beside_rows(read_study(Path(study_dir))), columns=list(BESIDE_COLUMNS))


def claims_of_runs(study: Study) -> list[tuple[Run, tuple[Claim, ...]]]:
    """The claims of every run of a study, in the order of its runs."""
    return [(run, check_claims(study, run)) for run in find_runs(study)]


def claim_rows(checked: Sequence[tuple[Run, Sequence[Claim]]]) -> list[dict[str, Any]]:
    """One row a run and claim, by `CLAIM_COLUMNS`."""
    return [
        {
            **_origin(run, run.last_layer),
            "claim": claim.name,
            "text": claim.text,
            "source": claim.source,
            "outcome": claim.outcome,
            "evidence": claim.evidence,
            "quantity": claim.quantity,
            "value": None if claim.value is None else claim.value.mean,
            **_interval(claim.value),
            "bound": claim.bound,
            "labels": " | ".join(claim.labels),
        }
        for run, of_run in checked
        for claim in of_run
    ]


def beside_rows(study: Study) -> list[dict[str, Any]]:
    """One row a number that the paper and the study have, by `BESIDE_COLUMNS`."""
    return [
        {
            **_origin(run, row.layer),
            "quantity": row.quantity,
            "stage": row.stage,
            "label": row.label,
            "unit": row.unit,
            "published": row.published,
            "published_std": row.published_std,
            "measured": row.measured.mean,
            "measured_std": row.measured.std,
            **_interval(row.measured),
            "difference": row.difference,
            "published_for": row.published_for,
            "published_low": row.low,
            "published_high": row.high,
            "standing": "" if row.is_same else row.standing,
            "source": row.source,
            "read_off": row.is_read_off,
            "note": row.note,
        }
        for run in find_runs(study)
        for row in compare(study, run, summarise(study, run))
    ]


def _origin(run: Run, layer: int) -> dict[str, Any]:
    return {"encoder": run.encoder, "task": run.task, "tuned_on": run.tuned_on, "layer": layer}


def _interval(value: Estimate | None) -> dict[str, Any]:
    if value is None:
        return {"low": None, "high": None, "n": 0, "over": "", "is_interval": False}
    return {"low": value.low, "high": value.high, "n": value.n, "over": value.over, "is_interval": value.is_interval}
