"""A repr is one line of at most 200 characters, whatever an object holds; an error prints no vector."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tunescope
from tunescope import errors, geometry
from tunescope.storage import ResultStore, Verified

LIMIT = 200
#: Classes of which there is no instance: they are made to be subclassed, or are raised.
WITHOUT = {
    "Experiment",
    "Observer",
    "Trajectory",
    "Section",
    "SpaceMeasure",
    "ComparisonMeasure",
    "Method",
    "Anchor",
    "GeometryCallback",
}


def points(n: int = 300, d: int = 384) -> tuple[np.ndarray, np.ndarray]:
    """More points, labels and longer names than fit into a line."""
    X = np.random.default_rng(0).normal(size=(n, d))
    return X, np.array([f"a label with a name that takes its room, number {index % 10}" for index in range(n)])


def task() -> tunescope.Task:
    words = tuple(f"word{number}" for number in range(200))
    sentences = tuple(tunescope.Sentence(f"a long name of sentence {number}", words) for number in range(40))
    targets = tuple(tunescope.Target(number, (3,), f"label {number % 4} {'long' * 100}") for number in range(40))
    splits = [tunescope.Split(name, sentences, targets) for name in ("train", "test")]
    return tunescope.Task("name" * 50, "word", *splits, "described " * 50, "source " * 50, ("note " * 50,) * 20)


@cache
def examples() -> dict[str, Any]:
    """An instance of each public class, by the name of the class."""
    import torch

    X, y = points()
    few, few_y = X[:60, :2], y[:60]
    encoder, own = tunescope.load_encoder("embedded"), task()
    toy = tunescope.load_task("toy-pos", fraction=0.05)
    encoding = encoder.encode(toy.test)
    vectors = tunescope.LabelledVectors(X, y, Path("v.npz"), ("note " * 50,) * 20)
    space = geometry.label_distances(X, y)
    settings = {"name": "n" * 90, "encoders": ["e" * 90] * 1, "tasks": [own], "experiments": ["performance"]}
    spec = tunescope.TaskSpec("films", "sentence", "described " * 40, (), lambda found, seed: own, "source" * 40)
    found = [
        encoder, encoding, encoding.representation(1), encoder.pooling, own, own.train, own.train.sentences[0],
        own.train.targets[0], spec, space, geometry.separable(X[:50], X[50:]), geometry.hull_distance(X[:50], X[50:]),
        geometry.DirectProbe().fit(few, few_y), geometry.spatial_similarity(space, space),
        geometry.label_chance(few, few_y, n_permutations=2), geometry.pair_chance(y, 384), geometry.Space(X, y),
        geometry.measure_space(X, "effective-rank"), geometry.measures()[0], geometry.Value(1.0, note="n" * 500),
        geometry.Null("permuted-labels", np.zeros(1000)), tunescope.ClassifierProbe(),
        tunescope.Recipe(epochs=3, method={"lora": {"r": 4}}, anchor={"identity": {"weight": 0.1, "layers": "all"}}),
        tunescope.FineTuning(encoder, ({"loss": 1.0},) * 500, 500, torch.nn.Linear(2, 2), tuple(y), ("n",) * 9),
        tunescope.Study(**settings), vectors, ResultStore("folder/" * 60), Verified(9, 9, ("a file",) * 999, 0),
        tunescope.StudyResult(tunescope.Study(**settings), Path("out"), 9, 9, 1.0, {"a": 1.0}, ()),
    ]  # fmt: skip
    found.append(_probed(X[:60, :3], y[:60]))
    return {type(one).__name__: one for one in found}


def _probed(X: np.ndarray, y: np.ndarray) -> Any:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "v.npz", X=X, y=y)
        return tunescope.probe_vectors(Path(folder) / "v.npz")


CLASSES = [
    name
    for name in tunescope.__all__
    if inspect.isclass(found := getattr(tunescope, name)) and not issubclass(found, errors.TunescopeError)
]


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in WITHOUT])
def test_the_repr_of_a_public_class_is_one_short_line(name):
    if name not in examples():
        pytest.fail(f"there is no example of {name}: add one above, however small, or a reason to WITHOUT")
    said = repr(examples()[name])
    assert len(said) <= LIMIT, said[:300]
    assert "\n" not in said
    assert "array(" not in said


@pytest.mark.parametrize(
    "ask",
    [
        lambda X, y: geometry.label_distances(np.where(X > 3, np.nan, X), y),
        lambda X, y: geometry.label_distances(X, y[:-1]),
        lambda X, y: geometry.hull_distance(X, X[:, :5]),
        lambda X, y: geometry.DirectProbe().fit(X, [*list(y[:-1]), None]),
        lambda X, y: geometry.measure_space(X[:0], "effective-rank"),
        lambda X, y: geometry.compare_spaces(X, X[:-1], "cka"),
        lambda X, y: geometry.check_points([[1.0, 2.0], [1.0]]),
        lambda X, y: geometry.check_points(X.astype(str)),
        lambda X, y: geometry.check_points(X[None]),
        lambda X, y: tunescope.ClassifierProbe().fit(X, y[:-1]),
    ],
)
def test_an_error_prints_no_vector(ask):
    X, y = points(200)
    with pytest.raises(ValueError) as error:
        ask(X, y)
    assert len(str(error.value)) < 700
    numbers = sum(part.count(".") for part in str(error.value).split() if part.strip("[],").replace(".", "").isdigit())
    assert numbers < 4, str(error.value)
