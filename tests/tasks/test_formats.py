"""Each format that people have, an odd file of each, and what is said of it."""

import json

import pandas as pd
import pytest

from tunescope.errors import DataError
from tunescope.tasks import Sentence, file_suffixes, readers, task_from_file, task_from_frame

REVIEWS = [("good film", "pos"), ("bad film", "neg"), ("fine plot", "pos"), ("dull plot", "neg"), ("nice cast", "pos")]


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def words(task):
    return [" ".join(sentence.words) for sentence in task.train.sentences]


def read(path, **options):
    """All rows as the train split: the same file is test."""
    return task_from_file(path, path, **options)


def labels(task):
    return list(task.train.labels)


# CSV and TSV


@pytest.mark.parametrize(("mark", "said"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found_out(tmp_path, mark, said, end):
    rows = [mark.join(row) for row in [("text", "label"), *REVIEWS]]
    task = read(write(tmp_path, "reviews.csv", end.join(rows) + end))
    assert words(task) == [text for text, _ in REVIEWS]
    assert labels(task) == [label for _, label in REVIEWS]
    assert f"delimiter: {said}" in task.understood


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252 (it is not UTF-8: line 2)"),
    ],
)
def test_the_encoding_is_found_out_and_said(tmp_path, encoding, said):
    task = read(write(tmp_path, "reviews.csv", "text,label\ncafé fermé,à éviter\nbon café,bon\n", encoding))
    assert words(task) == ["café fermé", "bon café"]
    assert labels(task) == ["à éviter", "bon"]
    assert f"encoding: {said}" in task.understood


def test_an_encoding_that_is_told_is_taken_or_refused(tmp_path):
    path = write(tmp_path, "reviews.csv", "text,label\nпривет мир,да\nмир,нет\n", "cp1251")
    assert words(read(path, encoding="cp1251"))[0] == "привет мир"
    with pytest.raises(DataError, match="line 2: byte 1 of the line is not utf-8"):
        read(path, encoding="utf-8")
    with pytest.raises(DataError, match="there is no encoding 'utf-9'"):
        read(path, encoding="utf-9")


def test_blanks_between_fields_do_not_take_quotation_marks_into_them(tmp_path):
    task = read(write(tmp_path, "a.csv", 'text, label\na, x\n"b", "y"\nc, "NA"\n'))
    assert labels(task) == ["x", "y", "NA"]
    assert words(task) == ["a", "b", "c"]


def test_one_damaged_byte_does_not_make_another_encoding(tmp_path):
    content = "text,label\ncafé noir,bon\n".encode() + b"th\xe9 vert,bon\n"
    with pytest.raises(DataError, match="line 3: byte 3 of the line is not utf-8"):
        read(write(tmp_path, "a.csv", content))
    with pytest.raises(DataError, match="line 2: byte 1 of the line is not utf-8"):
        read(write(tmp_path, "b.csv", b"text,label\n\x81\x8d,x\n"))


def test_quoted_fields_as_pandas_writes_them(tmp_path):
    texts = ['He said "great" twice', '"Odd" film', "a, b; c", "two\nlines", "plain one"]
    frame = pd.DataFrame({"text": texts, "label": list("ababa")})
    for name, sep in (("a.csv", ","), ("a.tsv", "\t")):
        frame.to_csv(tmp_path / name, sep=sep, index=False)
        task = read(tmp_path / name)
        assert words(task) == [" ".join(text.split()) for text in texts]
        assert "quotation marks: around fields" in task.understood


def test_quotation_marks_that_quote_nothing_are_text(tmp_path):
    lines = ["text\tlabel", '"Hello\tpos', "he said\tneg", 'bye"\tpos', '"Odd" film\tneg']
    task = read(write(tmp_path, "raw.tsv", "\n".join(lines)))
    assert words(task) == ['"Hello', "he said", 'bye"', '"Odd" film']
    assert "quotation marks: text, for they do not quote whole fields" in task.understood
    with pytest.raises(DataError, match="the row cannot be read"):
        read(tmp_path / "raw.tsv", quotes="csv")


