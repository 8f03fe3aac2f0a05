"""States that somebody else has made are looked at as our own are."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from tunescope.encoders import Encoding, load_encoder
from tunescope.errors import StudyError
from tunescope.finetuning import Recipe, fine_tune
from tunescope.storage import ArrayFile, read_table
from tunescope.studies import run_study
from tunescope.studies._elsewhere.follow import Following, follow_states
from tunescope.studies._observers.observer import Observer
from tunescope.studies._observers.seen import SeenLayer
from tunescope.studies._trajectories.checkpoints import Checkpoint, Checkpoints
from tunescope.studies._trajectories.observed import Observed
from tunescope.tasks import load_task

SETTINGS = {
    "every": 1,
    "classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 10},
    "memorisation_epochs": 2,
    "experiments": ["performance", "linearity", "dynamics", "paths", "layers"],
}


@pytest.fixture(scope="module")
def task():
    return load_task("toy-question-coarse", fraction=0.3)


@pytest.fixture(scope="module")
def ours(tmp_path_factory, encoder_folder, task):
    """The study that fine-tunes by itself."""
    from tunescope.studies import Study

    folder = tmp_path_factory.mktemp("ours")
    encoder = load_encoder(encoder_folder)
    study = Study(name="ours", encoders=[encoder], tasks=[task], epochs=1, **SETTINGS)
    run_study(study, folder)
    return folder


@pytest.fixture(scope="module")
def states(tmp_path_factory, encoder_folder, task):
    """Its states, saved as somebody's checkpoints."""
    folder = tmp_path_factory.mktemp("checkpoints")
    found = []

    def save(update, epoch, encoder):
        path = folder / f"checkpoint-{update}"
        encoder.save(path)
        fingerprint = load_encoder(path).fingerprint
        found.append(Checkpoint(update, lambda: load_encoder(path), fingerprint, epoch))

    fine_tune(load_encoder(encoder_folder), task, Recipe(epochs=1), seed=0, every=1, on_snapshot=save)
    return found


def frames(folder, *names):
    return {name: read_table(folder / "tables" / f"{name}.parquet").drop(columns="encoder") for name in names}


LOOKED = ("gaps", "pairs", "spaces", "comparisons", "clusters", "paths", "movement")


def same(a, b):
    for name in a:
        left, right = (frame.drop(columns="seconds", errors="ignore") for frame in (a[name], b[name]))
        pd.testing.assert_frame_equal(left, right, rtol=2e-3, atol=1e-6)


def test_checkpoints_give_the_tables_of_the_study_that_made_them(ours, states, task, tmp_path):
    result = follow_states(Checkpoints(states), task, tmp_path, label="theirs", **SETTINGS)
    same(frames(ours, *LOOKED), frames(tmp_path, *LOOKED))
    assert result.summary[0].after.distance is not None
    assert list((tmp_path / "explorer").glob("projection-*"))
    assert follow_states(Checkpoints(states), task, tmp_path, label="theirs", **SETTINGS).n_done == 0


def test_states_that_come_live_give_them_too(ours, task, encoder_folder, tmp_path):
    following = Following(task, tmp_path, label="live", **SETTINGS)
    fine_tune(load_encoder(encoder_folder), task, Recipe(epochs=1), seed=0, every=1, on_snapshot=following.see)
    following.close()
    same(frames(ours, *LOOKED), frames(tmp_path, *LOOKED))
    assert not (tmp_path / "work" / "live").exists()


def test_a_crash_between_two_states_loses_none(ours, states, task, tmp_path):
    first = Following(task, tmp_path, label="live", **SETTINGS)
    for state in states[:3]:
        first.see(state.update, state.epoch, state.load())
    del first
    second = Following(task, tmp_path, label="live", **SETTINGS)
    assert second.updates() == {state.update for state in states[:3]}
    for state in states[3:]:
        second.see(state.update, state.epoch, state.load())
    second.close()
    same(frames(ours, *LOOKED), frames(tmp_path, *LOOKED))


