"""Study files that are none: one error that names the file, before anything is loaded or run, and no hang."""

from __future__ import annotations

import os

import pytest

from tunescope.errors import StudyError
from tunescope.studies import load_study as read_study

GOOD = """\
name: small
encoders: [embedded]
tasks: [toy-coin]
experiments: [performance]
"""

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)

NOT_YAML = {
    "empty": "",
    "a list": "- name\n",
    "text": "name",
    "a control character": "name: \x0e small\n",
    "half a mapping": "name: {a: 1\n",
    "a tab for blanks": "name:\n\t- a\n",
    "a date that is none": GOOD + "description: 2023-02-30\n",
    "a time that is none": GOOD + "description: 2023-02-03 25:61:00\n",
    "a number of 5,000 digits": GOOD + f"epochs: {'9' * 5000}\n",
    "a hexadecimal number of 5,000 digits, far beyond": GOOD + f"epochs: 0x{'f' * 5000}\n",
    "an alias bomb": BOMB,
    "an alias that holds itself": "name: &a [*a]\n",
    "a mapping that holds itself": "name: &a {b: *a}\n",
    "an alias without anchor": "name: *nobody\n",
    "1,000 levels": "name: " + "[" * 1000 + "]" * 1000 + "\n",
    "100,000 levels": "name: " + "[" * 100_000 + "\n",
    "60 levels of mappings": "\n".join(" " * i + f"k{i}:" for i in range(60)) + "\n",
    "a tag that makes an object": "name: !!python/object/apply:os.system [echo]\n",
    "a tag of its own": "name: !mine 1\n",
    "binary that is none": "name: !!binary '#'\n",
    "a tag that lies": "name: !!int text\n",
    "a float that is none": "name: !!float x.y\n",
    "a list for a key": "? [a, b]\n: c\n",
    "a mapping for a key": "? {a: b}\n: c\n",
    "a number for a key": "1: c\n",
    "nothing for a key": "null: c\n",
    "a key twice": "name: a\nname: b\n",
    "two documents": GOOD + "---\n" + GOOD,
    "merge of itself": "a: &a\n  <<: *a\n",
    "arabic digits": GOOD + "epochs: ٣\n",
    "30,000 values": "name: [" + "x, " * 30_000 + "]\n",
}


@pytest.mark.parametrize("kind", NOT_YAML)
def test_what_is_no_study_is_refused_with_its_name(tmp_path, kind):
    path = tmp_path / "bad.yaml"
    path.write_text(NOT_YAML[kind], encoding="utf-8")
    with pytest.raises(StudyError, match=r"bad\.yaml"):
        read_study(path)


BYTES = {
    "latin-1": GOOD.encode() + b"description: caf\xe9\n",
    "UTF-16": GOOD.encode("utf-16"),
    "NUL": GOOD.encode() + b"\0",
    "2 MB": GOOD.encode() + b"# comment\n" * 200_000,
}


@pytest.mark.parametrize("kind", BYTES)
def test_bytes_that_are_no_study_are_refused_with_their_name(tmp_path, kind):
    path = tmp_path / "bad.yaml"
    path.write_bytes(BYTES[kind])
    with pytest.raises(StudyError, match=r"bad\.yaml"):
        read_study(path)


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path):
    path = tmp_path / "good.yaml"
    for content in (b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()):
        path.write_bytes(content)
        assert read_study(path).name == "small"


def test_an_alias_that_repeats_a_little_is_yaml(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(GOOD.replace("[embedded]", "&names [embedded]") + "description: &d text\n")
    assert read_study(path).encoders[0].name == "embedded"


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "link to nothing"])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path, kind):
    path = tmp_path / "odd.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else tmp_path / "nothing")
    with pytest.raises(StudyError, match=r"odd\.yaml"):
        read_study(path)


BOUNDS = {
    "name": ["", "a/b", "../up", "x" * 101, "a b", 3],
    "encoders": ["[]", "['']", "[{name: embedded, label: ''}]", f"[{{name: embedded, label: {'x' * 301}}}]"],
    "tasks": ["[]", "['']", "[toy-coin, toy-coin]"],
    "seeds": ["[]", "[-1]", "[0.5]", "[4294967296]", "[true]", "[0, 0]", "[a]"],
    "experiments": ["[]", "[unknown]", "[{name: performance, layers: -1}]", "[{name: performance, layers: [a]}]"],
    "epochs": [0, -1, 1.5, "true", "1e400", 10**12, ".nan", "three"],
    "every": [0, -3, 2.5, ".inf"],
    "layers": ["first", "[-1]", "[1.5]", "{}"],
    "fraction": [0, -0.1, 1.5, ".nan", ".inf", "half"],
    "split_seed": [-1, 0.5, 2**40],
    "memorisation_epochs": [0, "many"],
    "threads": [0, -1, 10**9],
    "convention": ["published-only", 3],
    "measures": ["[unknown]"],
    "allow_pickle": ["maybe", 3],
    "classifier": ["{hidden: [0, 5]}", "{hidden: [5]}", "{hidden: [1000000000, 1]}", "{alpha: -1}", "{alpha: .inf}",
                   "{alpha: .nan}", "{max_iter: 0}", "{max_iter: 1e12}", "{runs: 0}", "{runs: 100000}", "{other: 1}"],
    "keep": ["{maps: [pca]}", "{map_points: 1}", "{map_points: 10000000000}", "{points: false, maps: [tsne]}"],
    "recipe": ["{learning_rate: 0}", "{learning_rate: -1}", "{learning_rate: .nan}", "{learning_rate: .inf}",
               "{batch_size: 0}", "{batch_size: 1.5}", "{warmup: 1}", "{warmup: -0.1}", "{warmup: .nan}",
               "{schedule: cosine}", "{optimizer: sgd}", "{max_grad_norm: 0}", "{max_grad_norm: .inf}",
               "{method: unknown}", "{anchor: unknown}", "{method: {lora: {rank: 0}}}"],
    "unknown": [1],
}  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BOUNDS.items() for value in values])
def test_every_setting_has_bounds_that_are_checked_first(tmp_path, field, value):
    path = tmp_path / "bad.yaml"
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{field}:")]
    value = "''" if value == "" else value
    path.write_text("\n".join([*lines, f"{field}: {value}"]) + "\n")
    with pytest.raises(StudyError, match=rf"bad\.yaml:\d+: .*{field}"):
        read_study(path)
