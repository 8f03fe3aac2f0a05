"""DirectProbe on vectors that a person brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tunescope._shown import axes_for, html_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from tunescope.geometry import DirectProbe
    from tunescope.integrations._vectors.kinds import LabelledVectors

FORMATS = ("parquet", "directprobe")
"""How results are written: our own tables, or the text files of the published DirectProbe."""


@dataclass(frozen=True, repr=False)
class ProbedVectors:
    """What DirectProbe finds in labelled vectors."""

    source: Path
    """Where the vectors were read from."""
    n_points: int
    """Points."""
    width: int
    """Numbers of a vector."""
    n_clusters: int
    """Clusters with disjoint hulls."""
    linear: bool
    """Whether there is one cluster a label."""
    undecided: int
    """Pairs of hulls whose gap is too thin to decide."""
    conflicts: int
    """Coincident points of different labels."""
    scale: float
    """Root mean square distance of the points to their mean."""
    gaps: list[dict[str, Any]]
    """Each label with its number of points, its distance to the nearest other label, and which that is."""
    blocks: list[dict[str, Any]]
    """What keeps the space from being linear."""
    notes: tuple[str, ...]
    """How the file was understood, and what of it was left out."""
    pairs: pd.DataFrame = field(repr=False)
    """Each label pair with the bounds of its distance."""
    labels: NDArray[np.str_] = field(repr=False)
    """(n,) the label of each point."""
    clusters: NDArray[np.int64] = field(repr=False)
    """(n,) the cluster of each point."""
    probe: DirectProbe = field(repr=False)
    """The fitted probe."""
    vectors: LabelledVectors = field(repr=False)
    """What was probed."""
    n_pairs: int
    """Label pairs."""
    n_forced: int
    """Those with no more points than spanned dimensions plus one: separable whatever their labels."""
    separable_by_chance: float
    """Share of pairs that random labels would separate: the mean of Cover's shares."""
    dimensions: int
    """Dimensions that the points span."""

    @property
    def chance(self) -> str:
        """What chance alone gives, in a sentence."""
        share = f"{100 * self.separable_by_chance:.3g} %"
        if self.n_forced == self.n_pairs:
            return (
                f"chance alone gives this: all {self.n_pairs} label pairs have at most {self.dimensions + 1} points, "
                f"the dimensions plus one, and are separable whatever their labels"
            )
        told = f"{self.n_forced} of {self.n_pairs} label pairs could not have been otherwise (at most "
        return told + f"{self.dimensions + 1} points); random labels would separate {share} of all pairs"

    def __repr__(self) -> str:
        linear = "linear" if self.linear else "not linear"
        return f"<ProbedVectors: {self.n_points} points of width {self.width}, {self.n_clusters} clusters, {linear}>"

    def _repr_html_(self) -> str:
        facts = [
            ("points", self.n_points),
            ("width", self.width),
            ("clusters", self.n_clusters),
            ("linear", self.linear),
            ("conflicts", self.conflicts),
        ]
        columns = ["label", "n_points", "distance", "scaled", "nearest"]
        rows = [[row.get(name) for name in columns] for row in self.gaps]
        return html_table(f"DirectProbe on {self.source}", columns, rows, facts=facts, notes=self.notes)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each label's distance to the nearest other label.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax = axes_for(ax)
        ax.barh([row["label"] for row in self.gaps], [row["distance"] for row in self.gaps])
        ax.set_xlabel("distance to the nearest label")
        return ax

    def save(self, folder: str | Path, format: Literal["parquet", "directprobe"] = "parquet") -> list[Path]:
        """Write what was found.

        Parameters
        ----------
        folder : str or Path
            Made where it is not there.
        format : {"parquet", "directprobe"}
            Tables ``clusters``, ``pairs`` and ``gaps`` as Parquet, or the text files of the published DirectProbe
            (``clusters.txt``, ``dis.txt``, ``prediction.txt`` where there are points of test, ``vec.txt``,
            ``outside_min.txt``, ``inside_mean.txt``, ``inside_max.txt``).

        Returns
        -------
        list of Path
            What was written.

        Raises
        ------
        DataError
            There is no such format.
        StorageError
            The file system refuses.
        """
        import pandas as pd

        from tunescope.errors import DataError, near
        from tunescope.storage import write_table, write_text

        folder = Path(folder)
        if format not in FORMATS:
            raise DataError(f"there is no format {format!r} of results; {near(format, FORMATS)}")
        if format == "directprobe":
            from tunescope.integrations._published import published_files

            read = self.vectors
            files = published_files(self.probe, read.X, read.X_test, read.y_test)
            for name, text in files.items():
                write_text(folder / name, text)
            return [folder / name for name in files]
        points = pd.DataFrame({"label": self.labels.astype(object), "cluster": self.clusters})
        tables: dict[str, Any] = {"clusters": points, "pairs": self.pairs, "gaps": self.gaps}
        for name, rows in tables.items():
            write_table(folder / f"{name}.parquet", rows)
        return [folder / f"{name}.parquet" for name in tables]