def test_a_pair_is_a_trajectory(states, task, tmp_path):
    follow_states(Checkpoints.pair(states[0], states[-1]), task, tmp_path, label="pair", **SETTINGS)
    gaps = read_table(tmp_path / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    assert set(gaps["update"]) == {states[0].update, states[-1].update}


def test_the_report_opens_what_was_followed(states, task, tmp_path):
    """Also when the encoder was trained on something that is not looked at."""
    from tunescope.records import projection_paths
    from tunescope.report import write_report

    asked = {**SETTINGS, "experiments": ["performance", "dynamics", "layers", "paths"]}
    follow_states(Checkpoints(states), task, tmp_path, label="theirs", tuned_on="reviews", seed=3, **asked)
    assert write_report(tmp_path).stat().st_size > 10_000
    assert [ArrayFile(path).metadata["tuned_on"] for path in projection_paths(tmp_path)] == ["reviews"]
    gaps = read_table(tmp_path / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    assert set(zip(gaps["tuned_on"], gaps["seed"], strict=True)) == {("reviews", 3)}


def test_states_out_of_order_are_refused(states):
    with pytest.raises(StudyError, match="must rise"):
        Checkpoints([states[1], states[0]])
    with pytest.raises(StudyError, match="at least two"):
        Checkpoints(states[:1])


class Drift(Observer):
    """Reads the vectors of the start: how far the points have gone."""

    name = "drift"
    needs = frozenset({"vectors", "start-vectors"})

    def __init__(self):
        self.found = []

    def see(self, state):
        for number, layer in state.layers.items():
            self.found.append((state.update, float(np.abs(layer.X - state.start[number].X).max())))
        yield from ()


@pytest.fixture(autouse=True)
def only_known_here():
    yield
    Observer._known.pop("drift", None)


def test_an_observer_sees_the_vectors_of_the_start(states, task, tmp_path):
    drift = Drift()
    seen = Observed(tmp_path, (2,), [drift], task, len(states))
    for state in states:
        seen.see(state.update, state.epoch, state.load())
    assert drift.found[0] == (0, 0.0)
    assert all(moved > 0 for _, moved in drift.found[1:])
    again = Drift()
    again.found = []
    resumed = Observed(tmp_path, (2,), [again], task, len(states))
    assert resumed.updates() == {state.update for state in states}


def test_an_observer_that_does_not_say_what_it_needs_is_told(states, task, tmp_path):
    class Silent(Drift):
        needs = frozenset({"vectors"})

    seen = Observed(tmp_path, (2,), [Silent()], task, len(states))
    seen.see(states[0].update, states[0].epoch, states[0].load())
    with pytest.raises(StudyError, match="start-vectors"):
        seen.see(states[1].update, states[1].epoch, states[1].load())


def test_memory_does_not_grow_with_the_number_of_states(task, tmp_path):
    """Of a state nothing but the distances is in memory when the next one has come."""
    labels, random = np.asarray(task.train.labels), np.random.default_rng(0)
    seen = Observed(tmp_path, (2,), [Drift(), *_usual()], task, 40)
    one_state = len(labels) * 4096 * 4

    counted = []
    tracemalloc.start()
    for update in range(8):
        X = random.normal(size=(len(labels), 4096)).astype(np.float32)
        seen.see_vectors(update, float(update), Encoding((2,), {2: X}, labels, n_split=0), None)
        del X
        gc.collect()
        layers = sum(type(one) is SeenLayer for one in gc.get_objects())
        counted.append((layers, tracemalloc.get_traced_memory()[0]))
    tracemalloc.stop()
    layers, taken = zip(*counted, strict=True)
    assert set(layers[2:]) == {layers[2]}, "layers of states that went are still there"
    assert taken[-1] - taken[3] < one_state, "vectors of states that went are still there"


def _usual():
    from tunescope.studies._observers.observer import usual_observers

    return usual_observers()


def test_a_damaged_state_is_seen_again(states, task, tmp_path):
    seen = Observed(tmp_path, (2,), _usual(), task, len(states))
    for state in states[:2]:
        seen.see(state.update, state.epoch, state.load())
    path = tmp_path / f"{states[1].update:08d}" / "gaps.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert Observed(tmp_path, (2,), _usual(), task, len(states)).updates() == {states[0].update}
