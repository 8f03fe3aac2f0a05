"""A study folder without a study: points that drift apart layer by layer, measured and written as tables."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

POS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "VERB")
ROLES = ("Agent", "Cost", "Goal", "Locus", "Manner", "Path", "Source", "Species", "Stuff", "Time", "Whole")
WORDS = (
    "the",
    "a",
    "cold",
    "river",
    "house",
    "runs",
    "quickly",
    "of",
    "and",
    "seven",
    "green",
    "to",
    "walks",
    "she",
    "bright",
    ".",
)


@dataclass(frozen=True)
class Planted:
    """What a synthetic study shall hold; every number of its tables follows from these and the seed."""

    tasks: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"toy-pos": POS, "toy-role": ROLES})
    encoders: tuple[str, ...] = ("embedded",)
    pairs: tuple[tuple[str, str], ...] = (
        ("toy-pos", "toy-pos"),
        ("toy-role", "toy-role"),
        ("toy-role", "toy-pos"),
    )
    """(probed task, task of the fine-tuning)."""
    seeds: tuple[int, ...] = (0, 1, 2)
    layers: tuple[int, ...] = (0, 1, 2, 3, 4)
    updates: tuple[int, ...] = tuple(range(0, 65, 5))
    per_label: int = 30
    width: int = 12
    tables: tuple[str, ...] | None = None
    """Only these tables, where given."""
    projections: bool = False
    """Whether the points themselves are stored as well."""


def write_study(folder: Path, planted: Planted | None = None) -> Path:
    """Write a study folder as `tunescope run` leaves it; returns the folder."""
    planted = planted or Planted()
    rows: dict[str, list[dict]] = {}

    def add(table: str, **row: object) -> None:
        rows.setdefault(table, []).append(row)

    top = max(planted.layers)
    last = max(planted.updates)
    for task, labels in planted.tasks.items():
        for split, label in itertools.product(("train", "test"), labels):
            n = planted.per_label if split == "train" else planted.per_label // 4
            add("tasks", task=task, kind="word", split=split, label=label, n=n)
    for encoder, (task, tuned_on) in itertools.product(planted.encoders, planted.pairs):
        labels = planted.tasks[task]
        k = len(labels)
        rng = np.random.default_rng([len(encoder), *map(ord, task)])
        start = {layer: rng.normal(size=(k, planted.width)) * (1.2 + 0.5 * layer) for layer in planted.layers}
        own = 1.0 if task == tuned_on else -0.35
        for seed in planted.seeds:
            rng = np.random.default_rng([seed, k, *map(ord, task + tuned_on)])
            pull = rng.uniform(0.15, 1.0, size=k)
            pull[-1] = -0.1
            drift = rng.normal(size=(k, planted.width))
            origin = {
                "encoder": encoder,
                "task": task,
                "tuned_on": tuned_on,
                "seed": seed,
                "stage": "fine-tuned",
            }
            ways: dict[int, np.ndarray] = {}
            for layer in planted.layers:
                depth = (layer / top) ** 2.2 if top else 1.0
                means = []
                for update in planted.updates:
                    at = 1 - np.exp(-3.0 * update / last)
                    step = 1 + 1.6 * own * depth * at * pull[:, None]
                    noise = 0.02 * depth * rng.normal(size=drift.shape) * (update > 0)
                    means.append(start[layer] * step + 2.2 * depth * at * drift + noise)
                measure(add, origin, layer, labels, means, planted)
                ways[layer] = np.stack(means)
            if planted.projections:
                write_projection(folder, origin, labels, ways, planted)
            n_updates = range(1, last + 1)
            for update in n_updates:
                loss = 2.6 * np.exp(-update / 14) + 0.05 + 0.05 * rng.random()
                add(
                    "training",
                    **origin,
                    layer=-1,
                    update=update,
                    epoch=update / 25,
                    loss=loss,
                    learning_rate=3e-4 * min(1, update / 6) * (1 - update / (last + 1)),
                )
        probes(add, encoder, task, tuned_on, planted, labels, own)
    if planted.projections:
        write_points(folder, planted)
    if planted.tables is not None:
        rows = {name: part for name, part in rows.items() if name in planted.tables}
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, part in rows.items():
        pd.DataFrame(part).drop_duplicates().to_parquet(folder / "tables" / f"{name}.parquet")
    settings = {
        "name": "synthetic",
        "settings": {
            "encoders": list(planted.encoders),
            "seeds": list(planted.seeds),
            "recipe": {"epochs": 3},
        },
        "versions": {"tunescope": "0.1.0", "torch": "2.13.0"},
    }
    (folder / "study.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "study.yaml").write_text("name: synthetic\n", encoding="utf-8")
    return folder


def points_of(labels: tuple[str, ...], planted: Planted) -> list[tuple[str, int, str]]:
    """(split, index, label) of every point of a task, in the order of the files."""
    return [
        (split, index, labels[index % len(labels)])
        for split, n in (("train", planted.per_label), ("test", planted.per_label // 4))
        for index in range(n * len(labels))
    ]


def write_points(folder: Path, planted: Planted) -> None:
    """DIR/explorer/points.parquet: every point with its sentence."""
    words = ["the", "bright", "river", "quickly", "walks", "of", "seven", "houses", "<b>green</b>", "."]
    rows = []
    for task, labels in planted.tasks.items():
        for number, (split, index, label) in enumerate(points_of(labels, planted)):
            turn = number // 4 % len(words)
            sentence = [*words[turn:], *words[:turn], f"w{number // 4}"]
            rows.append(
                {"task": task, "split": split, "index": index, "label": label, "words": sentence,
                 "positions": [number % len(sentence)]}
            )  # fmt: skip
    (folder / "explorer").mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_parquet(folder / "explorer" / "points.parquet")


def write_projection(
    folder: Path, origin: dict, labels: tuple[str, ...], ways: dict[int, np.ndarray], planted: Planted
) -> None:
    """DIR/explorer/projection-….safetensors: all updates of a layer in axes that they share."""
    points = points_of(labels, planted)
    label = np.array([labels.index(name) for _, _, name in points])
    rng = np.random.default_rng(len(points))
    around = rng.normal(size=(len(points), planted.width)) * 0.45
    n_updates, n_layers, n = len(planted.updates), len(ways), len(points)
    steps = np.zeros((n_updates, n_layers, n, 3), dtype=np.int16)
    scale, variance = np.zeros(n_layers, dtype=np.float32), np.zeros((n_layers, 3), dtype=np.float32)
    clusters = np.full((n_updates, n_layers, n), -1, dtype=np.int16)
    margins = np.full((2, 1, len(labels), n), -32768, dtype=np.int16)
    margin_scale = np.ones((2, 1), dtype=np.float32)
    for place, way in enumerate(ways.values()):
        X = way[:, label] + around
        flat = X.reshape(-1, planted.width)
        centre = flat.mean(0)
        _, values, axes = np.linalg.svd(flat - centre, full_matrices=False)
        seen = (X - centre) @ axes[:3].T
        scale[place] = np.abs(seen).max() / 32767
        variance[place] = values[:3] ** 2 / (values**2).sum()
        steps[:, place] = np.round(seen / scale[place])
    for end, update in enumerate((0, n_updates - 1)):
        clusters[update, -1] = label + (len(labels) * (np.arange(n) % 7 == 0) if update == 0 else 0)
        way = ways[planted.layers[-1]][update]
        X = way[label] + around
        apart = np.zeros((len(labels), n))
        for other in range(len(labels)):
            normal = way[label] - way[other]
            length = np.linalg.norm(normal, axis=1)
            middle = (way[label] + way[other]) / 2
            apart[other] = np.sum((X - middle) * normal, axis=1) / np.where(length > 0, length, np.nan)
        margin_scale[end, 0] = np.nanmax(np.abs(apart)) / 32767
        margins[end, 0] = np.where(np.isfinite(apart), np.round(apart / margin_scale[end, 0]), -32768)
    from tunescope.storage import write_arrays

    (folder / "explorer").mkdir(parents=True, exist_ok=True)
    name = f"projection-{origin['encoder']}-{origin['task']}-{origin['tuned_on']}-{origin['seed']}"
    ends = [planted.updates[0], planted.updates[-1]]
    write_arrays(
        folder / "explorer" / f"{name}.safetensors",
        {"projection": steps, "scale": scale, "variance": variance, "clusters": clusters, "margins": margins,
         "margin_scale": margin_scale},
        {"encoder": origin["encoder"], "task": origin["task"], "tuned_on": origin["tuned_on"],
         "seed": str(origin["seed"]), "updates": json.dumps(planted.updates), "layers": json.dumps(list(ways)),
         "labels": json.dumps(labels), "margin_updates": json.dumps(ends),
         "margin_layers": json.dumps([planted.layers[-1]])},
    )  # fmt: skip


def measure(add, origin, layer, labels, means, planted) -> None:
    """Rows of everything that follows from the labels' means at each update of one layer and seed."""
    radius = 0.9
    original = {**origin, "tuned_on": "", "seed": -1, "stage": "original"}
    first = vector(means[0], radius)
    flat = np.concatenate(means)
    axes = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:2]
    for number, (update, mean) in enumerate(zip(planted.updates, means, strict=True)):
        here = original if update == 0 else origin
        distance = between(mean, radius)
        scale = float(np.sqrt(np.mean(np.sum((mean - mean.mean(0)) ** 2, axis=1)) + radius**2))
        add(
            "spaces",
            **here,
            layer=layer,
            update=update,
            epoch=update / 25,
            scale=scale,
            n_points=planted.per_label * len(labels),
            width=planted.width,
        )
        for index, label in enumerate(labels):
            others = np.where(np.arange(len(labels)) == index, np.inf, distance[index])
            add(
                "gaps",
                **here,
                layer=layer,
                update=update,
                epoch=update / 25,
                label=label,
                n_points=planted.per_label,
                distance=float(others.min()),
                scaled=float(others.min() / scale),
                nearest=labels[int(others.argmin())],
            )
            x, y = axes @ (mean[index] - flat.mean(0))
            add("paths", **origin, layer=layer, update=update, label=label, x=float(x), y=float(y))
        if number in (0, len(means) - 1):
            for a, b in itertools.combinations(range(len(labels)), 2):
                d = distance[a, b]
                add(
                    "pairs",
                    **here,
                    layer=layer,
                    split="train",
                    update=update,
                    label_a=labels[a],
                    label_b=labels[b],
                    lower=d * 0.9995,
                    upper=d,
                    verdict="separable" if d > 0 else "meet",
                )
        if update:
            now = vector(mean, radius)
            similar(add, here, layer, update, "to-start", first, now, labels)
    for here, update, mean in ((original, 0, means[0]), (origin, planted.updates[-1], means[-1])):
        now = vector(mean, radius)
        noise = np.random.default_rng(len(labels)).normal(size=now.shape) * (0.2 + 0.6 * (update > 0))
        similar(add, here, layer, update, "train-test", now, now + noise, labels)
    moved = means[-1] - means[0]
    axes = np.linalg.svd(moved - moved.mean(0), full_matrices=False)[2][:2]
    for index, label in enumerate(labels):
        dx, dy = axes @ moved[index]
        length = float(np.linalg.norm(moved[index]))
        add("movement", **origin, layer=layer, label=label, dx=float(dx), dy=float(dy), length=length)


