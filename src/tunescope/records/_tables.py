"""The tables that the package itself writes, and those that older versions wrote in their stead."""

from __future__ import annotations

from tunescope.records._table import Table, register

_INTERVAL = {"value": "double", "low": "double", "high": "double"}
"""A measured value, and its interval (95 %) where the measure has one."""
_NULL = {"null": "double", "null_low": "double", "null_high": "double"}
"""Where the value lies when there is nothing to find: the median and the 2.5 % and 97.5 % quantiles of draws; empty
where none were drawn."""


def _table(
    name: str, row: str, columns: dict[str, str], values: str, spare: str = "", replaced_by: str | None = None
) -> Table:
    """Declare a table; `values` and `spare` are names with spaces between."""
    # Every reader has the stage from whether `tuned_on` is empty.
    known = {"stage", *spare.split()}
    table = Table(name, row, columns, frozenset(values.split()), frozenset(known), replaced_by=replaced_by)
    return register(table)


TASKS = register(
    Table(
        "tasks",
        "task × split × label",
        {"kind": "string", "split": "string", "label": "string", "n": "int64"},
        values=frozenset({"kind", "n"}),
        spare=frozenset({"kind"}),
        origin={"task": "string"},
    )
)
TRAINING = _table(
    "training",
    "update",
    {"update": "int64", "epoch": "double", "loss": "double", "learning_rate": "double"},
    values="epoch loss learning_rate",
    spare="task epoch learning_rate",
)
PARAMETERS = _table(
    "parameters",
    "tensor of a fine-tuned encoder",
    {
        "parameter": "string",
        "layer": "int64",
        "part": "string",
        "total": "int64",
        "trained": "int64",
        "change": "double",
        "stable_rank": "double",
    },
    values="layer part total trained change stable_rank",
)
ACCURACY = _table(
    "accuracy",
    "probe run",
    {
        "layer": "int64",
        "probe": "string",
        "split": "string",
        "init": "int64",
        "accuracy": "double",
        "hidden1": "int64",
        "hidden2": "int64",
        "alpha": "double",
        "n": "int64",
    },
    values="accuracy n",
    spare="probe init hidden1 hidden2 alpha n",
)
CLUSTERS = _table(
    "clusters",
    "space",
    {
        "layer": "int64",
        "n_points": "int64",
        "n_labels": "int64",
        "n_clusters": "int64",
        "linear": "bool",
        "undecided": "int64",
        "conflicts": "int64",
        "intra_accuracy": "double",
        "seconds": "double",
    },
    values="n_points n_labels n_clusters linear undecided conflicts intra_accuracy seconds",
    spare="n_points undecided conflicts intra_accuracy seconds",
)
CLUSTER_SIZES = _table(
    "cluster_sizes",
    "cluster",
    {"layer": "int64", "cluster": "int64", "label": "string", "n_points": "int64"},
    values="label n_points",
)
BLOCKS = _table(
    "blocks",
    "label pair that blocks linearity, or conflict",
    {
        "layer": "int64",
        "kind": "string",
        "label_a": "string",
        "label_b": "string",
        "n_points": "int64",
        "points": "list<int64>",
        "text": "string",
    },
    values="points",
    spare="n_points points text",
)
PAIRS = _table(
    "pairs",
    "label pair of a space",
    {
        "layer": "int64",
        "split": "string",
        "update": "int64",
        "label_a": "string",
        "label_b": "string",
        "lower": "double",
        "upper": "double",
        "verdict": "string",
    },
    values="lower upper verdict",
    spare="split update verdict",
)
GAPS = _table(
    "gaps",
    "label of a space at an update",
    {
        "layer": "int64",
        "update": "int64",
        "epoch": "double",
        "label": "string",
        "n_points": "int64",
        "distance": "double",
        "scaled": "double",
        "nearest": "string",
    },
    values="epoch n_points distance scaled nearest",
    spare="epoch n_points scaled nearest",
)
COMPARISONS_TABLE = _table(
    "comparisons",
    "measure of two spaces of the same labels or points",
    {
        "layer": "int64",
        "comparison": "string",
        "update": "int64",
        "measure": "string",
        "setting": "string",
        **_INTERVAL,
        **_NULL,
        "n": "int64",
        "n_labels": "int64",
        "linear": "bool",
    },
    values=" ".join([*_INTERVAL, *_NULL, "n n_labels linear"]),
    spare=" ".join(["low high", *_NULL, "n n_labels linear"]),
)
MEASURES = _table(
    "measures",
    "measure of one space at an update",
    {
        "layer": "int64",
        "split": "string",
        "update": "int64",
        "epoch": "double",
        "measure": "string",
        "setting": "string",
        **_INTERVAL,
        **_NULL,
        "n": "int64",
    },
    values=" ".join(["epoch", *_INTERVAL, *_NULL, "n"]),
    spare=" ".join(["epoch low high", *_NULL, "n"]),
)
SIMILARITY = _table(
    "similarity",
    "comparison of two spaces",
    {
        "layer": "int64",
        "comparison": "string",
        "update": "int64",
        "convention": "string",
        "pearson": "double",
        "spearman": "double",
        "low": "double",
        "high": "double",
        "n_pairs": "int64",
        "n_labels": "int64",
        "linear": "bool",
    },
    values="pearson spearman low high n_pairs n_labels linear",
    spare="update convention spearman low high n_pairs n_labels linear",
    replaced_by="comparisons",
)
LEAVE_ONE_OUT = _table(
    "leave_one_out",
    "comparison × label left out",
    {
        "layer": "int64",
        "comparison": "string",
        "update": "int64",
        "convention": "string",
        "label": "string",
        "pearson": "double",
    },
    values="pearson",
    spare="update convention",
)
PATHS = _table(
    "paths",
    "label at an update",
    {"layer": "int64", "update": "int64", "label": "string", "x": "double", "y": "double"},
    values="x y",
)
MOVEMENT = _table(
    "movement",
    "label",
    {"layer": "int64", "label": "string", "dx": "double", "dy": "double", "length": "double"},
    values="dx dy length",
)
MEMORISATION = _table(
    "memorisation",
    "probe epoch",
    {"layer": "int64", "split": "string", "probe_epoch": "int64", "accuracy": "double"},
    values="accuracy",
    spare="layer",
)
PAIR_CHANCE = _table(
    "pair_chance",
    "label pair of a space, beside labels in random order",
    {
        "layer": "int64",
        "split": "string",
        "update": "int64",
        "label_a": "string",
        "label_b": "string",
        "n_points": "int64",
        "forced": "bool",
        "log_cover": "double",
        "distance": "double",
        **_NULL,
        "excess": "double",
    },
    values=" ".join(["n_points forced log_cover distance", *_NULL, "excess"]),
)
GAP_CHANCE = _table(
    "gap_chance",
    "label of a space, beside labels in random order",
    {
        "layer": "int64",
        "split": "string",
        "update": "int64",
        "label": "string",
        "n_points": "int64",
        "distance": "double",
        **_NULL,
        "excess": "double",
    },
    values=" ".join(["n_points distance", *_NULL, "excess"]),
)
SPACES = _table(
    "spaces",
    "space at an update",
    {
        "layer": "int64",
        "update": "int64",
        "epoch": "double",
        "scale": "double",
        "n_points": "int64",
        "width": "int64",
    },
    values="epoch scale n_points width",
    spare="epoch n_points width",
)

BUILT_IN = (
    TASKS,
    TRAINING,
    PARAMETERS,
    ACCURACY,
    CLUSTERS,
    CLUSTER_SIZES,
    BLOCKS,
    PAIRS,
    GAPS,
    COMPARISONS_TABLE,
    MEASURES,
    LEAVE_ONE_OUT,
    PATHS,
    MOVEMENT,
    MEMORISATION,
    PAIR_CHANCE,
    GAP_CHANCE,
    SPACES,
)
"""The tables that the package itself writes, in the order of the documentation."""
