"""`tunescope compare` and `tunescope follow`: encoders that somebody else has trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tunescope.cli._voice import DeviceOption, Interrupted, JsonOption, QuietOption, print_json, spoken

if TYPE_CHECKING:
    from tunescope.studies import StudyResult

TaskOption = Annotated[str, typer.Option("--task", "-t", help="Task by name, or a file of your own.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder of the results; tunescope-<label> by default.")
]
LabelOption = Annotated[str | None, typer.Option(help="What tables call the encoder; the folder's name by default.")]
TunedOnOption = Annotated[
    str | None, typer.Option("--tuned-on", help="What it was trained on, as tables say it; the task by default.")
]
ExperimentOption = Annotated[
    list[str] | None, typer.Option("--experiment", "-x", help="Experiment; may be repeated; all that can by default.")
]
LayersOption = Annotated[str | None, typer.Option(help="last, all, or layers such as 1,6 (0 is the embedding layer).")]
FractionOption = Annotated[float | None, typer.Option(help="Part of the task's data, such as 0.1, for a first look.")]
PickleOption = Annotated[
    bool,
    typer.Option("--allow-pickle", help="Also read weights stored as a pickle, which can run code: trusted ones only."),
]


@spoken
def compare(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="Short name, hub id or folder of an encoder.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The same encoder later, or another one.")],
    task: TaskOption,
    out: OutOption = None,
    label: LabelOption = None,
    tuned_on: TunedOnOption = None,
    experiment: ExperimentOption = None,
    layers: LayersOption = None,
    fraction: FractionOption = None,
    allow_pickle: PickleOption = False,
    device: DeviceOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set two encoders side by side, as if a fine-tuning had led from the one to the other.

    Example: tunescope compare bert-base-uncased ./my-tuned-bert --task pos --out compared
    """
    from tunescope.studies import compare as study_of_two
    from tunescope.studies import task_choice

    settings = _settings(experiment, layers, fraction, allow_pickle, device)
    choice: Any = task_choice(task)

    def run(watching: Any) -> StudyResult:
        return study_of_two(before, after, choice, out, label=label, tuned_on=tuned_on, watcher=watching, **settings)

    _run(run, as_json=as_json, quiet=quiet)


@spoken
def follow(
    folder: Annotated[
        list[str],
        typer.Argument(metavar="FOLDER...", help="A Trainer's output folder, or checkpoints in order."),
    ],
    task: TaskOption,
    start: Annotated[
        str | None,
        typer.Option(help="The encoder that the training began with: short name, hub id or folder."),
    ] = None,
    out: OutOption = None,
    label: LabelOption = None,
    tuned_on: TunedOnOption = None,
    experiment: ExperimentOption = None,
    layers: LayersOption = None,
    fraction: FractionOption = None,
    allow_pickle: PickleOption = False,
    device: DeviceOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Look at every checkpoint of a training, PEFT adapters on their base among them.

    Example: tunescope follow trainer-output --task questions.csv --start bert-base-uncased --out followed
    """
    from tunescope.studies import follow as study_of_checkpoints
    from tunescope.studies import task_choice

    settings = _settings(experiment, layers, fraction, allow_pickle, device)
    choice: Any = task_choice(task)
    checkpoints: Any = folder[0] if len(folder) == 1 else folder

    def run(watching: Any) -> StudyResult:
        return study_of_checkpoints(
            checkpoints, choice, start=start, out=out, label=label, tuned_on=tuned_on, watcher=watching, **settings
        )

    _run(run, as_json=as_json, quiet=quiet)


def _settings(
    experiment: list[str] | None, layers: str | None, fraction: float | None, allow_pickle: bool, device: str | None
) -> dict[str, Any]:
    from tunescope.cli._study import layers_of

    return {
        "experiments": experiment or None,
        "layers": None if layers is None else layers_of(layers),
        "fraction": fraction,
        "allow_pickle": allow_pickle or None,
        "device": device,
    }


def _run(run: Callable[[Any], StudyResult], *, as_json: bool, quiet: bool) -> None:
    """Do it while telling how it goes, then print the answer."""
    from tunescope.cli._study import result_json_of, show
    from tunescope.cli._watch import watcher

    try:
        with watcher(quiet) as watching:
            result = run(watching)
    except KeyboardInterrupt:
        raise Interrupted("What is done is kept; the same command, with the same --out, goes on from there.") from None
    if as_json:
        print_json(result_json_of(result))
        return
    show(result, quiet=quiet)
