"""The package peft, or what to do to have it."""

from __future__ import annotations

from typing import Any

from tunescope.encoders import quiet_peft
from tunescope.errors import StudyError


def import_peft(method: str) -> Any:
    """The package peft.

    Raises
    ------
    StudyError
        It is not installed; says how to install it.
    """
    try:
        with quiet_peft():
            import peft
    except ImportError as error:
        raise StudyError(
            f"recipe.method: {method} is done by the package peft, which cannot be imported ({error}); install it with"
            " pip install 'tunescope[peft]'"
        ) from error
    return peft


__all__ = ["import_peft", "quiet_peft"]
