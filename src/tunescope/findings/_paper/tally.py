"""The paper's claims over all runs of a study, and over all that the paper itself measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tunescope.findings._paper import published as paper
from tunescope.findings._paper.claim import HOLDS, Claim
from tunescope.findings._paper.claims_of_layers import SIMILARITY_BOUND
from tunescope.findings._runs import Run


@dataclass(frozen=True)
class Tally:
    """One claim over the runs that could be asked for it."""

    name: str
    text: str
    outcomes: tuple[str, ...]
    """The outcome of each run, in the order of `runs`."""
    runs: tuple[Run, ...]
    in_the_paper: str
    """The same count over the paper's own results, such as "24 of 25"; empty where it cannot be counted."""

    @property
    def holds(self) -> int:
        """Number of runs for which it holds."""
        return sum(outcome == HOLDS for outcome in self.outcomes)

    @property
    def told(self) -> str:
        """Such as "4 of 5 tasks", or "20 of 25 runs" where encoders or tasks of the fine-tuning differ, too."""
        return f"{self.holds} of {len(self.runs)} {self._counted(len(self.runs))}"

    def _counted(self, n: int) -> str:
        one_encoder = len({run.encoder for run in self.runs}) == 1
        is_own = all(run.tuned_on in ("", run.task) for run in self.runs)
        one_task = len({run.task for run in self.runs}) == 1
        noun = "task" if one_encoder and is_own else "encoder" if one_task and is_own else "run"
        return noun if n == 1 else f"{noun}s"


def tally(claims: Sequence[tuple[Run, Sequence[Claim]]]) -> tuple[Tally, ...]:
    """Count outcomes claim by claim, in the order in which they come up."""
    found: dict[str, list[tuple[Run, Claim]]] = {}
    for run, of_run in claims:
        for claim in of_run:
            found.setdefault(claim.name, []).append((run, claim))
    published = published_outcomes()
    return tuple(
        Tally(
            name,
            entries[0][1].text,
            tuple(claim.outcome for _, claim in entries),
            tuple(run for run, _ in entries),
            "{} of {}".format(*published[name]) if name in published else "",
        )
        for name, entries in found.items()
    )


def published_outcomes() -> dict[str, tuple[int, int]]:
    """For how many of the paper's own results a claim holds, and of how many, where its tables and Figure 4 tell."""
    rows = [(row, paper.LABELS[task]) for (_, task), row in paper.TABLE_7.items()]
    both = [row.train_test for row, _ in rows if None not in row.train_test]
    ends = [layers[max(layers)] for layers in paper.FIGURE_4.values()]
    related, opposed = paper.TABLE_5["ps-role"], paper.TABLE_5["pos"]
    return {
        "accuracy-rises": (sum(row.accuracy[1] > row.accuracy[0] for row, _ in rows), len(rows)),
        "train-test-similarity-falls": (sum((after or 0) < (before or 0) for before, after in both), len(both)),
        "clusters-fall": (sum(row.clusters[1] < row.clusters[0] or row.clusters[1] <= n for row, n in rows), len(rows)),
        "last-layer-keeps-layout": (sum(end > SIMILARITY_BOUND for end in ends), len(ends)),
        "related-task-raises-distances": (int(related.risen > related.fallen and related.mean_change > 0), 1),
        "opposed-task-lowers-distances": (int(opposed.fallen > opposed.risen and opposed.mean_change < 0), 1),
    }