def probe_vectors(
    file: str | Path,
    *,
    labels: str | Path | None = None,
    x: str | None = None,
    y: str | None = None,
    vector: str | None = None,
    label_column: str | None = None,
) -> ProbedVectors:
    """Run DirectProbe on the labelled vectors of a file.

    Parameters
    ----------
    file : str or Path
        ``.npz``, ``.npy``, ``.safetensors``, ``.csv``, ``.tsv``, ``.parquet``, or the folder (or ``config.ini``) of the
        published DirectProbe.
    labels : str or Path, optional
        A file of the labels alone, in the order of the vectors.
    x, y : str, optional
        Names of the arrays of vectors and labels.
    vector : str, optional
        The column of whole vectors, or the columns that are their dimensions, with commas between them.
    label_column : str, optional
        The column of the labels.

    Returns
    -------
    ProbedVectors
        What was found; `notes` say how the file was understood.

    Raises
    ------
    DataError
        The file is missing, damaged, or lacks its labels.
    RepresentationError
        The vectors hold NaN or infinity, or there are fewer than two labels.
    """
    import numpy as np

    from tunescope.errors import RepresentationError
    from tunescope.geometry import DirectProbe, label_distances, pair_chance, spanned_dimensions
    from tunescope.integrations._vectors.reader import read_vectors
    from tunescope.studies import block_rows, gap_rows, pair_rows

    read = read_vectors(file, labels=labels, x=x, y=y, vector=vector, label_column=label_column)
    n_labels = len(np.unique(read.y))
    if n_labels < 2:
        raise RepresentationError(f"{read.source}: DirectProbe needs at least two labels; there is {n_labels}")
    probe = DirectProbe().fit(read.X, read.y)
    distances = label_distances(read.X, read.y)
    by_chance = pair_chance(read.y, spanned_dimensions(read.X))
    pairs = np.triu_indices(n_labels, 1)

    def words(point: int) -> str:
        return f"point {point}: {read.text[point]}" if read.text else f"point {point}"

    return ProbedVectors(
        source=read.source,
        n_points=len(read.y),
        width=read.X.shape[1],
        n_clusters=int(probe.n_clusters_),
        linear=bool(probe.is_linear_),
        undecided=int(probe.n_undecided_),
        conflicts=len(probe.conflicts_),
        scale=float(distances.scale),
        gaps=gap_rows(distances, {}),
        blocks=block_rows(probe, read.X, words, {}),
        notes=read.notes,
        pairs=pair_rows(distances, {}),
        labels=read.y,
        clusters=np.asarray(probe.labels_, np.int64),
        probe=probe,
        vectors=read,
        n_pairs=len(pairs[0]),
        n_forced=int(by_chance.forced[pairs].sum()),
        separable_by_chance=float(by_chance.probability[pairs].mean()),
        dimensions=by_chance.dimensions,
    )
