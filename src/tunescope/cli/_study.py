"""`tunescope run`: run a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tunescope.cli._voice import (
    DeviceOption,
    Interrupted,
    JsonOption,
    QuietOption,
    print_json,
    spoken,
    stdout,
)

if TYPE_CHECKING:
    from tunescope.studies import StudyResult


class RunCommand(TyperCommand):
    """The command `run`, whose help names all that a study can choose by name, what other packages add as well."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from tunescope.execution import executors
        from tunescope.finetuning import Method
        from tunescope.geometry import measures
        from tunescope.studies import experiment_names
        from tunescope.tasks import task_specs

        known = {
            "task": f"Task by name, or a file of your own; may be repeated. By name: {', '.join(task_specs())}.",
            "experiment": f"Experiment, may be repeated: {', '.join(experiment_names())}.",
            "on": "Who does the work: "
            + "; ".join(f"{name} ({kind.about})" for name, kind in executors().items())
            + ".",
        }
        for parameter in self.params:
            if parameter.name in known:
                parameter.help = known[parameter.name]  # type: ignore[attr-defined]
        chosen = {"measures": [info.name for info in measures()], "recipe: {method: …}": Method.known()}
        self.epilog = "\n\n".join(f"In the file, {setting}: {', '.join(names)}." for setting, names in chosen.items())
        super().format_help(ctx, formatter)


@spoken
def run_command(
    study: Annotated[
        str,
        typer.Argument(metavar="STUDY", help="A YAML file, or a study of the package: demo, paper, paper-…."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the results; tunescope-<name of the study> by default."),
    ] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option("--encoder", "-e", help="Short name, hub id or folder, or LABEL=…; may be repeated."),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task", "-t", help="Task by name, or a file of your own; may be repeated."),
    ] = None,
    experiment: Annotated[
        list[str] | None,
        typer.Option("--experiment", "-x", help="Experiment; may be repeated."),
    ] = None,
    seeds: Annotated[str | None, typer.Option(help="Seeds of the fine-tuning, such as 0,1,2.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs of the fine-tuning.")] = None,
    every: Annotated[int | None, typer.Option(help="Updates between two snapshots.")] = None,
    layers: Annotated[
        str | None, typer.Option(help="last, all, or layers such as 1,6 (0 is the embedding layer).")
    ] = None,
    fraction: Annotated[
        float | None, typer.Option(help="Part of each task's data, such as 0.1, for a first look.")
    ] = None,
    allow_pickle: Annotated[
        bool,
        typer.Option(
            "--allow-pickle", help="Also read weights stored as a pickle, which can run code: trusted ones only."
        ),
    ] = False,
    on: Annotated[str, typer.Option("--on", help="Who does the work.")] = "local",
    device: DeviceOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a study, or what is missing of it, and print what fine-tuning changed.

    Example: tunescope run examples/pos.yaml --encoder ./my-encoder --seeds 0,1,2

    Stop it whenever you like: run again, it goes on where it was.
    """
    from tunescope.studies import task_choice

    overrides = {
        "encoders": [_encoder(text) for text in encoder] if encoder else None,
        "tasks": [task_choice(text) for text in task] if task else None,
        "experiments": experiment or None,
        "seeds": None if seeds is None else _numbers(seeds, "--seeds"),
        "epochs": epochs,
        "every": every,
        "layers": None if layers is None else layers_of(layers),
        "fraction": fraction,
        "device": device,
        "allow_pickle": allow_pickle or None,
    }
    result = follow(study, out, overrides, quiet=quiet, on=on)
    if as_json:
        print_json(result_json_of(result))
        return
    show(result, quiet=quiet)


def follow(study: str, out: Path | None, overrides: dict[str, Any], *, quiet: bool, on: str = "local") -> StudyResult:
    """Run a study while telling how it goes; Ctrl-C says how to go on."""
    from tunescope.cli._watch import watcher
    from tunescope.studies import run_study

    try:
        with watcher(quiet) as watching:
            return run_study(study, out, on=on, watcher=watching, **overrides)
    except KeyboardInterrupt:
        raise Interrupted("What is done is kept; the same command, with the same --out, goes on from there.") from None


def show(result: StudyResult, *, quiet: bool) -> None:
    """Print the answer of a study."""
    from tunescope.cli._summary import legend, summary_table, time_line
    from tunescope.cli._ways import ways_lines

    console = stdout()
    if result.summary:
        console.print(summary_table(result), markup=False, soft_wrap=True)
        if not quiet:
            console.print(legend(result), style="dim", markup=False)
    ways = ways_lines(result.folder)
    if ways:
        console.print(ways, markup=False, soft_wrap=True)
    if not quiet:
        console.print(f"\n{time_line(result)}", markup=False)
    console.print(f"results: {result.folder}", markup=False, soft_wrap=True)


def result_json_of(result: StudyResult, **further: Any) -> dict[str, Any]:
    """What a study found, as JSON."""
    from tunescope.cli._summary import result_json

    return result_json(result, **further)


def _encoder(text: str) -> dict[str, str]:
    """An encoder as it is typed: what to load, with `LABEL=` before it when it shall be called so."""
    label, equals, name = text.partition("=")
    if equals and label and name and "/" not in label:
        return {"name": name, "label": label}
    return {"name": text}


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no list of whole numbers such as 0,1,2", param_hint=option) from None


def layers_of(text: str) -> str | list[int]:
    """Layers as they are typed: last, all, or numbers with commas between."""
    return text if text in ("last", "all") else _numbers(text, "--layers")
