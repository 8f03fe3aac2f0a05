"""Whatever is in a file: a task, or the tool's own error that names it; nothing else, and no hang.

`TUNESCOPE_FUZZ` is the number of inputs of each kind (40 by default; 5000 take about five minutes).
"""

import io
import json
import os
import random
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tunescope.errors import DataError
from tunescope.tasks import Task, readers, task_from_file, task_from_frame

N = int(os.environ.get("TUNESCOPE_FUZZ", "40"))
SECONDS = 20
"""No file of these sizes takes longer, however slow and busy the machine is: it takes milliseconds."""

TREE = (
    "# sent_id = {0}\n1-2\tdon't{1}\n1\tdo\tdo\tAUX\tVB\t_\t3\taux\t_\t_\n2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_\n"
)
TREE += "3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n3.1\tgo{1}\n\n"
TREEBANK = "".join(TREE.format(i, "\t_" * 8) for i in range(4))
CUPT = "# global.columns = ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC PARSEME:MWE\n"
PREPOSITIONS = "".join(
    f"# sent_id = {i}\n1\tin\tin\tADP\tIN\t_\t2\tcase\t_\t_\t_\tP\tin\tp.Locus\tp.Locus\t_\t_\t_\tO-P\n\n"
    for i in range(4)
)
ROWS = [{"words": ["she", "will", "go"], "positions": [i % 3], "label": "AB"[i % 2]} for i in range(6)]
PAIRS = [{"premise": f"a man {i}", "hypothesis": "he runs", "label": i % 2} for i in range(6)]


def parquet():
    file = io.BytesIO()
    pd.DataFrame(PAIRS).to_parquet(file)
    return file.getvalue()


VALID = {
    "csv": [b'text,label\n"a ""b"" c",x\nd e,y\nf g,NA\nh,"nan"\n', "text;label\ncafé;à\nb;c\n".encode("cp1252")],
    "tsv": [b'words\tpositions\tlabel\na b c\t0,2\tx\n"d" e\t1 0\ty\n', "text\tlabel\na\tb\n".encode("utf-16")],
    "jsonl": ["\n".join(map(json.dumps, rows)).encode() for rows in (ROWS, PAIRS)],
    "json": [json.dumps(ROWS).encode()],
    "parquet": [parquet()],
    "conllu": [TREEBANK.encode(), TREEBANK.replace("\n", "\r").encode()],
    "cupt": [(CUPT + TREEBANK.replace("\t_\n", "\t_\t*\n")).encode()],
    "conllulex": [PREPOSITIONS.encode()],
    "conll": [b"-DOCSTART- O\n\nEU B-ORG\nrejects O\n\nPeter\tB-PER\n", b"a\tB-X\nb\tI-X\n\nc\tO\n"],
    "bin": [b"text,label\na,b\n", b'{"text": "a", "label": "b"}\n', TREEBANK.encode(), b"EU B-ORG\nrejects O\n"],
}
PIECES = [
    b"\0",
    b"\r",
    b"\n",
    b"\t",
    b'"',
    b",",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\xbd",
    b"\\ud83d",
    b"NaN",
    b"[" * 99,
]
PIECES += [
    b"9" * 5000,
    b"1e999",
    b"-1",
    b"_",
    b"0",
    b"\x1b[2J",
    "\u2028".encode(),
    b"{}",
    b"null",
    b"# global.columns = ",
]
OPTIONS = [
    {},
    {"without_label": "drop"},
    {"missing": [""]},
    {"predicts": "dep"},
    {"predicts": "span"},
    {"predicts": "x"},
]
OPTIONS += [
    {"columns": {"label": 1, "text": 2}},
    {"columns": {"label": "label"}},
    {"encoding": "cp1252"},
    {"quotes": "csv"},
]


@st.composite
def damaged(draw, suffix):
    """A whole file of the format in which a few pieces are changed, doubled, cut out or put in."""
    content = draw(st.sampled_from(VALID[suffix]))
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    for _ in range(draw(st.integers(0, 6))):
        a = chance.randrange(len(content) + 1)
        b = min(len(content), a + chance.choice((0, 0, 1, 2, 8, 40)))
        piece = chance.choice((b"", chance.choice(PIECES), bytes([chance.randrange(256)]), content[a:b] * 2))
        content = content[:a] + piece + content[b:]
    return content


def hold(content, path, options):
    path.write_bytes(content)
    begun = time.monotonic()
    try:
        task = task_from_file(path, path, **options)
    except DataError as error:
        message, task = str(error), None
    assert time.monotonic() - begun < SECONDS
    if task is None:
        message.encode()
        assert path.name in message or path.stem in message
        assert len(message) < 3000
        # What our own readers say of a file is said in words; what a parser of somebody else's raised is passed on.
        assert "cannot be read as" not in message.replace("cannot be read as parquet", "")
        return
    assert isinstance(task, Task)
    assert len(task.fingerprint) == 64
    str((task.labels, task.notes, [sentence.words for sentence in task.train.sentences])).encode()
    assert not any(label != label.strip() or "\0" in label for label in task.labels)


fuzzing = settings(max_examples=N, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("suffix", VALID)
@fuzzing
@given(data=st.data())
def test_a_damaged_file(tmp_path_factory, suffix, data):
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    hold(data.draw(damaged(suffix)), path, data.draw(st.sampled_from(OPTIONS)))


@fuzzing
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_in_any_format(tmp_path_factory, content):
    for suffix in VALID:
        hold(content, tmp_path_factory.getbasetemp() / f"any.{suffix}", {})


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3) | st.dates()
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.sampled_from([pd.NA, pd.NaT, complex(1, 2), object()])


@fuzzing
@given(
    names=st.lists(
        st.sampled_from(["text", "pair", "words", "positions", "label", "tags", "id", "positoins"]), max_size=4
    ),
    n=st.integers(0, 4),
    data=st.data(),
)
def test_any_frame(names, n, data):
    columns = {name: pd.Series([data.draw(VALUES) for _ in range(n)], dtype=object) for name in names}
    frame = pd.DataFrame(columns)
    try:
        task = task_from_frame(frame, frame, without_label=data.draw(st.sampled_from(["refuse", "drop"])))
    except DataError as error:
        str(error).encode()
    else:
        assert len(task.fingerprint) == 64


def test_every_reader_of_a_file_is_among_these():
    covered = {f".{suffix}" for suffix in VALID}
    assert all(covered & set(reader.suffixes) for reader in readers().values() if reader.suffixes)
