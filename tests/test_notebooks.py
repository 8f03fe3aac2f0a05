"""The notebooks of `examples/` run from the first cell to the last, offline."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))
SECONDS = 300
"""A busy machine takes its time; on an idle one a notebook takes less than half a minute."""


def test_there_are_three():
    assert NOTEBOOKS == ["paper-in-ten-minutes.ipynb", "your-own-trainer.ipynb", "your-own-vectors.ipynb"]


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.filterwarnings("ignore")  # of the notebook's kernel and its event loop
def test_a_notebook_runs(name, tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "outputs are not kept"
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("text/html" in data for data in shown)
    assert any("image/png" in data for data in shown)
