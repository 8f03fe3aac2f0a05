"""docs/finetuning.md: its examples run, and its tables name everything there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tunescope.encoders import Encoder
from tunescope.finetuning import Anchor, Method, Recipe, fine_tune
from tunescope.studies import Study
from tunescope.tasks import Task

TEXT = (Path(__file__).parents[2] / "docs" / "finetuning.md").read_text(encoding="utf-8")


def test_the_examples_run(make_encoder: Callable[..., Encoder], make_task: Callable[..., Task]) -> None:
    first, own = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    here: dict[str, Any] = {}
    exec(first, here)
    assert here["result"].n_trained > 0
    settings, ways = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    study = Study.model_validate({"name": "a", "encoders": "a", "tasks": "a", **yaml.safe_load(ways)})
    assert [way.label for way in study.recipes] == ["full", "lora", "layers upper, learning_rate 0.001", "anchored"]
    assert Recipe(**yaml.safe_load(settings)["recipe"]).method.name == "lora"
    try:
        exec(own, here)
        recipe = Recipe(epochs=1, method="embeddings", anchor={"length": 0.1})
        result = fine_tune(make_encoder(), make_task(n=8), recipe, seed=0)
        assert {row["part"] for row in result.parameters(make_encoder()) if row["trained"]} == {"embedding"}
    finally:
        Method.registry.pop("embeddings", None)
        Anchor.registry.pop("length", None)


def test_the_tables_name_every_method_and_anchor() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9-]+)` \|", TEXT, re.MULTILINE))
    assert {*Method.known(), *Anchor.known()} <= rows
    for choice in (*Method.known().values(), *Anchor.known().values()):
        assert choice.title
        assert choice.source
