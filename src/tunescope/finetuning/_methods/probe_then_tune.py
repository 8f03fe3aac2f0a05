"""First the head alone, then everything."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from tunescope.errors import StudyError
from tunescope.finetuning._methods.method import Method, Stage


class ProbeThenTune(Method):
    """Train the head alone, then every weight; each stage rises and falls by the schedule of the recipe.

    A head that fits already sends smaller gradients into the encoder, which therefore moves less.
    """

    name: ClassVar[str] = "probe-then-tune"
    title: ClassVar[str] = "first the head alone, then every weight"
    source: ClassVar[str] = "Kumar et al., ICLR 2022 (LP-FT)"
    short: ClassVar[str | None] = "probe_epochs"

    probe_epochs: Annotated[int, Field(ge=1, strict=True)] = 1
    """Epochs of the head alone; the others of the recipe's are for everything."""

    def stages(self, epochs: int) -> tuple[Stage, ...]:
        """The two stages.

        Raises
        ------
        StudyError
            The recipe has too few epochs.
        """
        if epochs <= self.probe_epochs:
            raise StudyError(
                f"recipe.method: {self.name} takes {self.probe_epochs} epoch(s) for the head alone and needs more than"
                f" that in all, but recipe.epochs is {epochs}"
            )
        return Stage(self.probe_epochs, head_alone=True), Stage(epochs - self.probe_epochs)