def between(mean: np.ndarray, radius: float) -> np.ndarray:
    """(k, k) distances between balls of one radius around the means."""
    apart = np.linalg.norm(mean[:, None] - mean[None], axis=-1)
    return np.maximum(apart - 2 * radius, 0.0)


def vector(mean: np.ndarray, radius: float) -> np.ndarray:
    """The distances of all pairs, one after the other."""
    return between(mean, radius)[np.triu_indices(len(mean), 1)]


def similar(add, origin, layer, update, comparison, a, b, labels) -> None:
    """Rows of one comparison, with what each label that is left out does to it."""
    r = float(np.corrcoef(a, b)[0, 1])
    z, half = np.arctanh(min(r, 0.999999)), 1.96 / np.sqrt(max(len(a) - 3, 1))
    common = {"layer": layer, "update": update, "comparison": comparison, "convention": "all"}
    add(
        "similarity",
        **origin,
        **common,
        pearson=r,
        spearman=r * 0.97,
        low=float(np.tanh(z - half)),
        high=float(np.tanh(z + half)),
        n_pairs=len(a),
        n_labels=len(labels),
    )
    i, j = np.triu_indices(len(labels), 1)
    for index, label in enumerate(labels):
        rest = (i != index) & (j != index)
        without = float(np.corrcoef(a[rest], b[rest])[0, 1])
        add("leave_one_out", **origin, **common, label=label, pearson=without)


