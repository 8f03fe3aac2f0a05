"""Published beside measured: the paper's numbers as it printed them, and which of them a study may be held against."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from tunescope.findings import compare, find_runs, paper_encoder, paper_setup, summarise
from tunescope.findings._paper import published as paper
from tunescope.findings._paper.tally import published_outcomes
from tunescope.findings._study import read_study
from tunescope.report import published_beside_measured, write_figures

POS = ("ADJ", "CCONJ", "NOUN", "PART", "PUNCT", "SYM")


def describe(folder: Path, **settings: object) -> Path:
    """Let a study say more of itself."""
    path = folder / "study.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **settings}), encoding="utf-8")
    return folder


def encoder(label: str, name: str, n_layers: int) -> dict[str, object]:
    return {"label": label, "name": name, "n_layers": n_layers}


def value(table: pd.DataFrame, column: str, **where: object) -> object:
    """The one value of a column in the row that these columns name."""
    for name, wanted in where.items():
        table = table[table[name] == wanted]
    assert len(table) == 1
    return table[column].item()


def test_table_7_is_complete_and_as_printed():
    assert set(paper.TABLE_7) == {(encoder, task) for encoder in paper.ENCODERS for task in paper.TASKS}
    base = paper.TABLE_7["base", "ps-role"]
    assert base.accuracy == (74.49, 81.14)
    assert base.accuracy_std == (0.84, 0.26)
    assert base.train_test == (0.82, 0.52)
    assert paper.TABLE_7["tiny", "pos"].clusters == (3936, 20)
    assert paper.TABLE_7["small", "ps-fxn"].accuracy == (86.26, 85.08)
    assert paper.TABLE_7["medium", "dep"].accuracy_std == (0.14, 0.20)
    # Similarity is defined for linear spaces only, and a space is linear with as many clusters as labels.
    for (_, task), row in paper.TABLE_7.items():
        for clusters, similarity in zip(row.clusters, row.train_test, strict=True):
            assert (clusters == paper.LABELS[task]) == (similarity is not None)


def test_what_the_paper_says_of_its_own_tables():
    # Accuracy rises everywhere but for small on ps-fxn; similarity falls in every case.
    assert published_outcomes()["accuracy-rises"] == (24, 25)
    found, asked = published_outcomes()["train-test-similarity-falls"]
    assert found == asked > 10
    assert published_outcomes()["clusters-fall"] == (25, 25)
    assert all(row.risen + row.fallen == paper.LABELS["ps-fxn"] for row in paper.TABLE_5.values())
    assert paper.TABLE_5["pos"].mean_change == -1.68
    assert [ends[12] for ends in paper.FIGURE_4.values()] == [0.69, 0.62, 0.65, 0.52]
    assert paper.FIGURES_2_6["dep"]["nmod:npmod"] == (5.3, 4.3)


@pytest.mark.parametrize(
    ("name", "depth", "found"),
    [
        ("base", 12, "base"),
        ("google-bert/bert-base-uncased", 12, "base"),
        ("bert-base-uncased", None, "base"),
        ("google/bert_uncased_L-2_H-128_A-2", 2, "tiny"),
        ("./encoders/bert_uncased_L-4_H-512_A-8/", 4, "small"),
        ("/cache/models--google--bert_uncased_L-8_H-512_A-8/snapshots/1a2b", 8, "medium"),
        ("C:\\encoders\\bert_uncased_L-4_H-256_A-4", 4, "mini"),
        ("base", 6, None),
        ("someone/bert-base-uncased-finetuned", 12, None),
        ("./base-model", 12, None),
        ("minilm", 6, None),
        ("", None, None),
    ],
)
def test_encoders_are_matched_by_what_they_are(name, depth, found):
    assert paper_encoder(name, depth) == found


def test_a_label_alone_makes_no_encoder_of_the_paper(make_study):
    folder = make_study(encoders=("base",), tasks={"pos": POS}, pairs=(("pos", "pos"),), layers=(0, 6), seeds=(0,))
    describe(folder, encoders=[encoder("base", "/models/minilm", 6)])
    study = read_study(folder)
    setup = paper_setup(study, find_runs(study)[0])
    assert setup.encoder is None
    assert setup.depth == 6
    assert setup.different == ("another encoder",)


def test_differences_are_measured_minus_published(make_study):
    folder = make_study(
        encoders=("mine",), tasks={"pos": POS}, pairs=(("pos", "pos"),), layers=(0, 8, 10, 12), seeds=(0, 1)
    )
    describe(folder, encoders=[encoder("mine", "google-bert/bert-base-uncased", 12)])
    table = published_beside_measured(folder)
    accuracy = pd.read_parquet(folder / "tables" / "accuracy.parquet").query("split == 'test'")
    for stage, published in (("original", 93.39), ("fine-tuned", 95.68)):
        mean = 100 * accuracy[accuracy["stage"] == stage]["accuracy"].mean()
        here = {"quantity": "accuracy", "stage": stage}
        assert value(table, "measured", **here) == pytest.approx(mean)
        assert value(table, "published", **here) == published
        assert value(table, "difference", **here) == pytest.approx(mean - published)
        assert value(table, "n", **here) == (5 if stage == "original" else 2)
    assert value(table, "published_std", quantity="accuracy", stage="fine-tuned") == 0.02
    assert value(table, "published", quantity="clusters", stage="fine-tuned") == 17
    assert value(table, "note", quantity="clusters", stage="fine-tuned") == "6 labels here, 17 in the paper"
    assert value(table, "published", quantity="train-test similarity", stage="original") == 0.97
    similarity = table[table["quantity"] == "similarity to the start"]
    assert dict(zip(similarity["layer"], similarity["published"], strict=True)) == {8: 0.88, 10: 0.75, 12: 0.65}
    ends = pd.read_parquet(folder / "tables" / "similarity.parquet").query(
        "comparison == 'to-start' and update == 60 and layer == 10"
    )
    assert value(similarity, "measured", layer=10) == pytest.approx(ends["pearson"].mean())
    gaps = pd.read_parquet(folder / "tables" / "gaps.parquet").query("layer == 12 and label == 'CCONJ'")
    start = gaps.query("update == 0")["distance"].iloc[0]
    here = {"quantity": "minimum distance", "label": "CCONJ", "stage": "original"}
    assert value(table, "difference", **here) == pytest.approx(start - 2.3)
    assert value(table, "read_off", **here)


def test_another_encoder_and_a_stand_in_get_a_range_and_no_difference(make_study):
    folder = make_study(
        encoders=("minilm",), tasks={"ps-role-pastrie": POS}, pairs=(("ps-role-pastrie", "ps-role-pastrie"),),
        layers=(0, 2, 4, 5, 6), seeds=(0,),
    )  # fmt: skip
    describe(folder, encoders=[encoder("minilm", "/models/minilm", 6)])
    table = published_beside_measured(folder)
    assert table["published"].isna().all()
    assert table["difference"].isna().all()
    here = {"quantity": "accuracy", "stage": "fine-tuned"}
    assert value(table, "published_low", **here) == 60.31
    assert value(table, "published_high", **here) == 81.14
    assert value(table, "published_for", **here) == "tiny to base on ps-role"
    assert value(table, "standing", **here) == "above"  # 96 % of points that are easy to tell apart
    # Half-way of six layers is half-way of twelve; distances of another space are not compared.
    similarity = table[table["quantity"] == "similarity to the start"]
    assert dict(zip(similarity["layer"], similarity["published_low"], strict=True)) == {4: 0.90, 5: 0.80, 6: 0.69}
    assert not (table["quantity"] == "minimum distance").any()
    study = read_study(folder)
    assert paper_setup(study, find_runs(study)[0]).different == (
        "another encoder",
        "ps-role-pastrie stands in for ps-role",
    )


def test_the_papers_encoder_on_a_stand_in_is_shown_beside_itself(make_study):
    folder = make_study(
        encoders=("small",), tasks={"ps-fxn-pastrie": POS}, pairs=(("ps-fxn-pastrie", "ps-fxn-pastrie"),),
        layers=(4,), seeds=(0,), tables=("accuracy", "clusters"),
    )  # fmt: skip
    table = published_beside_measured(folder)
    assert set(table["published_for"]) == {"small on ps-fxn"}
    assert table["difference"].isna().all()


def test_less_data_other_epochs_and_files_of_ones_own_are_told(make_study):
    def setup(**settings):
        folder = make_study(
            f"study-{len(settings)}-{next(iter(settings))}", encoders=("base",), tasks={"pos": POS},
            pairs=(("pos", "pos"),), layers=(12,), seeds=(0,), tables=("clusters", "gaps"),
        )  # fmt: skip
        study = read_study(describe(folder, **settings))
        return paper_setup(study, find_runs(study)[0])

    assert setup(study={"fraction": 0.1}).different == ("on a part of the data (0.1)",)
    assert setup(recipes={"base": {"epochs": 10}}).tuning_note == "10 epochs of fine-tuning here, 3 in the paper"
    assert setup(recipes={"base": {"epochs": 3}}, study={"fraction": None}).tuning_note == ""
    assert setup(study={"tasks": [{"name": "pos", "file": "my.conllu"}]}, name="x").task is None


def test_the_papers_last_layer_is_its_encoders_last(make_study):
    folder = make_study(encoders=("base",), tasks={"pos": POS}, pairs=(("pos", "pos"),), layers=(0, 6), seeds=(0,))
    assert published_beside_measured(folder).empty


def test_cross_task_rows_are_those_of_table_5(make_study):
    folder = make_study(
        encoders=("base",), tasks={"ps-fxn": POS}, pairs=(("ps-fxn", "ps-fxn"), ("ps-fxn", "pos")), layers=(0, 12),
        seeds=(0, 1),
    )  # fmt: skip
    table = published_beside_measured(folder)
    crossed = table[table["tuned_on"] == "pos"]
    assert set(crossed["source"]) == {"Table 5"}
    assert value(crossed, "published", quantity="accuracy") == 83.24
    assert value(crossed, "published", quantity="labels that rose") == 0
    gaps = pd.read_parquet(folder / "tables" / "gaps.parquet").query("layer == 12")
    start = gaps[gaps["update"] == 0].drop_duplicates("label").set_index("label")["distance"]
    ends = gaps.query("tuned_on == 'pos' and update == 60").pivot(index="seed", columns="label", values="distance")
    change = ends - start
    assert value(crossed, "measured", quantity="mean change of minimum distances") == pytest.approx(
        change.to_numpy().mean()
    )
    assert value(crossed, "measured", quantity="labels that rose") == pytest.approx(
        100 * (change > 0).to_numpy().mean()
    )
    own = table[(table["tuned_on"] == "ps-fxn") & (table["quantity"] == "labels that rose")]
    assert own["published"].item() == 100


def test_the_paper_s_convention_is_taken_where_the_study_has_it(make_study):
    folder = make_study(encoders=("base",), tasks={"pos": POS}, pairs=(("pos", "pos"),), layers=(12,), seeds=(0,))
    path = folder / "tables" / "similarity.parquet"
    table = pd.read_parquet(path)
    pd.concat([table, table.assign(convention="published", pearson=0.125)]).to_parquet(path)
    found = published_beside_measured(folder)
    similar = found[found["quantity"].str.contains("similarity")]
    assert len(similar) == 3
    assert set(similar["measured"]) == {0.125}
    assert set(similar["note"]) == {"by the paper's convention"}


def test_studies_without_anything_of_the_paper_have_no_rows_and_no_file(make_study):
    folder = make_study(pairs=(("toy-role", "toy-role"),), layers=(1,), seeds=(0,))
    table = published_beside_measured(folder)
    assert table.empty
    assert "difference" in table.columns
    study = read_study(folder)
    (run,) = find_runs(study)
    assert compare(study, run, summarise(study, run)) == ()
    assert not [path for path in write_figures(folder, formats=("png",)) if path.name.startswith("published")]


def test_tables_for_papers_hold_published_and_measured(make_study):
    folder = make_study(
        encoders=("tiny", "minilm"), tasks={"pos": POS}, pairs=(("pos", "pos"),), layers=(0, 2), seeds=(0,)
    )
    written = {path.name: path for path in write_figures(folder, formats=("png",))}
    with open(written["published-beside-measured.csv"], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = published_beside_measured(folder)
    assert len(rows) == len(table)
    assert [row["difference"] for row in rows if row["encoder"] == "minilm"] == [""] * sum(table.encoder == "minilm")
    accuracy = next(row for row in rows if (row["encoder"], row["quantity"]) == ("tiny", "accuracy"))
    assert accuracy["published"] == "90.76"
    assert float(accuracy["difference"]) == pytest.approx(float(accuracy["measured"]) - 90.76)
    latex = written["published-beside-measured.tex"].read_text(encoding="utf-8")
    assert r"90.76 $\pm$ 0.24" in latex
    assert "(90.76--94.40, tiny to base on pos)" in latex
