import pytest

from tunescope.errors import DataError
from tunescope.tasks._trec import read_trec


def write(tmp_path, content):
    path = tmp_path / "questions.label"
    path.write_bytes(content)
    return path


def test_questions_in_latin_1_with_fine_and_coarse_classes(tmp_path):
    path = write(tmp_path, "NUM:dist How far is Orléans ?\nHUM:ind Who ?\n".encode("latin-1"))
    fine, coarse = read_trec(path), read_trec(path, coarse=True)
    assert [item.targets for item in fine] == [(((), "NUM:dist"),), (((), "HUM:ind"),)]
    assert [item.targets for item in coarse] == [(((), "NUM"),), (((), "HUM"),)]
    assert fine[0].sentence.words == ("How", "far", "is", "Orléans", "?")


def test_the_stray_byte_of_the_original_is_a_blank(tmp_path):
    (question,) = read_trec(write(tmp_path, b"LOC:city Which sister\xf0city ?\n"))
    assert question.sentence.words == ("Which", "sister", "city", "?")


@pytest.mark.parametrize(
    "line", [b"", b"NUM How far ?", b"NUM:dist", b"num:dist How ?", b"DATE:dist How ?", b"NUM: How ?"]
)
def test_a_line_without_a_class_is_broken(tmp_path, line):
    path = write(tmp_path, b"HUM:ind Who ?\n" + line + b"\nHUM:ind Who ?\n")
    with pytest.raises(DataError, match=r"line 2: .* expected `COARSE:fine question` with COARSE one of ABBR, DESC"):
        read_trec(path)


def test_an_empty_file_fails(tmp_path):
    with pytest.raises(DataError, match="holds no question"):
        read_trec(write(tmp_path, b""))