def test_a_broken_quotation_in_csv_is_named(tmp_path):
    with pytest.raises(DataError, match=r"a\.csv, line 2: the row cannot be read"):
        read(write(tmp_path, "a.csv", 'text,label\n"a" b,x\nc,y\n'))
    assert words(read(tmp_path / "a.csv", quotes="none")) == ['"a" b', "c"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,label\na b,x\nc\n", "line 3: 1 column; expected 2, as in the head line"),
        ("text,label\na,b,x\n", "line 2: 3 columns; expected 2"),
        ("text,text,label\na,b,x\n", "line 1: two columns are called 'text'"),
        ("text,label\n", "holds no row"),
        ("", "holds no row"),
        ("\n\n", "holds no row"),
        ("review,content,label\na,b,x\n", "the columns review and content could all be the text"),
        ("id,stars\n1,2\n", "line 1: the head line names the columns id, stars"),
        ("text,stars\na,2\n", "of which none is known as a label"),
        ("text,label,tags\na,x,y\n", "there are labels and tags"),
        ("text,label\n,x\nb,y\n", "line 2: no words in text or words"),
        ("text,label\n  ,x\nb,y\n", "line 2: no words in text or words"),
        ("text,label\na\0b,x\n", r"line 2: a NUL character (U+0000) in the text"),
        ("text,label\nok,x\na\x1b[31mb,x\n", r"line 3: a control character (U+001B) in the text"),
        ("text,label\na,x\x85y\n", r"line 2: the label 'x\x85y' has a control character (U+0085)"),
        ("text,label\n" + "a" * 200_000 + ",x\n", "a field that is too long"),
        ('text,label\n"' + "a" * 200_000 + '",x\n', "field larger than field limit"),
    ],
)
def test_a_broken_csv_is_named(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(write(tmp_path, "a.csv", text))
    assert str(tmp_path / "a.csv") in str(error.value)
    assert message in str(error.value)
    assert len(str(error.value)) < 600


def test_utf16_without_a_mark_is_hinted_at(tmp_path):
    text = "text,label\n" + "good film,pos\n" * 5
    with pytest.raises(DataError, match="UTF-16 needs a byte order mark"):
        read(write(tmp_path, "a.csv", text, "utf-16-le"))
    assert labels(read(tmp_path / "a.csv", encoding="utf-16-le")) == ["pos"] * 5


def test_columns_are_mapped_and_what_is_not_read_is_said(tmp_path):
    path = write(tmp_path, "a.csv", ",id,review,stars\n0,x,good film,5\n1,y,bad film,1\n")
    task = read(path, columns={"text": "review", "label": "stars"})
    assert labels(task) == ["5", "1"]
    assert "columns: text: review, label: stars" in task.understood
    assert "columns not read: (no name), id" in task.understood
    with pytest.raises(DataError, match="no column 'rating' for the label; there are"):
        read(path, columns={"label": "rating"})
    with pytest.raises(DataError, match="a column is called 'lable'; expected one of text, pair"):
        read(path, columns={"lable": "stars"})


def test_a_table_without_a_head_line(tmp_path):
    path = write(tmp_path, "a.csv", '3,"Wall St.","rose, again"\n4,Science,found\n')
    task = read(path, columns={"label": 1, "text": 3})
    assert words(task) == ["rose, again", "found"]
    assert labels(task) == ["3", "4"]
    assert "head line: none, columns are counted from 1" in task.understood


def test_a_delimiter_that_a_spreadsheet_says(tmp_path):
    task = read(write(tmp_path, "a.csv", "sep=;\r\ntext;label\r\na, b;x\r\nc;y\r\n"))
    assert words(task) == ["a, b", "c"]
    with pytest.raises(DataError, match="line 4: 1 column"):
        read(write(tmp_path, "a.csv", "sep=;\ntext;label\na, b;x\nc\n"))


def test_labels_that_look_alike_stay_apart_and_are_noted(tmp_path):
    task = read(write(tmp_path, "a.csv", "text,label\na,Pos\nb,pos\nc,caf\u00e9\nd,cafe\u0301\ne,neg\n"))
    assert len(task.labels) == 5
    note = "labels that differ in capitals, white space or the form of a character only: "
    assert note + "Pos and pos; cafe\u0301 and caf\u00e9" in task.notes


def test_two_texts_are_a_kind_of_sentence(tmp_path):
    path = write(tmp_path, "nli.tsv", "premise\thypothesis\tlabel\na man sleeps\the runs\tno\na b\tc\tyes\n")
    task = read(path)
    assert task.kind == "sentence"
    assert task.train.sentences[0] == Sentence("row 1", ("a", "man", "sleeps"), ("he", "runs"))
    assert task.train.text(0) == "a man sleeps | he runs"
    with pytest.raises(DataError, match="line 2: no second text"):
        read(write(tmp_path, "b.tsv", "premise\thypothesis\tlabel\na man sleeps\t\tno\na b\tc\tyes\n"))


@pytest.mark.parametrize("name", ["A.CSV", "a.Csv"])
def test_suffixes_in_capitals(tmp_path, name):
    assert labels(read(write(tmp_path, name, "text,label\na,x\nb,y\n"))) == ["x", "y"]


# Words and labels, the same in every format


def test_the_same_table_in_every_format_is_the_same_task(tmp_path):
    sentence = ["Environ", "10\u00a0000", "personnes", "vivent", "ici"]
    tags = ["ADV", "NUM", "NOUN", "VERB", "ADV"]
    rows = [{"words": sentence, "positions": i, "label": tag} for i, tag in enumerate(tags)]
    write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    write(tmp_path, "a.NDJSON", "\n\n".join(map(json.dumps, rows)))
    write(tmp_path, "a.json", json.dumps(rows))
    text = " ".join(sentence)
    write(tmp_path, "a.tsv", "words\tpositions\tlabel\n" + "".join(f"{text}\t{i}\t{t}\n" for i, t in enumerate(tags)))
    write(tmp_path, "a.csv", "text,positions,label\n" + "".join(f"{text},{i},{t}\n" for i, t in enumerate(tags)))
    pd.DataFrame(rows).to_parquet(tmp_path / "a.parquet")
    tasks = [read(tmp_path / f"a.{end}") for end in ("jsonl", "NDJSON", "json", "tsv", "csv", "parquet")]
    tasks.append(task_from_frame(pd.DataFrame(rows), pd.DataFrame(rows)))
    assert len({task.fingerprint for task in tasks}) == 1
    assert tasks[0].train.sentences[0].words[2] == "personnes"


def test_the_ends_of_labels_are_stripped_in_every_format(tmp_path):
    odd = ["pos ", " pos", "pos\u00a0", "\ufeffpos", "pos\u200b", "pos"]
    write(tmp_path, "a.jsonl", "\n".join(json.dumps({"text": "a b", "label": label}) for label in odd))
    write(tmp_path, "a.csv", "text,label\n" + "".join(f"a b,{label}\n" for label in odd))
    pd.DataFrame({"text": "a b", "label": odd}).to_parquet(tmp_path / "a.parquet")
    for end in ("jsonl", "csv", "parquet"):
        assert read(tmp_path / f"a.{end}").labels == ("pos",)


@pytest.mark.parametrize("empty", [None, float("nan"), "", " "])
def test_rows_without_a_text_are_refused_or_left_out(tmp_path, empty):
    frame = pd.DataFrame({"text": ["a b", empty, "c", empty], "label": ["x", "y", "y", "x"]})
    with pytest.raises(DataError, match=r"row 2: no words in text or words.*`without_text: drop`"):
        task_from_frame(frame, frame)
    task = task_from_frame(frame, frame, without_text="drop")
    assert labels(task) == ["x", "y"]
    assert task.notes[0] == "train: left out: 2 rows without a text, first at row 2"
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert labels(read(tmp_path / "a.csv", without_text="drop")) == ["x", "y"]
    with pytest.raises(DataError, match="line 3: no words"):
        read(tmp_path / "a.csv", without_label="drop")


MARKERS = ["", " ", "NA", "nan", "NaN", "null", "None", "<NA>", "N/A"]


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_missing_labels_in_tables_without_types(tmp_path, marker, name):
    mark = "," if name == "a.csv" else "\t"
    lines = [f"text{mark}label", f"a b{mark}n", f"c d{mark}{marker}", f"e f{mark}v", f"g h{mark}n"]
    path = write(tmp_path, name, "\n".join(lines) + "\n")
    with pytest.raises(DataError) as error:
        read(path)
    spelled = marker.strip() or "empty"
    assert f"{path}, line 3: 1 of 4 rows has no label ({spelled} 1)" in str(error.value)
    task = read(path, without_label="drop")
    assert task.labels == ("n", "v")
    note = f"left out: 1 of 4 rows has no label ({spelled} 1), first at line 3"
    assert [n for n in task.notes if n.startswith("train")] == [f"train: {note}"]


def test_a_label_that_is_the_text_nan(tmp_path):
    path = write(tmp_path, "a.csv", 'text,label\nroti,"nan"\npain,bread\n')
    assert read(path).labels == ("bread", "nan")
    path = write(tmp_path, "b.tsv", "text\tlabel\nroti\tnan\npain\tbread\n")
    assert read(path, missing=[""]).labels == ("bread", "nan")
    path = write(tmp_path, "c.csv", "text,label\nroti,?\npain,bread\n")
    with pytest.raises(DataError, match=r"1 of 2 rows has no label \(\? 1\)"):
        read(path, missing=["", "?"])
    path = write(tmp_path, "d.jsonl", '{"text": "roti", "label": "nan"}\n{"text": "pain", "label": "bread"}\n')
    assert read(path).labels == ("bread", "nan")
    frame = pd.DataFrame({"text": ["roti", "pain"], "label": ["nan", "bread"]})
    assert task_from_frame(frame, frame).labels == ("bread", "nan")


def test_a_text_may_say_na(tmp_path):
    task = read(write(tmp_path, "a.csv", "text,label\nNA,x\nnull,y\n"))
    assert words(task) == ["NA", "null"]


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, "", "  ", "\u200b"])
def test_missing_labels_in_frames_and_parquet(tmp_path, value):
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": pd.Series(["n", value, "v"], dtype=object)})
    with pytest.raises(DataError, match=r"row 2: 1 of 3 rows has no label"):
        task_from_frame(frame, frame)
    assert task_from_frame(frame, frame, without_label="drop").labels == ("n", "v")
    if value is not pd.NaT and value is not pd.NA:
        frame.to_parquet(tmp_path / "a.parquet")
        with pytest.raises(DataError, match=r"a\.parquet, row 2: 1 of 3 rows has no label"):
            read(tmp_path / "a.parquet")


