"""The published DirectProbe's folder in, its result files out."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.errors import DataError
from tunescope.integrations import probe_vectors, read_vectors

# Two labels on a line: a at 0, b at 3 and 4 (one cluster each), and a again at 10, beyond b.
POINTS = [(0.0, 0.0), (3.0, 0.0), (4.0, 0.0), (10.0, 0.0)]
LABELS = ["a", "b", "b", "a"]
TEST = [((1.0, 0.0), "a"), ((4.0, 2.0), "b")]


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    for name in ("labels", "entities", "embeddings/train", "embeddings/test"):
        (data / name).mkdir(parents=True)
    (data / "labels/tags.txt").write_text("a\nb\n")
    (data / "entities/train.txt").write_text("".join(f"word {i}\t{label}\n" for i, label in enumerate(LABELS)))
    (data / "entities/test.txt").write_text("".join(f"test\t{label}\n" for _, label in TEST))
    (data / "embeddings/train/12.txt").write_text("".join(f"{x} {y}\n" for x, y in POINTS))
    (data / "embeddings/test/12.txt").write_text("".join(f"{x} {y}\n" for (x, y), _ in TEST))
    (tmp_path / "config.ini").write_text(
        "[run]\noutput_path = results/\n[data]\ncommon = data\n"
        "label_set_path = ${common}/labels/tags.txt\n"
        "entities_path = ${common}/entities/train.txt\n"
        "embeddings_path = ${common}/embeddings/train/12.txt\n"
        "test_entities_path = ${common}/entities/test.txt\n"
        "test_embeddings_path = ${common}/embeddings/test/12.txt\n"
        "[clustering]\nenable_cuda = False\nrate = 0.01\nmode = probing\nprobing_cluster_path = results/\n"
    )
    return tmp_path


def test_the_folder_is_read(folder):
    for place in (folder, folder / "config.ini"):
        read = read_vectors(place)
        np.testing.assert_array_equal(read.X, POINTS)
        assert read.y.tolist() == LABELS
        np.testing.assert_array_equal(read.X_test, [x for x, _ in TEST])
        assert read.y_test.tolist() == ["a", "b"]
        assert read.text[1] == "word 1"


def test_the_files_are_laid_out_as_published_byte_for_byte(folder):
    out = folder / "results"
    done = CliRunner().invoke(app, ["probe", str(folder), "--format", "directprobe", "--save", str(out)])
    assert done.exit_code == 0, done.output
    expected = {
        "clusters.txt": "0\n2\n2\n1\n",
        "dis.txt": "(0-a, 2-b): 3.0000\n(1-a, 2-b): 6.0000\n",
        "prediction.txt": (
            "a\t0-a,1.0000\t2-b,2.0000\t1-a,9.0000\n" + f"b\t2-b,2.0000\t0-a,{20**0.5:.4f}\t1-a,{40**0.5:.4f}\n"
        ),
        # no cluster has more than five points: nothing counts
        "vec.txt": "a---b,0.0000\n",
        "outside_min.txt": "a,0.0000\nb,0.0000\n",
        "inside_mean.txt": "a,0.0000\nb,0.0000\n",
        "inside_max.txt": "a,0.0000\nb,0.0000\n",
    }
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {k: v.encode() for k, v in expected.items()}


def test_distances_of_labels_are_over_clusters_of_more_than_five_points(tmp_path):
    square = np.array([(x, y) for x in (0.0, 1.0, 2.0) for y in (0.0, 1.0)])
    X = np.concatenate([square, square + np.array([5.0, 0.0]), [[100.0, 0.0]]])
    y = ["a"] * 6 + ["b"] * 6 + ["a"]
    np.savez(tmp_path / "v.npz", X=X, y=y)
    probe_vectors(tmp_path / "v.npz").save(tmp_path, "directprobe")
    assert (tmp_path / "vec.txt").read_text() == "a---b,3.0000\n"
    assert (tmp_path / "outside_min.txt").read_text() == "a,3.0000\nb,3.0000\n"
    assert (tmp_path / "inside_max.txt").read_text() == f"a,{5**0.5:.4f}\nb,{5**0.5:.4f}\n"
    apart = [np.hypot(*(p - q)) for i, p in enumerate(square) for q in square[:i]]
    assert (tmp_path / "inside_mean.txt").read_text() == f"a,{np.mean(apart):.4f}\nb,{np.mean(apart):.4f}\n"
    assert not (tmp_path / "prediction.txt").exists()


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("data/entities/train.txt", "word a\n", r"train\.txt, line 1: expected text, a tab and a label"),
        ("data/embeddings/train/12.txt", "1 2\n3 x\n", r"12\.txt, line 2: is not a list of numbers"),
        ("data/embeddings/train/12.txt", "1 2\n3\n", r"12\.txt, line 2: has 1 numbers; line 1 has 2"),
        ("data/embeddings/train/12.txt", "1 2\n", r"has 1 vectors, but .* has 4 points"),
        ("data/labels/tags.txt", "a\n", r"the label 'b' is not in"),
        ("config.ini", "[data]\n", r"does not say entities_path"),
        ("config.ini", "no section\n", r"config\.ini: "),
    ],
)
def test_a_file_that_is_wrong_is_named(folder, file, content, said):
    (folder / file).write_text(content)
    with pytest.raises(DataError, match=said):
        read_vectors(folder)


def test_the_only_formats_are_these(folder):
    with pytest.raises(DataError, match="did you mean directprobe"):
        probe_vectors(folder).save(folder, "directprob")
