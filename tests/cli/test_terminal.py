"""What a terminal is given: text and nothing that it obeys, in every encoding, at 80 columns; pipes that close."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from tunescope.cli._plain import folded, plain, plain_json, shortened
from tunescope.cli.main import app
from tunescope.integrations import probe_vectors

ODD = {
    "closing markup": "a[/]b",
    "markup": "[red]a[/red]",
    "a link": "[link=http://evil.example]a[/link]",
    "an emoji's name": "a:smile:b",
    "ESC": "a\x1b[2Jb",
    "OSC": "a\x1b]0;title\x07b",
    "C1": "a\x9b2Jb",
    "turned writing": "a\u202etxt.exe",
    "isolates": "a\u2066b\u2069",
    "a line end of Unicode": "a\u2028b",
    "carriage return": "a\rb",
    "backspace": "a\x08b",
    "NUL": "a\x00b",
    "half a character": "a\ud800b",
    "300 letters": "x" * 300,
    "300 wide letters": "漢" * 300,
}
OBEYED = ("\x1b", "\x07", "\x08", "\x9b", "\r", "\x00", "\u202e", "\u2066", "\u2069", "\u2028", "\ud800")


@pytest.mark.parametrize("kind", ODD)
def test_labels_are_text_whatever_they_hold(kind, tmp_path, monkeypatch):
    from tunescope.cli import _probe, _voice

    class Found:
        source, n_points, width, n_clusters, linear, undecided, conflicts, scale = "x", 4, 2, 2, False, 0, 0, 1.0
        notes = (ODD[kind],)
        n_pairs, n_forced, separable_by_chance, dimensions, chance = 1, 1, 1.0, 2, "chance alone gives this"
        gaps = ({"label": ODD[kind], "n_points": 2, "distance": 1.0, "scaled": None, "nearest": ODD[kind]},)
        blocks = ({"kind": "overlap", "label_a": ODD[kind], "label_b": ODD[kind], "n_points": 2},)

    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("COLUMNS", "80")
    _probe._show(Found())
    _voice.print_json(_probe._as_json(Found()))
    said = out.getvalue()
    assert not any(sign in said for sign in OBEYED)
    table, document = said.split("\n{", 1)
    lines = table.splitlines()
    assert max(map(cell_len, [line for line in lines if not line.startswith("overlap")])) <= 80
    assert json.loads("{" + document)["labels"][0]["label"] == ODD[kind]
    visible = plain(ODD[kind])
    assert visible in table or len(visible) == 300


@pytest.mark.parametrize("kind", ODD)
def test_an_error_is_text_whatever_it_names(kind, tmp_path):
    name = ODD[kind].replace("\x00", "").encode("utf-8", "replace").decode()
    said = CliRunner().invoke(app, ["probe", str(tmp_path / f"{name}.npz")])
    assert said.exit_code == 2
    assert not any(sign in said.stderr for sign in OBEYED)
    assert "Traceback" not in said.output


def test_a_bar_shows_titles_as_text(monkeypatch):
    from tunescope.cli._plain import PlainConsole
    from tunescope.cli._watch import BarWatcher

    console = PlainConsole()
    console.file, console._force_terminal = io.StringIO(), True
    with BarWatcher(console) as bar:
        bar.planned(1)
        bar.started("a[/]b\u202e" + "x" * 300, 1, 1)
        bar.progressed("encode\x9b", 1, 2)
        bar.noted("note [bold]\x1b]0;t\x07")
        bar.finished("a[/]b", 1.0, ("[/]",))
    said = console.file.getvalue()
    assert "\u202e" not in said
    assert "\x9b" not in said
    assert "\x1b]" not in said
    assert "note [bold]" in said


def test_texts_are_folded_and_shortened_by_columns():
    assert folded("x" * 170) == ["x" * 80, "x" * 80, "x" * 10]
    assert [cell_len(line) for line in folded("漢" * 50)] == [80, 20]
    assert folded("") == [""]
    assert shortened("short", 10) == "short"
    assert shortened("a" * 50 + "z" * 50, 11) == "aaaaa…zzzzz"
    assert cell_len(shortened("漢" * 50, 12)) <= 12


def test_json_stays_json():
    text = json.dumps({"a": "\x9b\u202e\ud800é"}, ensure_ascii=False)
    assert json.loads(plain_json(text)) == {"a": "\x9b\u202e\ud800é"}
    plain_json(text).encode()


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "v.npz"
    random = np.random.default_rng(0)
    np.savez(path, X=random.normal(size=(12, 3)).astype(np.float32), y=np.array(["café", "漢…–"] * 6))
    assert probe_vectors(path).n_points == 12
    return path


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_no_encoding_of_the_terminal_is_too_small(vectors, encoding, monkeypatch):
    for arguments, code in (([vectors], 0), ([vectors, "--json"], 0), ([f"{vectors}…é漢"], 2)):
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding=encoding))
        with pytest.raises(SystemExit) as ended:
            app(["probe", *map(str, arguments)])
        sys.stdout.flush()
        sys.stderr.flush()
        assert ended.value.code == code
        said = (out if code == 0 else err).getvalue().decode(encoding)
        assert said
        if "--json" in arguments:
            assert json.loads(said)["labels"][0]["label"] == "café"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
@pytest.mark.parametrize(
    "redirected", ["| true", *(pytest.param(one, marks=pytest.mark.slow) for one in (">&-", "2>&-", "2>/dev/full"))]
)
def test_a_pipe_that_closes_is_no_error(vectors, redirected):
    line = f"set -o pipefail; '{sys.executable}' -m tunescope probe '{vectors}' {redirected}"
    said = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "Traceback" not in said.stderr
    assert "Exception ignored" not in said.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_output_to_a_full_disk_is_one_line(vectors):
    line = f"'{sys.executable}' -m tunescope probe '{vectors}' > /dev/full"
    said = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert said.returncode == 2
    assert said.stderr.startswith("error: ")
    assert len(said.stderr.splitlines()) == 1