def test_numbers_that_pandas_made_floats_for_a_missing_one(tmp_path):
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": [1.0, None, 2.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", without_label="drop").labels == ("1", "2")


@pytest.mark.parametrize("label", [1.5, [1], {"a": 1}, pd.Timestamp("2020-01-01"), b"\xff", 10**30, "x" * 2000])
def test_labels_of_types_that_make_no_sense(label):
    frame = pd.DataFrame({"text": ["a", "b"], "label": pd.Series([label, label], dtype=object)})
    with pytest.raises(DataError, match=r"the data frame of train, row 1: the label"):
        task_from_frame(frame, frame)


@pytest.mark.parametrize(("label", "said"), [(True, "true"), (3, "3"), (2.0, "2"), (b"caf\xc3\xa9", "café")])
def test_labels_of_types_that_do(label, said):
    frame = pd.DataFrame({"text": ["a", "b"], "label": pd.Series([label, label], dtype=object)})
    assert task_from_frame(frame, frame).labels == (said,)


# JSON


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "nice day", "label": "p\\ud83d"}', "half a surrogate pair (U+D83D)"),
        ('{"text": "nice \\ud83d", "label": "p"}', "half a surrogate pair (U+D83D) in the text"),
        ('{"text": "nice \\u0000", "label": "p"}', "a NUL character (U+0000) in the text"),
        ('{"text": "nice", "label": "p\\u001b[0m"}', "a control character (U+001B)"),
        ('{"text": "nice", "label": NaN}', "1 of 1 row has no label (NaN 1)"),
        ('{"text": "nice", "label": null}', "1 of 1 row has no label (none 1)"),
        ('{"text": "nice", "label": "a", "label": "b"}', "'label' stands there twice"),
        ('{"text": "nice", "label": ' + "9" * 5000 + "}", "not JSON that can be read"),
        ("[" * 100_000, "nested too deeply"),
        ('{"text": 3, "label": "b"}', "no words in text or words"),
    ],
)
def test_a_broken_json_line_is_named(tmp_path, line, message):
    path = write(tmp_path, "a.jsonl", line + "\n")
    with pytest.raises(DataError) as error:
        read(path)
    assert f"{path}, line 1: " in str(error.value)
    assert message in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 700


