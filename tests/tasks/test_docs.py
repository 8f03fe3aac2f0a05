import re
from pathlib import Path

import pytest

from tunescope.errors import DataError
from tunescope.tasks import task_from_conllu, task_infos

PAGE = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


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
