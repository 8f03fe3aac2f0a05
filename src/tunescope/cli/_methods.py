"""`tunescope methods`: ways of fine-tuning, and what holds an encoder to its start."""

from __future__ import annotations

from typing import Any

from tunescope.cli._lists import _table
from tunescope.cli._voice import JsonOption, QuietOption, print_json, spoken, stdout


@spoken
def methods(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the ways of fine-tuning and the anchors, those of other packages among them.

    Example: tunescope methods
    """
    from tunescope.finetuning import Anchor, Method

    found: dict[str, dict[str, Any]] = {"method": dict(Method.known()), "anchor": dict(Anchor.known())}
    if as_json:
        print_json([_json(kind, one) for kind, known in found.items() for one in known.values()])
        return
    table = _table("", "name", "what it does", "settings")
    for kind, known in found.items():
        for one in known.values():
            table.add_row(kind, one.name, one.title, ", ".join(one.model_fields))
    console = stdout()
    console.print(table)
    if not quiet:
        console.print("A recipe names them: `recipe: {method: {lora: {r: 8}}}`.", style="dim", markup=False)
        console.print("`recipes: [full, layernorm]` compares several.", style="dim", markup=False)


def _json(kind: str, one: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": one.name,
        "title": one.title,
        "settings": list(one.model_fields),
        "source": one.source,
    }
