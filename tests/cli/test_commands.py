"""What a person types, and what comes back: results on stdout, one clear message on stderr, an exit code."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app

COMMANDS = ["demo", "run", "probe", "report", "explore", "tasks", "encoders"]

STUDY = """\
name: small
encoders: {encoder}
tasks: [toy-question-coarse]
experiments: [performance, dynamics, paths]
epochs: 1
every: 2
fraction: 0.3
classifier: {{hidden: [16, 16], runs: 2, max_iter: 20}}
"""


@pytest.fixture
def invoke():
    def invoke(*arguments, code=0):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return invoke


def refused(result) -> str:
    """The one message of a command that ended with an error."""
    assert result.stdout == ""
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "Traceback" not in result.stderr
    return last.removeprefix("error: ")


@pytest.fixture(scope="module")
def study_file(tmp_path_factory, encoder_folder):
    path = tmp_path_factory.mktemp("study") / "small.yaml"
    path.write_text(STUDY.format(encoder=encoder_folder))
    return path


@pytest.fixture(scope="module")
def ran(study_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("ran") / "out"
    result = CliRunner().invoke(app, ["run", str(study_file), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out, result


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(invoke, command):
    said = invoke(command, "--help").stdout
    assert "Example: tunescope" in said
    assert "--json" in said
    assert "--quiet" in said


@pytest.mark.parametrize("command", ["demo", "run"])
def test_commands_that_compute_let_the_device_be_chosen(invoke, command):
    assert "--device" in invoke(command, "--help").stdout


def test_the_version_is_told(invoke):
    from tunescope import __version__

    assert invoke("--version").stdout.strip() == __version__


def test_help_comes_at_once():
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tunescope", "--help"], check=True, stdout=subprocess.DEVNULL)
    assert time.perf_counter() - start < 3  # under a second where nothing else runs


def test_a_study_ends_with_a_table_of_80_columns(ran):
    _, result = ran
    lines = result.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert "small · toy-question-coarse, layer 2" in lines
    assert any(line.startswith("  original") for line in lines)
    assert any(line.startswith("  tuned") for line in lines)
    assert lines[-1].startswith("results: ")


def test_how_a_study_goes_is_told_on_stderr(ran):
    _, result = ran
    assert "[1/" in result.stderr
    assert "note: toy-question-coarse: a sub-sample" in result.stderr


def test_run_again_it_says_that_nothing_is_missing(ran, invoke, study_file):
    out, first = ran
    again = invoke("run", study_file, "--out", out)
    assert "nothing was missing" in again.stdout
    assert again.stdout.splitlines()[:6] == first.stdout.splitlines()[:6]


def test_json_is_one_document_and_quiet_is_quiet(ran, invoke, study_file):
    out, _ = ran
    result = invoke("run", study_file, "--out", out, "--json", "--quiet")
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert found["study"] == "small"
    assert found["summary"][0]["before"]["linear"] in ([True], [False])
    assert found["units_done_now"] == 0


def test_quiet_holds_back_what_the_package_says_while_it_works(invoke):
    package = logging.getLogger("tunescope")
    for arguments, level in ((("encoders", "--quiet"), logging.ERROR), (("encoders",), logging.NOTSET)):
        invoke(*arguments)
        assert package.level == level


def test_the_command_line_overrides_the_file(ran, invoke, study_file, encoder_folder, tmp_path):
    arguments = ["--encoder", f"mine={encoder_folder}", "--task", "toy-coin", "--seeds", "3", "--layers", "1"]
    arguments += ["--epochs", "1", "--every", "9", "--device", "cpu", "--fraction", "0.2"]
    result = invoke("run", study_file, "--out", tmp_path, "--json", "-q", *arguments)
    row = json.loads(result.stdout)["summary"][0]
    assert (row["encoder"], row["task"], row["layer"]) == ("mine", "toy-coin", 1)
    record = json.loads((tmp_path / "study.json").read_text())
    assert record["study"]["seeds"] == [3]
    assert record["overrides"]["fraction"] == 0.2
    assert (tmp_path / "study.yaml").read_text() == study_file.read_text()


def test_a_report_and_its_figures_are_written(ran, invoke):
    out, _ = ran
    found = json.loads(invoke("report", out, "--json").stdout)
    assert os.path.getsize(found["report"]) > 1000
    assert any("minimum-distances" in path for path in found["figures"])
    assert any("centroid-paths" in path for path in found["figures"])


def started(command):
    """A program as a terminal starts it: where the tests run in the background, Ctrl-C is ignored and handed down."""
    return subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@contextmanager
def exploring(folder, *options):
    """The explorer in a process of its own, and the first line that it prints."""
    command = [sys.executable, "-m", "tunescope", "explore", str(folder), "--no-open", *options]
    with started(command) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_the_explorer_serves_the_points_until_ctrl_c(ran):
    out, _ = ran
    with exploring(out, "--json") as (process, first):
        address = json.loads(first)["url"]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}data/points/0", timeout=10) as answer:
            points = json.loads(answer.read())
        assert points["splits"] == ["train", "test"]
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in said
    with pytest.raises(OSError):
        urllib.request.urlopen(address, timeout=2)


def test_the_explorer_says_where_it_is(ran):
    with exploring(ran[0]) as (_, first):
        assert first.startswith("explorer: http://127.0.0.1:")


def test_the_explorer_needs_points_and_a_free_address(ran, invoke, tmp_path):
    out, _ = ran
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(invoke("explore", out, "--no-open", "--port", port, code=2))
        assert said.startswith(f"127.0.0.1:{port}: cannot listen there: Address already in use")
    bare = shutil.copytree(out, tmp_path / "bare", ignore=shutil.ignore_patterns("explorer", "units"))
    said = refused(invoke("explore", bare, "--no-open", code=2))
    assert "explorer" in said  # study.json names files that are not there
    assert said.endswith("run the study again, which lays it out anew from its units")
    (bare / "study.json").unlink()
    assert "stored no points" in refused(invoke("explore", bare, "--no-open", code=2))


def test_tasks_and_encoders_are_listed(invoke):
    assert {"pos", "dep", "toy-pos"} <= {task["name"] for task in json.loads(invoke("tasks", "--json").stdout)}
    names = [encoder["name"] for encoder in json.loads(invoke("encoders", "--json").stdout)]
    assert names == ["tiny", "mini", "small", "medium", "base", "embedded"]
    for command in ("tasks", "encoders"):
        assert max(map(len, invoke(command).stdout.splitlines())) <= 80


def test_a_task_shows_its_labels_and_what_is_odd(invoke):
    said = invoke("tasks", "toy-coin").stdout
    assert "heads" in said
    assert "note: " in said
    shown = json.loads(invoke("tasks", "toy-coin", "--json").stdout)
    assert shown["splits"]["train"]["labels"]["heads"] == shown["splits"]["train"]["labels"]["tails"]
    assert shown["splits"]["train"]["conflicts"][0]["labels"] == ["heads", "tails"]


SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
SIDES = np.array(["left", "left", "right", "right"])


def _vectors(folder, suffix, X=SQUARE, y=SIDES, column="label"):
    path = folder / f"vectors{suffix}"
    table = pd.DataFrame(X, columns=["x0", "x1"]).assign(**{column: y})
    if suffix == ".npz":
        np.savez(path, X=X, y=y)
    elif suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, sep="\t" if suffix == ".tsv" else ",", index=False)
    return path


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".tsv", ".parquet"])
def test_vectors_of_ones_own_are_probed(invoke, tmp_path, suffix):
    found = json.loads(invoke("probe", _vectors(tmp_path, suffix), "--json").stdout)
    assert (found["n_points"], found["width"], found["n_clusters"], found["linear"]) == (4, 2, 2, True)
    assert [(row["label"], row["nearest"]) for row in found["labels"]] == [("left", "right"), ("right", "left")]
    assert found["labels"][0]["distance"] == pytest.approx(4, rel=1e-3)


def test_what_blocks_linearity_is_shown_and_clusters_are_saved(invoke, tmp_path):
    X = np.array([[0.0, 0], [2, 0], [1, 0], [5, 0], [5, 0]])
    path = _vectors(tmp_path, ".npz", X, np.array(["a", "a", "b", "a", "b"]))
    said = invoke("probe", path, "--save", tmp_path / "saved").stdout
    assert "not linear" in said
    assert "conflict: a and b, 2 points" in said
    assert "overlap: a and b" in said
    clusters = pd.read_parquet(tmp_path / "saved" / "clusters.parquet")
    assert clusters["label"].tolist() == ["a", "a", "b", "a", "b"]
    assert clusters.groupby("cluster")["label"].nunique().max() == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_are_not_numbers_are_one_clear_message(invoke, tmp_path, bad):
    X = SQUARE.copy()
    X[2, 1] = bad
    said = refused(invoke("probe", _vectors(tmp_path, ".npz", X), code=2))
    assert "1 of 4 vectors hold NaN or infinity, the first is number 2" in said


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.write_bytes(b"PK not really"), "cannot be read as a NumPy archive"),
        (lambda path: np.savez(path, X=SQUARE), "lacks the array 'y'; it holds X"),
        (lambda path: np.savez(path, X=SQUARE, y=SIDES[:2]), "4 vectors, but 2 labels"),
        (lambda path: np.savez(path, X=SQUARE, y=np.repeat("a", 4)), "at least two labels"),
        (lambda path: np.savez(path, X=SQUARE.astype(str), y=SIDES), "text, not real numbers"),
        (lambda path: np.savez(path, X=SQUARE, y=SIDES.astype(object)), "holds Python objects"),
    ],
)
def test_a_file_that_holds_no_labelled_vectors_is_refused(invoke, tmp_path, make, said):
    path = tmp_path / "vectors.npz"
    make(path)
    assert said in refused(invoke("probe", path, code=2))


def test_a_table_without_its_label_column_or_with_other_text_is_refused(invoke, tmp_path):
    path = _vectors(tmp_path, ".csv", column="tag")
    invoke("probe", path, "--label-column", "tag")
    assert "has no column 'gat'" in refused(invoke("probe", path, "--label-column", "gat", code=2))
    path.write_text("x0,x1\n1,2\n3,4\n")
    assert "has no column 'label'" in refused(invoke("probe", path, code=2))
    path.write_text("x0,word,label\n1,cat,a\n2,dog,b\n")
    assert "the column 'word' is no part of a vector: row 0" in refused(invoke("probe", path, code=2))


def test_labels_that_look_like_missing_values_are_labels(invoke, tmp_path):
    path = tmp_path / "vectors.csv"
    path.write_text("x0,label\n1,NA\n2,None\n5,3\n")
    found = json.loads(invoke("probe", path, "--json").stdout)
    assert [row["label"] for row in found["labels"]] == ["3", "NA", "None"]


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """No network, no cache, no data folder."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TUNESCOPE_DATA_DIR", str(tmp_path))


