"""Checkpoints as they lie on disk: a Trainer's output folder, a list of folders, adapters beside their base."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._trajectories.checkpoints import Checkpoint, Checkpoints
from tunescope.studies._trajectories.training_log import training_rows

if TYPE_CHECKING:
    from tunescope.encoders import Encoder

_STATE = "trainer_state.json"
_HEADLESS = ("Model", "EncoderModel")
"""How classes of transformers without a task head end."""
Load = Callable[..., "Encoder"]


@dataclass(frozen=True)
class FoundStates:
    """The states of an encoder that somebody has trained."""

    start: Encoder
    """The first state, loaded."""
    trajectory: Checkpoints
    n_layers: int
    """Layers of the last state."""
    widths: tuple[int, ...]
    """Widths that states have in their last layers, each once."""
    last_epoch: float
    """Of the last state; its place among the states where no `trainer_state.json` tells it."""


def find_states(start: Encoder | str | Path | None, checkpoints: Any, load: Load) -> FoundStates:
    """Find checkpoints and load each once, to know that it can be loaded and what it is.

    Parameters
    ----------
    start : Encoder, str, Path or None
        Where the training began; the base of adapters, or else the first checkpoint, where it is not given.
    checkpoints : path, Encoder, or sequence of them
        A folder with `checkpoint-N` in it, or encoders and folders of encoders in order.
    load : callable
        Loads an encoder of a name or folder, as `load_encoder`.

    Raises
    ------
    StudyError
        There are no checkpoints, or too few, or their updates do not rise.
    EncoderError
        One of them cannot be loaded.
    """
    places = _places(checkpoints)
    notes: list[str] = []
    base = start if isinstance(start, (str, Path)) else None
    if start is None:
        start, places = _start_of(places, notes)
        base = start if isinstance(start, (str, Path)) else None
    first = start if not isinstance(start, (str, Path)) else load(start)
    states = [Checkpoint(0, lambda: first, first.fingerprint, 0.0)]
    widths, last = {first.width: None}, first
    for number, place in enumerate(places, 1):
        get = _loader(place, base, load, first)
        last = get()
        widths[last.width] = None
        update, epoch = _moment(place, number)
        states.append(Checkpoint(update, get, last.fingerprint, epoch))
        notes += [note for note in _heads(place) if note not in notes]
    if all(state.epoch is None for state in states[1:]):
        states = [replace(state, epoch=float(number)) for number, state in enumerate(states)]
    epoch = states[-1].epoch
    trajectory = Checkpoints(states, log=_log(places[-1]), notes=notes)
    return FoundStates(
        first, trajectory, last.n_layers, tuple(widths), float(len(states) - 1) if epoch is None else epoch
    )


def _places(checkpoints: Any) -> list[Any]:
    """The folders (or encoders) in order."""
    if isinstance(checkpoints, (str, Path)):
        folder = Path(checkpoints).expanduser()
        if not folder.is_dir():
            raise StudyError(f"there is no folder {folder}")
        inside = [path for path in folder.glob("checkpoint-*") if path.is_dir() and _number(path) is not None]
        found = sorted(inside, key=lambda path: _number(path) or 0)
        if found:
            return list(found)
        if any((folder / name).is_file() for name in ("config.json", "adapter_config.json")):
            return [folder]
        raise StudyError(f"{folder} holds no checkpoint-N and is no encoder; give a Trainer's output folder, or a list")
    if not isinstance(checkpoints, Sequence):
        return [checkpoints]
    if not checkpoints:
        raise StudyError("the list of checkpoints is empty")
    return [Path(one).expanduser() if isinstance(one, (str, Path)) else one for one in checkpoints]


def _start_of(places: list[Any], notes: list[str]) -> tuple[Any, list[Any]]:
    """Where a training began of which that was not said, and the states after it."""
    from tunescope.encoders import base_of

    first = places[0]
    if isinstance(first, Path) and (first / "adapter_config.json").is_file():
        return base_of(first, str(first)), places
    if len(places) < 2:
        raise StudyError(f"{first} is one state; a start is needed as well (start, or --start)")
    notes.append(f"the start was not given: {getattr(first, 'name', first)} stands for it")
    return first, places[1:]


def _loader(place: Any, base: Any, load: Load, first: Encoder) -> Callable[[], Encoder]:
    """What gives a state when it is needed."""
    from tunescope.encoders import Pooling

    def get() -> Encoder:
        if not isinstance(place, Path):
            given: Encoder = place
            return given
        encoder = load(place) if base is None else load(place, beside=base)
        if encoder.pooling == Pooling():  # a training keeps no pooling with its checkpoints
            encoder.pooling = first.pooling
        return encoder

    return get


def _number(path: Path) -> int | None:
    found = re.search(r"(\d+)$", path.name)
    return int(found.group(1)) if found else None


def _moment(place: Any, number: int) -> tuple[int, float | None]:
    """Update and epoch of a state: as its `trainer_state.json` has them, else by the number in its name, else by its
    place in the list.
    """
    if not isinstance(place, Path):
        return number if not getattr(place, "update", None) else int(place.update), None
    state = _state(place)
    if state is not None:
        epoch = state.get("epoch")
        return int(state["global_step"]), None if epoch is None else float(epoch)
    return _number(place) or number if place.name.startswith("checkpoint-") else number, None


def _state(place: Any) -> dict[str, Any] | None:
    """What a Trainer wrote beside a checkpoint."""
    path = place / _STATE if isinstance(place, Path) else None
    if path is None or not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if "global_step" in content else None
    except (OSError, ValueError, TypeError) as error:
        raise StudyError(f"{path} cannot be read: {error}") from error


def _log(place: Any) -> list[dict[str, float]]:
    state = _state(place)
    return [] if state is None else training_rows(state.get("log_history", ()))


def _heads(place: Any) -> list[str]:
    """What of a checkpoint is not looked at."""
    path = place / "config.json" if isinstance(place, Path) else None
    if path is None or not path.is_file():
        return []
    names = json.loads(path.read_text(encoding="utf-8")).get("architectures") or []
    headed = [name for name in names if not name.endswith(_HEADLESS)]
    return [f"of {name} the encoder is looked at, and its head is not" for name in headed]
