"""Prepositions from the original, with all columns, and from a form with words and supersenses only."""

import dataclasses
import hashlib

import pytest

from tunescope.errors import DataError
from tunescope.tasks import _files, task_specs
from tunescope.tasks._files import DataFile, find_file

WHOLE = """\
# newdoc id = reviews
# sent_id = r-1
# text = We waited for an hour in front of it
1	We	we	PRON	PRP	Case=Nom	2	nsubj	2:nsubj	_	_	PRON	we	_	_	_	_	_	O-PRON
2	waited	wait	VERB	VBD	_	0	root	0:root	_	_	V	wait	v.social	_	_	_	_	O-V
3-4	foran	_	_	_	_	_	_	_	_	_	_	_	_	_	_	_	_	_
3	for	for	ADP	IN	_	5	case	5:case	_	_	P	for	p.Duration	p.Extent	_	_	_	O-P
4	an	a	DET	DT	_	5	det	5:det	_	_	DET	a	_	_	_	_	_	O-DET
5	hour	hour	NOUN	NN	_	2	obl	2:obl	_	_	N	hour	n.TIME	_	_	_	_	O-N
5.1	waited	wait	_	_	_	_	_	2:conj	_	_	_	_	_	_	_	_	_	_
6	in	in	ADP	IN	_	7	case	7:case	_	1:1	P	in front of	p.Locus	p.Locus	_	_	_	B-P
7	front	front	NOUN	NN	_	2	obl	2:obl	_	1:2	_	_	_	_	_	_	_	I_
8	of	of	ADP	IN	_	9	case	9:case	_	1:3	_	_	_	_	_	_	_	I_
9	it	it	PRON	PRP	_	7	nmod	7:nmod	_	_	PRON	it	_	_	_	_	_	O-PRON

# sent_id = r-2
1	Of	of	ADP	IN	_	0	root	0:root	_	_	P	of	p.Topic	p.Gestalt	_	_	_	O-P
2	course	course	NOUN	NN	_	1	dep	1:dep	_	_	N	course	??	??	_	_	_	O-N

"""
READ = (1, 10, 11, 13, 14)


def words_form(text=WHOLE):
    """Only what the tasks read, as another rendering of the corpus has it; no comment but the sentence's id."""
    lines = []
    for line in text.splitlines():
        fields = line.split("\t")
        if fields[0].isdigit():
            kept = ["1:1" if i == 10 and f != "_" else f if i in READ else "_" for i, f in enumerate(fields)]
            lines.append("\t".join([fields[0], *kept[1:]]))
        elif not line or line.startswith("# sent_id"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def pinned(name, text, **kwargs):
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return DataFile(name, f"https://example.org/{name}", "CC0", sha256=(checksum,), **kwargs)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """`ps-role` and `ps-fxn` on small files of their own, and the folder that these are looked for in."""
    monkeypatch.setattr(_files, "_cache_dir", lambda: tmp_path / "cache")
    words = pinned("train.words.conllulex", words_form(), about="lemmas and trees are absent")
    train = pinned("train.conllulex", WHOLE, instead=words)
    test = pinned("test.conllulex", WHOLE)
    (tmp_path / test.name).write_text(WHOLE)

    def load(name):
        spec = dataclasses.replace(task_specs()[name], files=(train, test))
        return spec.task(tuple(find_file(file, tmp_path) for file in spec.files))

    return load, tmp_path


@pytest.mark.parametrize(("name", "labels"), [("ps-role", ["Duration", "Topic"]), ("ps-fxn", ["Extent", "Gestalt"])])
def test_both_forms_give_the_same_task(small, name, labels):
    load, folder = small
    (folder / "train.words.conllulex").write_text(words_form())
    from_words = load(name)
    (folder / "train.conllulex").write_text(WHOLE)
    from_original = load(name)
    assert from_words.fingerprint == from_original.fingerprint
    assert from_words.train == from_original.train
    assert from_words.train.labels.tolist() == labels
    note = "train.words.conllulex is read in place of train.conllulex: lemmas and trees are absent"
    assert from_words.notes == (note, *from_original.notes)
    assert not any("in place of" in note for note in from_original.notes)


def test_a_form_with_another_content_is_refused(small):
    load, folder = small
    (folder / "train.words.conllulex").write_text(words_form() + "\n")
    with pytest.raises(DataError, match=r"train\.words\.conllulex is not the file that is expected"):
        load("ps-role")


def test_a_wrong_original_is_refused_though_the_other_form_is_there(small):
    load, folder = small
    (folder / "train.words.conllulex").write_text(words_form())
    (folder / "train.conllulex").write_text(words_form())
    with pytest.raises(DataError, match=r"train\.conllulex is not the file that is expected"):
        load("ps-role")


def test_where_both_are_missing_the_error_names_both(small, monkeypatch):
    def refuse(url, target):
        raise OSError("no network")

    monkeypatch.setattr(_files, "_download", refuse)
    load, _ = small
    with pytest.raises(DataError, match=r"train\.conllulex is missing.*train\.words\.conllulex will do as well"):
        load("ps-role")


def test_the_form_of_streusle_that_is_known():
    words = _files.STREUSLE_TRAIN.instead
    assert words.name == "streusle.ud_train.words.conllulex"
    assert len(words.sha256[0]) == 64
    assert words.about == (
        "words, multiword expressions and supersenses are the original's; lemmas and trees are absent"
    )
