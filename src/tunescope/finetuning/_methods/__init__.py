"""Ways of fine-tuning, one a file; each is a subclass of `Method` and is found by its file being here."""

from __future__ import annotations

from tunescope.finetuning._methods.method import Method, Stage

__all__ = ["Method", "Stage"]
