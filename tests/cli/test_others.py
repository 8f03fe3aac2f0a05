"""`tunescope compare` and `tunescope follow`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tunescope.encoders import load_encoder
from tunescope.storage import read_table


@pytest.fixture(scope="module")
def later(encoder_folder, tmp_path_factory):
    """The small encoder at two later states, as a Trainer's folder."""
    import torch

    folder = tmp_path_factory.mktemp("later")
    encoder = load_encoder(encoder_folder)
    torch.manual_seed(0)
    for step in (5, 10):
        with torch.no_grad():
            for parameter in encoder.model.parameters():
                parameter += 0.02 * torch.randn(parameter.shape)
        encoder.save(folder / f"checkpoint-{step}")
    return folder


@pytest.fixture
def run(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from tunescope.cli.main import app

    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return CliRunner().invoke(app, [str(one) for one in arguments])

    return invoke


OPTIONS = ("--task", "toy-question-coarse", "--fraction", "0.3", "-x", "dynamics", "--json", "-q")


def test_two_encoders(run, encoder_folder, later):
    said = run("compare", encoder_folder, later / "checkpoint-10", *OPTIONS, "--out", "compared")
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["summary"][0]["after"]["distance"]["mean"] > 0
    assert {0, 10} == set(read_table(Path("compared/tables/gaps.parquet"))["update"])


def test_the_checkpoints_of_a_folder(run, encoder_folder, later):
    said = run("follow", later, "--start", encoder_folder, *OPTIONS, "--label", "mine")
    assert said.exit_code == 0, said.output
    gaps = read_table(Path("tunescope-mine/tables/gaps.parquet"))
    assert {0, 5, 10} == set(gaps["update"])
    assert set(gaps["encoder"]) == {"mine"}


def test_one_message_where_there_is_nothing(run, encoder_folder):
    said = run("follow", "nowhere", "--start", encoder_folder, *OPTIONS)
    assert said.exit_code == 2
    assert "there is no folder nowhere" in said.output
