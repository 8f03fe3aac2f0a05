"""See how fine-tuning changes the space in which a language model represents your data."""

from __future__ import annotations

__version__ = "0.1.0"
