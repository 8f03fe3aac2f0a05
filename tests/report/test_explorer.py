"""The explorer's server: it serves its study, to this machine, and nothing else."""

from __future__ import annotations

import http.client
import json
import shutil
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from explored import sections_with

from tunescope.errors import StorageError
from tunescope.report import serve_explorer, write_report
from tunescope.report._page.points import Points
from tunescope.storage import ArrayFile, write_arrays


def ask(server, path, method="GET", **headers):
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def data_of(page):
    """What a page carries."""
    text = page.read_text(encoding="utf-8")
    return json.loads(text.split('<script type="application/json" id="data">')[1].split("</script>")[0])


def test_it_binds_to_this_machine_and_takes_a_free_port(server):
    address = urlsplit(server.url)
    assert address.hostname == "127.0.0.1"
    assert address.port != 0


def test_it_serves_page_points_and_projections(server, points_dir):
    status, content, headers = ask(server, "/")
    assert status == 200
    assert b"connect-src 'self'" in content
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    status, content, _ = ask(server, "/data/points/0")
    points = json.loads(content)
    assert len(points["label"]) == len(points["sentence"]) == len(points["positions"])
    first = Points(points_dir).projections[0]
    status, content, _ = ask(server, "/data/projection/0")
    assert content == first.path.read_bytes()
    assert ask(server, "/report")[0] == 200
    status, content, headers = ask(server, "/data/projection/0", "HEAD")
    assert (status, content) == (200, b"")
    assert int(headers["Content-Length"]) == first.path.stat().st_size


@pytest.mark.parametrize(
    "path",
    ["/study.json", "/../study.json", "/tables/gaps.parquet", "/data/projection/99", "/data/projection/-1",
     "//etc/passwd", "/data/points/0/../../../study.json", "/%2e%2e/study.json", "/data/projection/0%00", "/report/"],
)  # fmt: skip
def test_nothing_else_is_there(server, path):
    assert ask(server, path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_only_answers_questions(server, method):
    assert ask(server, "/", method)[0] == 405


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::1"])
def test_a_page_elsewhere_cannot_reach_it_by_another_name(server, host):
    assert ask(server, "/", Host=host)[0] == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1", "[::1]:80"])
def test_this_machine_goes_by_several_names(server, host):
    assert ask(server, "/", Host=host)[0] == 200


def test_points_are_those_of_the_file_and_sentences_come_once(points_dir):
    points = Points(points_dir)
    rows = pd.read_parquet(points_dir / "explorer" / "points.parquet").query("task == 'toy-role'")
    found = points.of_task("toy-role")
    assert [found["labels"][label] for label in found["label"]] == list(rows["label"])
    assert [found["splits"][split] for split in found["split"]] == list(rows["split"])
    assert [found["sentences"][number] for number in found["sentence"]] == [list(words) for words in rows["words"]]
    assert len(found["sentences"]) == len({tuple(words) for words in found["sentences"]})
    assert found["splits"][0] == "train"
    with pytest.raises(StorageError, match="no point"):
        points.of_task("another")


def test_a_study_without_projections_says_so(make_study):
    folder = make_study(tables=("gaps",), layers=(1,), seeds=(0,))
    with pytest.raises(StorageError, match="no points"):
        serve_explorer(folder)
    assert "points" not in data_of(write_report(folder))["sections"]


def test_projections_that_do_not_fit_are_an_error(points_dir, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(points_dir, folder)
    path = next((folder / "explorer").glob("projection-*.safetensors"))
    stored = ArrayFile(path)
    arrays = {name: np.array(stored[name]) for name in stored}
    metadata = dict(stored.metadata)
    del stored
    write_arrays(path, {**arrays, "projection": arrays["projection"][:, :, :-1]}, metadata)
    with pytest.raises(StorageError, match="points"):
        Points(folder).of_task(metadata["task"])
    write_arrays(path, {**arrays, "projection": arrays["projection"][1:]}, metadata)
    with pytest.raises(StorageError, match="shape"):
        _ = Points(folder).projections
    write_arrays(path, arrays, {key: value for key, value in metadata.items() if key != "seed"})
    with pytest.raises(StorageError, match="seed"):
        _ = Points(folder).projections
    path.write_bytes(b"not safetensors at all")
    with pytest.raises(StorageError):
        serve_explorer(folder)


def test_maps_that_do_not_fit_their_projection_are_an_error(points_dir, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(points_dir, folder)
    path = next((folder / "explorer").glob("projection-*.safetensors"))
    stored = ArrayFile(path)
    arrays = {name: np.array(stored[name]) for name in stored}
    metadata = dict(stored.metadata)
    del stored
    n_updates, n_layers, n, _ = arrays["projection"].shape
    places = np.zeros((n_updates, n_layers, 5, 2), np.int16)
    rows = np.arange(0, n, n // 5, dtype=np.int32)[:5]

    def projections(places=places, rows=rows, **about):
        write_arrays(path, {**arrays, "projection-tsne": places, "rows-tsne": rows}, {**metadata, **about})
        return Points(folder).projections

    assert projections()
    ends = json.loads(metadata["updates"])[:: n_updates - 1]
    assert projections(places[[0, -1]], tsne_updates=json.dumps(ends))
    # Without rows a map holds all points, as projections by other programs may.
    write_arrays(path, {**arrays, "projection-umap": arrays["projection"]}, metadata)
    assert Points(folder).projections
    with pytest.raises(StorageError, match="shape"):
        projections(places[1:])
    with pytest.raises(StorageError, match="shape"):
        projections(places[..., :1])
    with pytest.raises(StorageError, match="holds points"):
        projections(rows=rows + n)
    with pytest.raises(StorageError, match="updates or layers that"):
        projections(tsne_layers="[99]")
    with pytest.raises(StorageError, match="not readable"):
        projections(tsne_updates="[0,")


def test_the_page_holds_the_points_where_they_fit(points_dir):
    def points(**options):
        return data_of(write_report(points_dir, **options))["sections"]["points"]

    assert len(points()["projections"]) == 2
    largest = max(one.path.stat().st_size for one in Points(points_dir).projections)
    found = points(shown=sections_with(int(largest * 1.6)))
    assert [one["seed"] for one in found["projections"]] == [0]
    assert found["note"].startswith("1 further projection ")
    assert found["left_out"] == []
    found = points(shown=sections_with(10))
    assert found["projections"] == []
    assert len(found["left_out"]) >= 1
    assert found["note"] == "2 projections are too large for this page; `tunescope explore` shows all."
