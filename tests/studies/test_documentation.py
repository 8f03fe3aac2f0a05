"""What the documentation and the examples show is valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tunescope.studies import Study, experiment_names, load_study

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_are_valid_and_named_like_their_file(path):
    study = load_study(path)
    assert study.name == path.stem
    if not study.recipes:
        assert study.seeds == [0]
        assert study.epochs == 3


def test_the_study_that_is_explained_is_valid(tmp_path):
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "study.yaml").write_text(shown, encoding="utf-8")
    study = load_study(tmp_path / "study.yaml")
    assert study.recipe.learning_rate == 3e-4
    least = {"name": "a", "encoders": "a", "tasks": "a", "experiments": "layers"}
    defaults = Study.model_validate(least)
    for name in ("every", "layers", "convention", "device", "classifier"):
        assert getattr(study, name) == getattr(defaults, name), f"shown as default: {name}"


def test_every_setting_and_experiment_is_explained():
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    for name in Study.model_fields:
        assert re.search(rf"^{name}:|`{name}`", text, flags=re.MULTILINE), name
    for name in experiment_names():
        assert f"`{name}`" in text
