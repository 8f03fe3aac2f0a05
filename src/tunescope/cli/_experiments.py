"""`tunescope experiments`: what a study can ask for."""

from __future__ import annotations

from tunescope.cli._lists import _table
from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stdout


@spoken
def experiments(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the experiments, those of other packages among them.

    Example: tunescope experiments
    """
    from tunescope.studies import experiment_infos

    infos = experiment_infos()
    if as_json:
        print_json([{"name": info.name, "question": info.question, "tables": list(info.tables)} for info in infos])
        return
    table = _table("name", "question", "tables")
    for info in infos:
        table.add_row(info.name, info.question, ", ".join(info.tables))
    console = stdout()
    console.print(table)
    if not quiet:
        console.print("A study names them: `experiments: [performance]`, or `all`.", style="dim", markup=False)