def probes(add, encoder, task, tuned_on, planted, labels, own) -> None:
    """Rows of the probes of one encoder and task."""
    top = max(planted.layers)
    k = len(labels)
    stages = [("original", "", -1), *(("fine-tuned", tuned_on, seed) for seed in planted.seeds)]
    for stage, tuned, seed in stages:
        origin = {
            "encoder": encoder,
            "task": task,
            "tuned_on": tuned,
            "seed": seed,
            "stage": stage,
            "layer": top,
        }
        rng = np.random.default_rng([k, seed + 2, len(tuned)])
        base = 0.88 if stage == "original" else 0.88 + 0.08 * own
        for split, init in itertools.product(("train", "test"), range(5)):
            add(
                "accuracy",
                **origin,
                probe="classifier",
                split=split,
                init=init,
                accuracy=float(base + (0.02 if split == "train" else 0) + 0.004 * rng.normal()),
                hidden1=256,
                hidden2=256,
                alpha=1e-4,
                n=planted.per_label * k,
            )
        extra = 0 if stage != "original" else 14
        add(
            "clusters",
            **origin,
            n_points=planted.per_label * k,
            n_labels=k,
            n_clusters=k + extra,
            linear=not extra,
            undecided=0,
            conflicts=1 if extra else 0,
            intra_accuracy=base - 0.03,
            seconds=1.5,
        )
        cluster = 0
        for index, label in enumerate(labels):
            parts = [planted.per_label] if not extra or index > 4 else [planted.per_label - 6, 3, 2, 1]
            for size in parts:
                add("cluster_sizes", **origin, cluster=cluster, label=label, n_points=size)
                cluster += 1
        if extra:
            for a, b, n in ((labels[0], labels[1], 4), (labels[1], labels[3], 2)):
                add(
                    "blocks",
                    **origin,
                    kind="overlap",
                    label_a=a,
                    label_b=b,
                    n_points=n,
                    points="3 17 21",
                    text="she walks [to] the cold river | the bright [green] house",
                )
            add(
                "blocks",
                **origin,
                kind="conflict",
                label_a=labels[0],
                label_b=labels[2],
                n_points=2,
                points="5 9",
                text="seven [green] the house .",
            )
        for epoch in range(0, 41):
            rise = 1 - np.exp(-epoch / 8)
            follows = "test" if stage == "original" else "subtrain"
            for split, end in (("subtrain", 0.995), ("test", base)):
                add(
                    "memorisation",
                    **origin,
                    split=split,
                    probe_epoch=epoch,
                    accuracy=0.2 + (end - 0.2) * rise,
                )
            end = base + 0.005 if follows == "test" else 0.985
            add(
                "memorisation",
                **origin,
                split="subtest",
                probe_epoch=epoch,
                accuracy=0.2 + (end - 0.2) * rise,
            )