def test_a_data_file_that_cannot_be_had_is_one_clear_message(invoke, offline, tmp_path, study_file):
    said = refused(invoke("run", study_file, "--task", "pos", "--out", tmp_path / "out", "--quiet", code=2))
    assert "en_pud-ud-test.conllu is missing" in said
    assert "TUNESCOPE_DATA_DIR" in said
    assert not (tmp_path / "out").exists()


def test_a_data_file_with_another_checksum_is_one_clear_message(invoke, offline, tmp_path):
    (tmp_path / "en_pud-ud-test.conllu").write_text("# not the treebank\n")
    said = refused(invoke("tasks", "pos", code=2))
    assert "is not the file that is expected: its sha256 is" in said


def test_a_broken_line_of_conllu_is_named(invoke, tmp_path):
    path = tmp_path / "mine.conllu"
    path.write_text("1\tDogs\tdog\tNOUN\t_\t_\t0\troot\t_\t_\n2\tbark\tbark\n\n")
    assert refused(invoke("tasks", path, code=2)).startswith(f"{path}, line 2: ")


def test_an_encoder_folder_without_a_tokenizer_is_one_clear_message(invoke, encoder_folder, tmp_path, study_file):
    bare = shutil.copytree(encoder_folder, tmp_path / "bare")
    for path in bare.glob("*token*"):
        path.unlink()
    (bare / "vocab.txt").unlink(missing_ok=True)
    said = refused(invoke("run", study_file, "--encoder", bare, "-q", code=2))
    assert "has no tokeniser" in said


