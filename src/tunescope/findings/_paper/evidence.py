"""Everything that the claims look at, of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunescope.findings._chance import BesideChance
from tunescope.findings._gaps import Gaps
from tunescope.findings._memorisation import Memorisation
from tunescope.findings._movement import Movement
from tunescope.findings._paper.setup import PaperSetup
from tunescope.findings._runs import Run
from tunescope.findings._similarity import LeftOut, SimilarityCurve
from tunescope.findings._summary import Summary


@dataclass(frozen=True)
class Evidence:
    """Everything that the checks look at, of one run."""

    run: Run
    summary: Summary
    setup: PaperSetup
    curves: Mapping[int, SimilarityCurve]
    gaps: Gaps | None
    movement: Mapping[int, Mapping[int, Movement]]
    memorisation: Sequence[Memorisation]
    left_out: Sequence[LeftOut]
    chance: BesideChance | None = None
