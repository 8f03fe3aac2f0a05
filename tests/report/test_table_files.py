"""Tables as files hold text of people: no formula for a spreadsheet, no command for LaTeX."""

from __future__ import annotations

import csv

import pytest

from tunescope.report._figures._tables import booktabs, latex, write_table_files

FORMULAE = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1",
    "＝1", " ＝1", "＋1", "－1", "＠SUM", "﹦1", "﹢1", "﹣1", "﹫A", "−1", "'=1", '"=1"',
    "=cmd|' /C calc'!A0", "\x00=1",
]  # fmt: skip


@pytest.mark.parametrize("label", FORMULAE)
def test_no_cell_of_csv_is_a_formula(tmp_path, label):
    path, _ = write_table_files(tmp_path / "t", ["label", "n"], [[label, -1.5]], "caption")
    with open(path, encoding="utf-8", newline="") as file:
        _, (cell, number) = csv.reader(file)
    assert cell.startswith("'")
    assert not any(ord(sign) < 32 for sign in cell)
    assert number == "-1.5"  # a number is one


@pytest.mark.parametrize("label", ["noun", "a=b", "-", "+", "B-PER", "café", "x" * 300, "p.Locus", "O'Neill"])
def test_other_labels_stay_in_csv(tmp_path, label):
    path, _ = write_table_files(tmp_path / "t", ["label"], [[label]], "caption")
    with open(path, encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1] == [label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a&b%c$d#e_f{g}", r"a\&b\%c\$d\#e\_f\{g\}"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("[CLS]*", "{[}CLS{]}{*}"),
        ('"`|<>', r"{\char34}{\char96}\textbar{}\textless{}\textgreater{}"),
        ("a\x1bb\u202ec\ud800", "a?b?c?"),
        ("＄＆", "＄＆"),
    ],
)
def test_text_in_latex_is_text(text, expected):
    assert latex(text) == expected


def test_a_row_that_begins_with_a_bracket_is_no_argument_of_the_line_before():
    table = booktabs(["label", "n"], [["a", 1], ["[CLS]", 2], ["*", 3]], "c")
    assert "\\\\\n    {[}CLS{]} & 2" in table
    assert "\\\\\n    {*} & 3" in table
