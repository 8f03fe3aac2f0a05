"""How a space changes: recipe, head, training, and snapshots of the encoder on the way."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tunescope.finetuning._recipe import Recipe
from tunescope.finetuning._snapshots import snapshot_updates

if TYPE_CHECKING:
    from tunescope.finetuning._fine_tune import FineTuning, fine_tune

__all__ = ["FineTuning", "Recipe", "fine_tune", "snapshot_updates"]


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is asked for."""
    if name in ("FineTuning", "fine_tune"):
        return getattr(import_module("tunescope.finetuning._fine_tune"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