def test_a_label_that_train_lacks_is_shown(invoke, tmp_path, study_file):
    train, test = tmp_path / "train.tsv", tmp_path / "test.tsv"
    train.write_text("text\tlabel\n" + "".join(f"the dog sees {i}\t{'ab'[i % 2]}\n" for i in range(6)))
    test.write_text("text\tlabel\nthe cat\ta\nthe boy\tnew\n")
    study = tmp_path / "own.yaml"
    task = "{name: mine, file: train.tsv, test_file: test.tsv}"
    text = study_file.read_text().replace("toy-question-coarse", task).replace("fraction: 0.3\n", "")
    study.write_text(text.replace("performance, dynamics, paths", "performance"))
    result = invoke("run", study, "--out", tmp_path / "out")
    assert "1 label of test is not in train (1 target): new" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "paper-performanse"], "did you mean paper-performance"),
        (["run", "absent.yaml"], "there is no such study file"),
        (["report", "absent"], "there is no such folder"),
        (["explore", "absent"], "there is no such folder"),
        (["tasks", "toy-poss"], "unknown task 'toy-poss'; did you mean toy-pos"),
        (["tasks", "absent.conllu"], "there is no such file"),
    ],
)
def test_what_is_not_there_is_one_clear_message(invoke, arguments, said):
    assert said in refused(invoke(*arguments, code=2))


def test_arguments_that_make_no_sense_are_told(invoke, study_file):
    assert "no list of whole numbers" in invoke("run", study_file, "--seeds", "one", code=2).stderr
    assert "given for this run: epochs" in refused(invoke("run", study_file, "--epochs", "0", code=2))


def test_debugging_shows_where_an_error_arose(tmp_path):
    environment = {**os.environ, "TUNESCOPE_DEBUG": "1"}
    command = [sys.executable, "-m", "tunescope", "run", str(tmp_path / "absent.yaml")]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert shown.returncode != 0
    assert "Traceback" in shown.stderr


def test_ctrl_c_says_how_to_go_on(study_file, tmp_path):
    command = [sys.executable, "-m", "tunescope", "run", str(study_file), "--epochs", "50", "--out"]
    command += [str(tmp_path / "out")]
    with started(command) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "fine-tuning" in line:
                break
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "goes on from there" in said
    assert "Traceback" not in said