@pytest.fixture(scope="session")
def study_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One study of everything, read by all tests and changed by none."""
    return write_study(tmp_path_factory.mktemp("study") / "synthetic")


@pytest.fixture(scope="session")
def points_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that stored its points: one run with two seeds."""
    planted = Planted(pairs=(("toy-role", "toy-role"),), seeds=(0, 1), layers=(0, 1, 2, 3), projections=True)
    return write_study(tmp_path_factory.mktemp("study") / "points", planted)


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study of one's own: `make_study(seeds=(0,), tables=("gaps",))`."""

    def make(name: str = "study", **changes: object) -> Path:
        return write_study(tmp_path / name, Planted(**changes))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def page(study_dir: Path) -> Path:
    """The report page of the whole study."""
    from tunescope.report import write_report

    return write_report(study_dir)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium; where there is none, tests skip, and fail where CI is set."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    absent = [name for name, path in (("chromium", program), ("chromedriver", driver)) if path is None]
    if importlib.util.find_spec("selenium") is None:
        absent.append("the Python package selenium")
    if absent:
        reason = f"browser tests need {' and '.join(absent)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(program)
    profile = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--enable-unsafe-swiftshader", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driven = webdriver.Chrome(options=options, service=Service(str(driver)))
    try:
        yield Browser(driven)
    finally:
        driven.quit()


class Browser:
    """What the tests do with a page: open it at a size, run a script in it, read what its console said."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str, width: int = 1366, height: int = 768, dark: bool = False) -> None:
        """Open a page afresh."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.size(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, calm]})
        self.driver.get(address)
        self.wait("return Boolean(document.documentElement.dataset.drawn)")
        self.settle()

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, script: str, *arguments: object) -> Any:
        """The value that a script returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, seconds: float = 10.0) -> None:
        """Until a script returns something true."""
        end = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < end, f"not within {seconds} s: {script}"
            time.sleep(0.02)

    def settle(self) -> None:
        """Until what was asked for has been drawn: two frames later."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"
        )

    def element(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def choose(self, selector: str, value: str) -> None:
        """Choose an entry of a drop-down list as a reader does."""
        from selenium.webdriver.support.ui import Select

        Select(self.element(selector)).select_by_value(value)
        self.settle()

    def click(self, selector: str) -> None:
        node = self.element(selector)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", node)
        self.settle()
        node.click()
        self.settle()

    def press(self, selector: str, *keys: str) -> None:
        """Press keys while an element has the focus."""
        from selenium.webdriver.common.keys import Keys

        node = self.element(selector)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'}); arguments[0].focus()", node)
        active = self.driver.switch_to.active_element
        for key in keys:
            active.send_keys(getattr(Keys, key) if len(key) > 1 else key)
        self.settle()

    def complaints(self) -> list[str]:
        """Errors and warnings of the console since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]
