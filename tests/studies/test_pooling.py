"""The pooling that a study chooses for an encoder is part of what its results are kept under."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tunescope.errors import EncoderError
from tunescope.storage import ResultStore
from tunescope.studies import Study
from tunescope.studies._prepare import prepare
from tunescope.studies._watching import Watcher


def encoder_of(study: Study, folder: Path) -> Any:
    return prepare(study, ResultStore(folder), watcher=Watcher()).plan.encoders[0]


def test_a_choice_changes_the_key_and_the_default_does_not(
    make_study: Callable[..., Study], encoder_folder: Path, tmp_path: Path
) -> None:
    plain, named, chosen = (
        encoder_of(make_study(encoders=[{"name": str(encoder_folder), **changes}]), tmp_path)
        for changes in ({}, {"pooling": None}, {"pooling": "first-subword"})
    )
    assert plain.key == named.key != chosen.key


def test_an_unknown_pooling_is_told_before_anything_runs(
    make_study: Callable[..., Study], encoder_folder: Path, tmp_path: Path
) -> None:
    study = make_study(encoders=[{"name": str(encoder_folder), "pooling": "firstsubword"}])
    with pytest.raises(EncoderError, match="did you mean first-subword"):
        encoder_of(study, tmp_path)
