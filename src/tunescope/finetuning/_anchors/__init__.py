"""What holds an encoder to where it started, one a file; each is a subclass of `Anchor` and is found by its file."""

from __future__ import annotations

from tunescope.finetuning._anchors.anchor import Anchor, Held

__all__ = ["Anchor", "Held"]
