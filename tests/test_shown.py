"""Results show themselves in a notebook, and nothing that came as data is markup."""

from __future__ import annotations

import inspect
from importlib import import_module

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from tunescope.encoders import Encoding, load_encoder
from tunescope.finetuning import Recipe, fine_tune
from tunescope.geometry import label_distances, measure, spatial_similarity
from tunescope.integrations import probe_vectors, read_vectors
from tunescope.probes import grid_search
from tunescope.studies import Study, run_study
from tunescope.studies._watching import NotebookWatcher, Watcher, watcher_here
from tunescope.tasks import Sentence, Split, Target, Task

matplotlib.use("Agg")
EVIL = "<script>alert(1)</script>"
ROOMS = ("tasks", "geometry", "probes", "encoders", "finetuning", "studies", "integrations")
RESULTS = {
    "Encoding",
    "FineTuning",
    "GridResult",
    "HullDistance",
    "LabelDistances",
    "LabelledVectors",
    "Measured",
    "ProbedVectors",
    "Representation",
    "Separation",
    "SpatialSimilarity",
    "Split",
    "StudyResult",
    "Task",
}


@pytest.fixture(scope="module")
def task():
    def split(name, n):
        words = ("she", "will", "sing"), ("they", "saw", "a", "dog")
        sentences = tuple(Sentence(str(i), words[i % 2]) for i in range(n))
        return Split(name, sentences, tuple(Target(i, (), (EVIL, "b")[i % 2]) for i in range(n)))

    return Task("evil", "sentence", split("train", 12), split("test", 4), EVIL, EVIL, notes=(EVIL,))


@pytest.fixture(scope="module")
def shown(task, encoder_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    random = np.random.default_rng(0)
    y = np.repeat([EVIL, "b", "c"], 10)
    X = random.normal(size=(30, 4)) + 9 * np.repeat(np.eye(3, 4), 10, axis=0)
    pd.DataFrame(X).assign(label=y).rename(columns=str).to_csv(folder / "vectors.csv", index=False)
    encoder = load_encoder(encoder_folder)
    distances = label_distances(X, y)
    study = Study(name="evil", encoders=[encoder], tasks=[task], experiments=["dynamics"], epochs=1)
    encoding = Encoding((1,), {1: X.astype(np.float32)}, y, 0, encoder=EVIL, task=EVIL)
    return [
        task,
        task.train,
        distances,
        next(iter(distances.certificates.values())),
        spatial_similarity(distances, distances),
        measure(X, y, names=["silhouette"])[0],
        grid_search(X, y, X, y, hidden=[(4, 4)], alphas=[1e-4], runs=1, max_iter=5),
        encoding,
        encoding.representation(1),
        fine_tune(encoder, task, Recipe(epochs=1), seed=0),
        run_study(study, folder / "study"),
        read_vectors(folder / "vectors.csv"),
        probe_vectors(folder / "vectors.csv"),
    ]


def test_nothing_that_came_as_data_is_markup(shown):
    for one in shown:
        html = one._repr_html_()
        assert html.startswith("<div>"), type(one)
        assert EVIL not in html, type(one)
    assert sum("&lt;script&gt;" in one._repr_html_() for one in shown) >= 8


def test_every_result_shows_itself():
    found = {}
    for room in ROOMS:
        module = import_module(f"tunescope.{room}")
        for name in module.__all__:
            one = getattr(module, name)
            if inspect.isclass(one) and hasattr(one, "_repr_html_"):
                found[name] = one
    assert found.keys() >= RESULTS - {"Separation"}, RESULTS - found.keys()


def test_what_can_be_drawn_is_drawn_on_axes(shown):
    drawn = 0
    for one in shown:
        if hasattr(one, "plot"):
            assert isinstance(one.plot(), matplotlib.axes.Axes)
            ax = plt.subplots()[1]
            assert one.plot(ax) is ax
            drawn += 1
    plt.close("all")
    assert drawn >= 6


def test_a_study_shows_its_page_in_a_frame(shown):
    study = next(one for one in shown if type(one).__name__ == "StudyResult")
    html = study.show(height=300)._repr_html_()
    assert html.startswith("<iframe sandbox=")
    assert "height:300px" in html
    assert html.count("<") == 2, "the page within is text of an attribute"


def test_a_bar_in_a_notebook_and_nothing_elsewhere(monkeypatch, capsys):
    from types import SimpleNamespace

    assert type(watcher_here()) is Watcher
    monkeypatch.setitem(
        __import__("sys").modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1))
    )
    bar = watcher_here()
    assert type(bar) is NotebookWatcher
    bar.planned(0)
    bar.started("a", 1, 1)
    bar.noted("odd")
    assert capsys.readouterr().out == "note: odd\n"
