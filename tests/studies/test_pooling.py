"""The pooling that a study chooses for an encoder is part of what its results are kept under."""

from __future__ import annotations

import json
import shutil
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


@pytest.fixture
def mean_folder(encoder_folder: Path, tmp_path: Path) -> Path:
    """The same weights in a folder of sentence-transformers that takes the mean of the tokens."""
    folder = tmp_path / "sentences"
    shutil.copytree(encoder_folder, folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False})
    )
    return folder


@pytest.mark.parametrize(("task", "same"), [("toy-pos-coarse", True), ("toy-question-coarse", False)])
def test_how_sentences_are_pooled_is_part_of_units_of_sentences_alone(
    make_study: Callable[..., Study], encoder_folder: Path, mean_folder: Path, tmp_path: Path, task: str, same: bool
) -> None:
    def keys(folder: Path) -> list[str]:
        study = make_study(encoders=[str(folder)], tasks=[task])
        plan = prepare(study, ResultStore(tmp_path), watcher=Watcher()).plan
        state = plan.encoders[0]
        [course] = plan.tunings()
        return [plan.space(state, task, 2).key, course.record.key]

    assert (keys(encoder_folder) == keys(mean_folder)) is same


def test_two_poolings_of_one_encoder_are_two_spaces_of_one_training(
    make_study: Callable[..., Study], encoder_folder: Path, tmp_path: Path
) -> None:
    ways = [{"name": str(encoder_folder), "label": way, "pooling": way} for way in ("cls", "mean")]
    study = make_study(encoders=ways, tasks=["toy-pos-coarse", "toy-question-coarse"], experiments=["cross-task"])
    plan = prepare(study, ResultStore(tmp_path), watcher=Watcher()).plan
    words = [course for course in plan.tunings() if course.task == "toy-pos-coarse"]
    assert len({course.record.key for course in words}) == 1
    tuned = [plan.space(course.end, "toy-question-coarse", 2) for course in words]
    assert tuned[0].key != tuned[1].key
    assert tuned[0].state.key != tuned[1].state.key
