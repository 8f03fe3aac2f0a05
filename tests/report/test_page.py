"""The page before a browser sees it: safe data, honest words, bounded size."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import ReportError, StorageError
from tunescope.findings import Paths, check_claims, find_gaps, find_runs, summarise
from tunescope.findings._study import read_study
from tunescope.report import write_report
from tunescope.report._page._answer import answer
from tunescope.report._page._bundle import bundle
from tunescope.report._page._json import rounded, script_json
from tunescope.report._page._modules import modules
from tunescope.report._page._payload import payload
from tunescope.report._page._section import sections
from tunescope.report._page._view import DETAILS, Detail, StudyView, kept

json_values = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(10**9), 10**9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_json_in_a_page_is_one_run_of_text_and_comes_back_whole(value):
    text = script_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


@given(st.floats())
def test_numbers_keep_four_digits_or_become_null(number):
    value = rounded(number)
    if value is None:
        assert number != number or abs(number) > 1.797e308
    else:
        assert value == pytest.approx(number, rel=5.1e-4)
        json.dumps(value, allow_nan=False)


def test_surrogates_do_not_stop_the_page():
    assert script_json(["\ud800"]).isascii()


@given(st.integers(1, 400), st.integers(2, 60))
def test_thinning_keeps_both_ends(n, most):
    at = kept(range(n), most)
    assert at[0] == 0
    assert at[-1] == n - 1
    assert len(at) <= max(most, 1) or n <= most
    assert at == sorted(set(at))


def test_the_page_holds_its_data_and_allows_only_its_own_script(make_study):
    folder = make_study(pairs=(("toy-role", "toy-role"),), layers=(0, 1), seeds=(0,))
    page = write_report(folder)
    assert page == folder / "report.html"
    text = page.read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert json.loads(data)["runs"][0]["task"] == "toy-role"
    assert "default-src 'none'" in text
    assert text.count("<script") == 2
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


def test_the_same_study_gives_the_same_page(make_study):
    folder = make_study(tables=("gaps", "clusters"), layers=(1,), seeds=(0,))
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first


def test_a_study_too_large_is_thinned_and_says_so(make_study):
    own = {"pairs": (("toy-role", "toy-role"),), "seeds": (0, 1), "layers": (0, 1, 2), "tables": ("gaps", "paths")}
    folder = make_study(updates=tuple(range(0, 481, 3)), **own)
    whole = write_report(folder).stat().st_size
    page = write_report(folder, most_bytes=int(whole * 0.6))
    assert page.stat().st_size <= whole * 0.6
    assert "To keep this page small" in page.read_text(encoding="utf-8")
    with pytest.raises(StorageError, match=r"larger than 0\.001 MB"):
        write_report(folder, most_bytes=1000)


def test_what_is_left_out_of_the_data_keeps_first_and_last(make_study):
    study = read_study(make_study(tables=("gaps",), layers=(0, 1, 2), updates=tuple(range(0, 101, 2))))
    thin = payload(StudyView(study, Detail(most_updates=5, every_layer=False)))["runs"][0]["sections"]["gaps"]
    assert list(thin) == [0, 2]
    assert thin[2]["updates"][0] == 0
    assert thin[2]["updates"][-1] == 100
    assert len(thin[2]["updates"]) == 5
    assert DETAILS[0].note is None


def test_claims_follow_the_numbers(study_dir):
    study = read_study(study_dir)
    run = find_runs(study)[0]
    summary = summarise(study, run)
    found = {claim.name: claim for claim in check_claims(study, run, summary)}
    assert found["accuracy-rises"].outcome == "holds"
    assert found["minimum-distances-rise"].outcome == "holds"
    gaps = find_gaps(study, run)[run.last_layer]
    risen = (gaps.scaled[:, -1] > gaps.scaled[:, 0]).sum(axis=1).mean()
    assert found["scaled-minimum-distances-rise"].evidence.startswith(f"{risen:.3g} of 13")
    # Of an unknown pair of tasks the paper claims nothing.
    cross = next(one for one in find_runs(study) if one.task != one.tuned_on)
    assert check_claims(study, cross) == ()


def test_the_headline_says_which_way_it_went(study_dir):
    study = read_study(study_dir)
    own, _, cross = (answer(summarise(study, run)) for run in find_runs(study))
    assert "times as far apart" in own.headline
    assert "raised the probe's accuracy by" in own.headline
    assert "lowered the probe's accuracy by" in cross.headline
    assert "the labels of toy-role" in cross.headline


def test_ends_without_an_update_stand_at_the_end(make_study):
    folder = make_study(tables=("gaps", "training"), layers=(1,), seeds=(0, 1), pairs=(("toy-role", "toy-role"),))
    path = folder / "tables" / "gaps.parquet"
    table = pd.read_parquet(path)
    study = read_study(folder)
    (run,) = find_runs(study)
    whole = find_gaps(study, run)[1]
    # As a study leaves it that measured only before and after.
    ends = table[table["update"].isin((0, 60))].copy()
    ends["update"] = None
    ends.to_parquet(path)
    study = read_study(folder)
    (run,) = find_runs(study)
    found = find_gaps(study, run)[1]
    assert found.updates == (0, 60)
    assert found.distance.tolist() == whole.distance[:, [0, -1]].tolist()
    # And twice, on the way and at the end.
    pd.concat([table, ends[ends["stage"] == "fine-tuned"]]).to_parquet(path)
    both = find_gaps(read_study(folder), run)[1]
    assert both.updates == whole.updates
    assert both.distance.tolist() == whole.distance.tolist()


def test_a_folder_without_results_of_runs_is_an_error(make_study):
    folder = make_study(tables=("tasks",))
    with pytest.raises(StorageError, match="no result"):
        write_report(folder)


def test_modules_are_bundled_in_order():
    script = bundle("report.js", modules(sections()))
    assert "import {" not in script
    assert not re.search(r"^export ", script, re.MULTILINE)
    assert script.index("// core/dom.js") < script.index("// core/controls.js") < script.index("// report.js")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('import { b } from "./b.js";\nexport const a = b;\n', "circle"),
        ('import { nothing } from "./c.js";\n', "does not export"),
        ('import { c as d, nothing as e } from "./c.js";\n', "nothing, which c.js does not export"),
        ('import all from "./c.js";\n', "not understood"),
        ('import { c } from "elsewhere";\n', "not understood"),
        ("export default 1;\n", "not understood"),
        ('import { c } from "../c.js";\n', "outside"),
        ('const text = "</SCRIPT>";\n', "would end"),
        ("const text = `<!-- x`;\n", "would end"),
    ],
)
def test_a_module_that_no_page_can_hold_is_an_error(text, match):
    modules = {
        "a.js": text,
        "b.js": 'import { a } from "./a.js";\nexport const b = a;\n',
        "c.js": "export const c = 1;\n",
    }
    with pytest.raises(ReportError, match=match):
        bundle("a.js", modules.__getitem__)


def test_the_room_does_not_import_matplotlib_until_it_draws():
    import subprocess
    import sys

    code = "import sys, tunescope.report; print([m for m in ('matplotlib', 'torch', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@given(st.lists(st.floats(), min_size=1, max_size=30))
def test_many_numbers_are_rounded_as_one_is(numbers):
    assert json.loads(script_json(np.array(numbers))) == [rounded(number) for number in numbers]


def test_the_three_closest_are_found_in_small_and_large_label_sets():
    def start(places):
        return Paths(0, 0, (0, 1), tuple(map(str, range(len(places)))), np.repeat(places[:, None], 2, axis=1))

    rng = np.random.default_rng(0)
    few = np.concatenate([rng.normal(size=(3, 2)) * 0.01, 5 + rng.normal(size=(12, 2)) * 30])
    assert start(few).closest() == (0, 1, 2)
    many = np.concatenate([rng.normal(size=(3, 2)) * 0.01, 5 + np.indices((9, 9)).reshape(2, -1).T * 7.0])
    assert set(start(many).closest()) == {0, 1, 2}
    assert start(few[:2]).closest() == (0, 1)
