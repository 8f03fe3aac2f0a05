"""What did fine-tuning do? The top of the page for one run."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._answer import answer
from tunescope.report._page._json import estimate_json
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class AnswerSection(Section):
    """A sentence, the numbers that stand for it, and what the paper says with its outcome here."""

    name = "answer"
    title = "What did fine-tuning do?"
    order = 0

    def of_run(self, view: RunView) -> dict[str, Any]:
        """Headline, details, cards and claims of a run."""
        told = answer(view.summary)
        return {
            "headline": told.headline,
            "details": told.details,
            "cards": [
                {
                    "key": card.key,
                    "title": card.title,
                    "before": estimate_json(card.before),
                    "after": estimate_json(card.after),
                    "unit": card.unit,
                    "decimals": card.decimals,
                    "reading": card.reading,
                    "over": card.over,
                }
                for card in told.cards
            ],
            "claims": [
                {
                    "name": one.name,
                    "text": one.text,
                    "outcome": one.outcome,
                    "evidence": one.evidence,
                    "source": one.source,
                }
                for one in view.claims
            ],
        }
