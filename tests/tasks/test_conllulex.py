import pytest

from tunescope.errors import DataError
from tunescope.tasks._conllulex import read_conllulex


def word(i, form, smwe="_", role="_", function="_"):
    return "\t".join(
        [
            str(i),
            form,
            form,
            "ADP",
            "IN",
            "_",
            "0",
            "root",
            "_",
            "_",
            smwe,
            "P",
            form,
            role,
            function,
            "_",
            "_",
            "_",
            "O",
        ]
    )


LINES = [
    "# sent_id = s1",
    word(1, "in", role="p.Manner", function="p.Locus"),
    word(2, "front", smwe="1:1", role="p.Locus", function="p.Locus"),
    word(3, "of", smwe="1:2"),
    word(4, "with", role="??"),
    word(5, "my", role="`$", function="`$"),
    word(6, "cat", role="n.ANIMAL"),
    "",
    word(1, "cat", role="n.ANIMAL"),
    "",
]


def write(tmp_path, lines=LINES):
    path = tmp_path / "some.conllulex"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(("supersense", "label"), [("role", "Manner"), ("function", "Locus")])
def test_single_token_prepositions_are_the_targets(tmp_path, supersense, label):
    (first, second), _ = read_conllulex([write(tmp_path)], supersense)
    assert first.targets == (((0,), label),)
    assert second.targets == ()


def test_what_is_left_out_is_counted(tmp_path):
    path = write(tmp_path)
    _, notes = read_conllulex([path, path], "role")
    assert notes == (
        "left out: 2 prepositions annotated ??",
        "left out: 2 prepositions annotated `$",
        "left out: 2 prepositions in a multiword expression",
    )


@pytest.mark.parametrize("function", ["_", "p.", "Locus"])
def test_a_role_without_a_function_is_a_broken_line(tmp_path, function):
    path = write(tmp_path, [word(1, "in", role="p.Time", function=function)])
    with pytest.raises(DataError, match=r"some.conllulex, line 1: column 15 is .* expected a supersense such as"):
        read_conllulex([path], "function")


def test_a_line_with_the_columns_of_conllu_is_broken(tmp_path):
    path = write(tmp_path, ["1\tin\tin\tADP\tIN\t_\t0\troot\t_\t_"])
    with pytest.raises(DataError, match="line 1: 10 columns; expected 19"):
        read_conllulex([path], "role")


def test_an_empty_file_and_an_unknown_supersense_fail(tmp_path):
    with pytest.raises(DataError, match="holds no sentence"):
        read_conllulex([write(tmp_path, [])], "role")
    with pytest.raises(DataError, match="expected one of role, function"):
        read_conllulex([write(tmp_path)], "sense")
