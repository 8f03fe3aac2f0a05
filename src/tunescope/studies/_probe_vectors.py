"""DirectProbe on vectors that a person brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ProbedVectors:
    """What DirectProbe finds in labelled vectors."""

    source: Path
    n_points: int
    width: int
    n_clusters: int
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
    pairs: pd.DataFrame = field(repr=False)
    """Each label pair with the bounds of its distance."""
    labels: NDArray[np.str_] = field(repr=False)
    """(n,) the label of each point."""
    clusters: NDArray[np.int64] = field(repr=False)
    """(n,) the cluster of each point."""

    def save(self, folder: Path) -> None:
        """Write `clusters`, `pairs` and `gaps` as Parquet tables.

        Raises:
            StorageError: the file system refuses.
        """
        import pandas as pd

        from tunescope.storage import write_table

        points = pd.DataFrame({"label": self.labels.astype(object), "cluster": self.clusters})
        write_table(folder / "clusters.parquet", points)
        write_table(folder / "pairs.parquet", self.pairs)
        write_table(folder / "gaps.parquet", self.gaps)


def probe_vectors(file: str | Path, *, label_column: str = "label") -> ProbedVectors:
    """Run DirectProbe on the labelled vectors of a file (.npz with X and y, .csv, .tsv or .parquet).

    Raises:
        DataError: the file is missing, damaged, or lacks its labels.
        RepresentationError: the vectors hold NaN or infinity, or there are fewer than two labels.
    """
    import numpy as np

    from tunescope.errors import RepresentationError
    from tunescope.geometry import DirectProbe, label_distances
    from tunescope.storage import read_vectors
    from tunescope.studies._units.rows import block_rows, gap_rows, pair_rows

    path = Path(file)
    X, y = read_vectors(path, label_column)
    if len(np.unique(y)) < 2:
        raise RepresentationError(f"{path}: DirectProbe needs at least two labels; there is {len(np.unique(y))}")
    probe = DirectProbe().fit(X, y)
    distances = label_distances(X, y)
    return ProbedVectors(
        source=path,
        n_points=len(y),
        width=X.shape[1],
        n_clusters=int(probe.n_clusters_),
        linear=bool(probe.is_linear_),
        undecided=int(probe.n_undecided_),
        conflicts=len(probe.conflicts_),
        scale=float(distances.scale),
        gaps=gap_rows(distances, {}),
        blocks=block_rows(probe, X, lambda point: f"point {point}", {}),
        pairs=pair_rows(distances, {}),
        labels=y,
        clusters=np.asarray(probe.labels_, np.int64),
    )
