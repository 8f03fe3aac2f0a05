"""A study that takes a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tunescope.studies import Study


@pytest.fixture
def make_study(encoder_folder: Path) -> Callable[..., Study]:
    """Makes a study of a small encoder on a part of the embedded grammar; keyword arguments change it."""

    def make(**changes: Any) -> Study:
        settings = {
            "name": "small",
            "encoders": [str(encoder_folder)],
            "tasks": ["toy-question-coarse"],
            "experiments": ["performance"],
            "epochs": 1,
            "every": 2,
            "fraction": 0.3,
            "classifier": {"hidden": [16, 16], "runs": 2, "max_iter": 20},
            "memorisation_epochs": 5,
        }
        return Study.model_validate({**settings, **changes})

    return make
