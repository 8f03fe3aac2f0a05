"""What is labelled: data files, readers, splits, named tasks, the embedded grammar."""

from __future__ import annotations

from tunescope.tasks._grammar import generate_sentences, vocabulary

__all__ = ["generate_sentences", "vocabulary"]