# Parquet


def test_class_names_that_datasets_writes_into_parquet(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}, "text": {"dtype": "string"}}
    table = pa.table({"text": ["a b", "c"], "label": [1, 0]}).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert labels(read(tmp_path / "a.parquet")) == ["pos", "neg"]
    pq.write_table(table.set_column(1, "label", pa.array([1, 2])), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"row 2: label is 2; expected a number from 0 to 1"):
        read(tmp_path / "b.parquet")


def test_a_small_parquet_file_that_becomes_large_is_refused(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    def repeated(text, n):
        return pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int32()), pa.array([text]))

    n = 30_000
    pq.write_table(pa.table({"text": repeated("a " * 50_000, n), "label": repeated("x", n)}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    with pytest.raises(DataError, match="has more than 2,147,483,648 bytes unpacked"):
        read(tmp_path / "a.parquet")
    n = 20_000_001
    pq.write_table(
        pa.table({"text": pa.nulls(n, pa.string()), "label": pa.nulls(n, pa.string())}), tmp_path / "b.parquet"
    )
    with pytest.raises(DataError, match="has 20,000,001 rows; at most 20,000,000 are read"):
        read(tmp_path / "b.parquet")


def test_a_broken_parquet_is_named(tmp_path):
    pd.DataFrame({"text": ["a"] * 9, "label": ["x"] * 9}).to_parquet(tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    for cut in (0, 3, 40, len(content) - 5):
        with pytest.raises(DataError, match=r"b\.parquet cannot be read as parquet"):
            read(write(tmp_path, "b.parquet", content[:cut]))


# Token tags

NER = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
New NNP B-NP B-LOC
York NNP I-NP I-LOC
Boston NNP B-NP B-LOC

Peter NNP B-NP B-PER
sleeps VBZ B-VP O
"""


@pytest.mark.parametrize("name", ["eng.conll", "eng.BIO", "eng.txt"])
def test_token_tags(tmp_path, name):
    task = read(write(tmp_path, name, NER))
    assert words(task) == ["EU rejects New York Boston", "Peter sleeps"]
    assert labels(task) == ["B-ORG", "O", "B-LOC", "I-LOC", "B-LOC", "B-PER", "O"]
    assert "scheme of the tags: BIO" in task.understood
    assert "train: left out: 1 line with -DOCSTART-" in task.notes
    assert labels(read(tmp_path / name, predicts="type")) == ["ORG", "O", "LOC", "LOC", "LOC", "PER", "O"]
    assert labels(read(tmp_path / name, columns={"tags": 2}))[:2] == ["NNP", "VBZ"]
    spans = read(tmp_path / name, predicts="span")
    assert spans.kind == "pair"
    assert [(t.positions, t.label) for t in spans.train.targets] == [
        ((0, 0), "ORG"),
        ((2, 3), "LOC"),
        ((4, 4), "LOC"),
        ((0, 0), "PER"),
    ]


@pytest.mark.parametrize(
    ("tags", "scheme", "spans"),
    [
        ("I-A I-A O I-A B-A", "IOB1", [(0, 1), (3, 3), (4, 4)]),
        ("B-A I-A B-A I-B O", "IOB1", [(0, 1), (2, 2), (3, 3)]),
        ("B-A I-A E-A S-A O", "BIOES", [(0, 2), (3, 3)]),
        ("B-A L-A U-A U-A O", "BILOU", [(0, 1), (2, 2), (3, 3)]),
        ("A A O B B", "tags of words", [(0, 1), (3, 4)]),
    ],
)
def test_schemes_of_spans(tmp_path, tags, scheme, spans):
    path = write(tmp_path, "a.conll", "".join(f"w{i}\t{tag}\n" for i, tag in enumerate(tags.split())))
    task = read(path, predicts="span")
    assert [target.positions for target in task.train.targets] == spans
    assert any(line.startswith(f"scheme of the tags: {scheme}") for line in task.understood)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a O\nb\n", "line 2: 1 column; expected 2, as in line 1"),
        ("a\nb\n", "line 1: 1 column; expected a word and a tag at least"),
        ("a O\nb _\n", "line 2: the word 'b' has no tag (_)"),
        ("a\tO\nb\t\n", "line 2: the word 'b' has no tag (empty)"),
        ("", "holds no sentence"),
    ],
)
def test_a_broken_token_tag_file_is_named(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(write(tmp_path, "a.conll", text))
    assert message in str(error.value)


# Treebanks

TREE = "# sent_id = {}\n1\tOwls\t_\tNOUN\t_\t_\t2\tnsubj\t_\t_\n2\tsleep\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"


def test_a_byte_order_mark_inside_a_treebank_is_no_text(tmp_path):
    path = write(tmp_path, "two.conllu", "\ufeff" + TREE.format(1) + "\ufeff" + TREE.format(2))
    task = read(path, predicts="dep")
    assert [s.id for s in task.train.sentences] == ["1", "2"]


def test_a_circle_of_heads_is_named(tmp_path):
    path = write(tmp_path, "a.conllu", TREE.format("fine") + TREE.format("round").replace("\t0\troot", "\t1\troot"))
    assert len(read(path).train) == 4
    with pytest.raises(DataError, match=r"line 6: the heads of sentence 'round' go round in a circle \(words 1, 2\)"):
        read(path, predicts="dep")


def test_cupt_and_other_columns(tmp_path):
    columns = "# global.columns = ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC PARSEME:MWE\n"
    rows = TREE.format(1).replace("\t_\t_\n", "\t_\t_\t*\n")
    expected = read(write(tmp_path, "a.conllu", TREE.format(1))).fingerprint
    assert read(write(tmp_path, "a.cupt", columns + rows)).fingerprint == expected
    assert read(write(tmp_path, "b.CUPT", rows)).fingerprint == expected
    few = "# global.columns = ID FORM UPOS\n# sent_id = 1\n1\tOwls\tNOUN\n2\tsleep\tVERB\n\n"
    assert read(write(tmp_path, "a.conllup", few)).fingerprint == expected
    with pytest.raises(DataError, match="ID and FORM among them"):
        read(write(tmp_path, "b.conllup", few.replace("FORM", "WORD")))


def test_a_form_of_white_space_is_named(tmp_path):
    with pytest.raises(DataError, match=r"line 2: column 2 holds only white space"):
        read(write(tmp_path, "a.conllu", TREE.format(1).replace("Owls", "\u00a0")))


def test_words_without_a_label_are_refused_or_left_out(tmp_path):
    path = write(tmp_path, "a.conllu", TREE.format(1).replace("VERB", "_"))
    with pytest.raises(DataError, match=r"UPOS \(column 4\) is `_`; expected a label; or `without_label: drop`"):
        read(path)
    task = read(path, without_label="drop")
    assert labels(task) == ["NOUN"]
    assert "train: left out: 1 word without a label (`_`)" in task.notes


# Data sets


@pytest.fixture
def data_sets():
    return pytest.importorskip("datasets")


def test_a_data_set_on_disk(tmp_path, data_sets):
    features = data_sets.Features(
        {
            "tokens": data_sets.Sequence(data_sets.Value("string")),
            "ner_tags": data_sets.Sequence(data_sets.ClassLabel(names=["O", "B-PER"])),
            "id": data_sets.Value("string"),
        }
    )
    rows = {"tokens": [["Peter", "sleeps"], ["He", "runs"]], "ner_tags": [[1, 0], [0, -100]], "id": ["a", "b"]}
    part = data_sets.Dataset.from_dict(rows, features=features)
    data_sets.DatasetDict({"train": part, "test": part.select([0])}).save_to_disk(tmp_path / "ner")
    task = task_from_file(tmp_path / "ner")
    assert labels(task) == ["B-PER", "O", "O"]
    assert len(task.test) == 2
    assert "splits: train: train; test: test" in task.understood
    assert "columns not read: id" in task.understood
    assert "left out: 1 word without a tag (-100)" in task.notes


def test_a_test_split_that_keeps_its_labels_to_itself(tmp_path, data_sets):
    features = data_sets.Features(
        {"text": data_sets.Value("string"), "label": data_sets.ClassLabel(names=["no", "yes"])}
    )

    def part(values):
        return data_sets.Dataset.from_dict({"text": ["a b", "c d"], "label": values}, features=features)

    folder = tmp_path / "glue"
    splits = {"train": part([0, 1]), "validation": part([1, 0]), "test": part([-1, -1])}
    data_sets.DatasetDict(splits).save_to_disk(folder)
    task = task_from_file(folder)
    assert task.test.labels.tolist() == ["yes", "no"]
    assert "splits: train: train; test: has no labels, not read; test: validation" in task.understood
    data_sets.DatasetDict({"train": part([0, -1])}).save_to_disk(tmp_path / "odd")
    with pytest.raises(DataError, match=r"row 2 of train: 1 of 2 rows has no label \(-1 1\)"):
        task_from_file(tmp_path / "odd")


def test_a_data_set_by_its_name(tmp_path, data_sets, monkeypatch):
    asked = []

    def load(name, config):
        asked.append((name, config))
        part = data_sets.Dataset.from_dict({"sentence": ["a b", "c"], "label": ["x", "y"]})
        return data_sets.DatasetDict({"train": part, "test": part})

    monkeypatch.setattr(data_sets, "load_dataset", load)
    task = task_from_file("hub:somebody/reviews:small")
    assert asked == [("somebody/reviews", "small")]
    assert task.name == "reviews-small"
    assert task.labels == ("x", "y")

    def fail(name, config):
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(data_sets, "load_dataset", fail)
    with pytest.raises(DataError, match=r"hub:somebody/reviews cannot be read as datasets: no route to host"):
        task_from_file("hub:somebody/reviews")


def test_texts_as_bytes():
    frame = pd.DataFrame({"text": [b"caf\xc3\xa9 noir", b"tea"], "label": ["x", "y"]})
    assert words(task_from_frame(frame, frame)) == ["café noir", "tea"]
    frame = pd.DataFrame({"text": [b"caf\xe9", b"tea"], "label": ["x", "y"]})
    with pytest.raises(DataError, match=r"row 1: the text .* is not UTF-8"):
        task_from_frame(frame, frame)


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match=r"pip install 'tunescope\[datasets\]'"):
        task_from_file("hub:somebody/something")


# Files


def test_what_is_no_file_is_refused(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="is a pipe or a device; expected a file"):
        task_from_file(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="is in no format that can be read"):
        task_from_file(tmp_path / "folder.csv")
    with pytest.raises(DataError, match="a\x00b"):
        task_from_file("a\0b.csv")


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(DataError, match=r"has 1,073,741,825 bytes; at most 1,073,741,824 are read"):
        task_from_file(path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("text,label\na,x\nb,y\n", "csv"),
        ("text\tlabel\na\tx\nb\ty\n", "tsv"),
        ('{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n', "jsonl"),
        (TREE.format(1) + TREE.format(2), "conllu"),
        (NER, "token-tags"),
    ],
)
def test_a_name_that_says_nothing(tmp_path, text, name):
    task = read(write(tmp_path, "data", text))
    assert task.understood[0].startswith(f"format: {name}")
    with pytest.raises(DataError, match="there is no format 'xml'; there are datasets, parquet, jsonl"):
        read(tmp_path / "data", format="xml")


def test_the_formats():
    assert {"csv", "tsv", "jsonl", "parquet", "conllu", "conllulex", "token-tags", "datasets"} <= set(readers())
    assert {".csv", ".tsv", ".jsonl", ".ndjson", ".conllu", ".cupt", ".parquet", ".conll"} <= set(file_suffixes())


def test_a_reader_of_another_package(tmp_path, monkeypatch, install_package):
    from tunescope.tasks import Reader

    monkeypatch.setattr(Reader, "known", dict(Reader.known))
    text = (
        "from tunescope.tasks import LabelledSentence, Reader, Reading, Sentence\n"
        "class Shouts(Reader):\n"
        "    name, suffixes, about = 'shouts', ('.shouts',), 'a text a line'\n"
        "    def read(self, path, options):\n"
        "        lines = path.read_text().splitlines()\n"
        "        labelled = [LabelledSentence(Sentence(str(n), tuple(line.split())), (((), str(line.isupper())),))\n"
        "                    for n, line in enumerate(lines)]\n"
        "        return Reading('sentence', labelled)\n"
    )
    install_package({"shouting.py": text}, {"tunescope.readers": {"shouts": "shouting"}})
    path = write(tmp_path, "a.shouts", "STOP\nplease go\nNOW\n")
    assert labels(read(path)) == ["True", "False", "True"]
    with pytest.raises(DataError, match=r"b\.shouts cannot be read as shouts: "):
        read(write(tmp_path, "b.shouts", b"\xff\xff"))
