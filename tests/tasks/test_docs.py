import re
from pathlib import Path

import pytest

from tunescope.errors import DataError
from tunescope.tasks import _registry, readers, task_from_conllu, task_from_file, task_infos

PAGE = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch):
    monkeypatch.setattr(_registry, "_registered", {})


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_the_snippets_of_the_page_run(snippet, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(snippet, "docs/tasks.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_page_names_every_task():
    missing = [info.name for info in task_infos() if f"`{info.name}`" not in PAGE]
    assert missing == []


def test_the_error_of_the_page_is_the_error_that_is_raised(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    row = "{}\tx\tx\tNOUN\t_\t_\t{}\tdep\t_\t_\n"
    Path("dogs.conllu").write_text(row.format(1, 0) + row.format(2, 7) + "\n")
    with pytest.raises(DataError) as error:
        task_from_conllu("dogs.conllu", kind="dep")
    assert str(error.value) in PAGE


def test_the_page_names_every_format_and_ending():
    missing = [reader.name for reader in readers().values() if f"| `{reader.name}` |" not in PAGE]
    assert missing == []
    endings = [ending for reader in readers().values() for ending in reader.suffixes if ending not in PAGE]
    assert endings == []


def test_what_the_page_shows_of_a_file_is_what_is_understood(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    snippet = next(snippet for snippet in SNIPPETS if "task.understood" in snippet)
    exec(compile(snippet, "docs/tasks.md", "exec"), {})
    shown = capsys.readouterr().out.split("\n", 1)[1]
    assert f"```text\n{shown}```" in PAGE


def test_the_settings_of_the_page_are_settings(tmp_path):
    import yaml

    from tunescope.studies import TaskChoice

    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    (choice,) = yaml.safe_load(block)["tasks"]
    told = TaskChoice.model_validate(choice).model_dump(exclude={"name", "file", "test_file"}, exclude_unset=True)
    (tmp_path / "reviews.csv").write_text("review;stars\n" + "good;5\nbad;1\nodd;?\n" * 5)
    assert task_from_file(tmp_path / "reviews.csv", **told).labels == ("1", "5")
