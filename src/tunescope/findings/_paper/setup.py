"""What a run is to the paper: one of its encoders, one of its tasks, a stand-in, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tunescope.findings._paper import published as paper
from tunescope.findings._runs import Run
from tunescope.findings._study import Study
from tunescope.tasks import task_infos


@dataclass(frozen=True)
class PaperSetup:
    """Which of the paper's encoders and tasks a run is about, by what its study says of itself."""

    encoder: str | None
    """Short name among the paper's five; None for another encoder."""
    task: str | None
    """The paper's task that is probed, or whose place the probed one takes; None for a task of its own."""
    tuned_on: str | None
    """The same of the task of the fine-tuning; None also where nothing was fine-tuned."""
    depth: int | None
    """Layers of the encoder above its embedding layer; None where nothing tells."""
    different: tuple[str, ...]
    """Why the paper holds no value of the very same thing; empty where it does."""
    tuning_note: str
    """How the fine-tuning departs from the paper's, which leaves it the same thing; empty where it does not."""
    probe_note: str
    """The same of the classifier probe."""

    @property
    def is_same(self) -> bool:
        """Whether a published value is of this very encoder and task."""
        return self.encoder is not None and self.task is not None and not self.different


def paper_encoder(name: str, depth: int | None = None) -> str | None:
    """The short name of the paper's encoder that `name` is, or None.

    `name` is a short name, an id on the hub, or the path of a folder that is called as its repository on the hub
    or lies in the hub's cache. An encoder of another number of layers than the paper's is another encoder.
    """
    parts = [part for part in re.split(r"[\\/]+", name) if part]
    for encoder, hub_id in paper.HUB_IDS.items():
        cached = "models--" + hub_id.replace("/", "--")
        is_named = name in (encoder, hub_id) or (bool(parts) and parts[-1] == hub_id.split("/")[1]) or cached in parts
        if is_named:
            return encoder if depth in (None, paper.DEPTHS[encoder]) else None
    return None


def paper_setup(study: Study, run: Run) -> PaperSetup:
    """Find out by the settings of the study, and by the names in its tables where it has none."""
    entry = _named(study.settings.get("encoders"), "label", run.encoder)
    depth = entry.get("n_layers") if isinstance(entry.get("n_layers"), int) else None
    encoder = paper_encoder(str(entry.get("name", run.encoder)), depth)
    asked = study.settings.get("study")
    asked = asked if isinstance(asked, dict) else {}
    task, tuned_on = _paper_task(asked, run.task), _paper_task(asked, run.tuned_on)
    different = [] if encoder else ["another encoder"]
    stand_ins = _stand_ins()
    different += [
        f"{name} stands in for {stand_ins[name]}"
        for name in dict.fromkeys((run.task, run.tuned_on))
        if name in stand_ins
    ]
    if isinstance(asked.get("fraction"), float) and asked["fraction"] < 1:
        different.append(f"on a part of the data ({asked['fraction']:g})")
    recipes = study.settings.get("recipes")
    recipe = recipes.get(run.encoder) if isinstance(recipes, dict) else None
    epochs = recipe.get("epochs") if isinstance(recipe, dict) else None
    tuning_note = probe_note = ""
    if encoder and run.is_tuned and isinstance(epochs, int) and epochs != paper.EPOCHS[encoder]:
        tuning_note = f"{epochs} epochs of fine-tuning here, {paper.EPOCHS[encoder]} in the paper"
    classifier = asked.get("classifier")
    if isinstance(classifier, dict) and classifier.get("search") is False:
        probe_note = "the probe's settings were given here, found by a grid in the paper"
    if depth is None:
        depth = paper.DEPTHS[encoder] if encoder else None
    return PaperSetup(encoder, task, tuned_on, depth, tuple(different), tuning_note, probe_note)


def _stand_ins() -> dict[str, str]:
    """Tasks on other data that take the place of one of the paper's, and the one whose place they take."""
    return {info.name: info.stands_for for info in task_infos() if info.stands_for is not None}


def _named(entries: Any, key: str, value: str) -> dict[str, Any]:
    """The entry of a list that is called `value`; an empty one where there is none."""
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get(key) == value:
            return entry
    return {}


def _paper_task(asked: dict[str, Any], name: str) -> str | None:
    """The paper's task behind a name; None for files of one's own, whatever they are called."""
    if _named(asked.get("tasks"), "name", name).get("file"):
        return None
    name = _stand_ins().get(name, name)
    return name if name in paper.TASKS else None
