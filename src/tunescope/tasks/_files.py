"""The data files that tasks name: where they come from, and that they are the right ones."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tunescope.errors import DataError

DATA_DIR_VARIABLE = "TUNESCOPE_DATA_DIR"
"""The environment variable that names a folder with data files."""


@dataclass(frozen=True)
class DataFile:
    """A data file with pinned content.

    Parameters
    ----------
    name : str
        Its name in a data folder.
    url : str
        Its public address; empty for a file that has none.
    licence : str
        Under which terms it can be had.
    sha256 : tuple of str, optional
        Accepted SHA-256 checksums; the first one is that of the public address.
    git_blob : str, optional
        Git blob id: SHA-1 of `blob <size>`, a zero byte and the content; used where no SHA-256 is known.
    without : str, optional
        What can be done without this file, for the error that tells it is missing.
    instead : DataFile, optional
        Another form of the same data, taken where this file is not at hand.
    about : str, optional
        What of the original a file in another form has and lacks.
    """

    name: str
    url: str
    licence: str
    sha256: tuple[str, ...] = ()
    git_blob: str | None = None
    without: str = ""
    instead: DataFile | None = None
    about: str = ""

    def verify(self, content: bytes, where: str) -> str:
        """The checksum that matches; raises `DataError` (expected, got, what to do) when none does."""
        if self.sha256:
            got, expected = hashlib.sha256(content).hexdigest(), self.sha256
            kind = "sha256"
        else:
            got, expected = git_blob_id(content), (self.git_blob or "",)
            kind = "git blob id"
        if got in expected:
            return got
        raise DataError(
            f"{where} is not the file that is expected: its {kind} is {got}, "
            f"expected {' or '.join(expected)}. Remove it"
            + (f" and get it again from {self.url}" if self.url else ", or put the right one in its place")
        )


def git_blob_id(content: bytes) -> str:
    """The id under which git stores this content."""
    # SHA-1 names the content here, as git does; it protects nothing.
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


_STREUSLE = "https://raw.githubusercontent.com/nert-nlp/streusle/v4.2"
_TREC = "https://cogcomp.seas.upenn.edu/Data/QA/QC"

PUD = DataFile(
    name="en_pud-ud-test.conllu",
    url="https://raw.githubusercontent.com/UniversalDependencies/UD_English-PUD/r2.7/en_pud-ud-test.conllu",
    licence="CC BY-SA 3.0",
    sha256=("e312f9f0273b51634e1b32b7f8c3122341c168a22713a5eefe2d2fbe15ca6545",),
)
STREUSLE_TRAIN_WORDS = DataFile(
    name="streusle.ud_train.words.conllulex",
    url="",
    licence="CC BY-SA 4.0",
    sha256=("640bc1da3b7bad1cc8eab61354eb3bdf11e24f9bcefb8a44f632b6e047368519",),
    about="words, multiword expressions and supersenses are the original's; lemmas and trees are absent",
)
STREUSLE_TRAIN = DataFile(
    name="streusle.ud_train.conllulex",
    url=f"{_STREUSLE}/train/streusle.ud_train.conllulex",
    licence="CC BY-SA 4.0",
    git_blob="6cdf48613be30aa25805b3fcc6412d54758a2ab1",
    without="the tasks ps-role-pastrie and ps-fxn-pastrie stand in for ps-role and ps-fxn without it (--task)",
    instead=STREUSLE_TRAIN_WORDS,
)
STREUSLE_DEV = DataFile(
    name="streusle.ud_dev.conllulex",
    url=f"{_STREUSLE}/dev/streusle.ud_dev.conllulex",
    licence="CC BY-SA 4.0",
    sha256=("f2c87fa6f7033b20668d7fb60ae1f10154275c6cbb1f5ab2d78fa82559529b8d",),
)
STREUSLE_TEST = DataFile(
    name="streusle.ud_test.conllulex",
    url=f"{_STREUSLE}/test/streusle.ud_test.conllulex",
    licence="CC BY-SA 4.0",
    sha256=("cea04218b6c195bc4fc37f85a547c9f864ae2a07ebd9eaf788b4a54268686e90",),
)
PASTRIE = DataFile(
    name="pastrie.conllulex",
    # No tag holds this version: the commit does.
    url="https://raw.githubusercontent.com/nert-nlp/pastrie/fcb2ef61f4b90b4d59bccace993b52dbb265f503/pastrie.conllulex",
    licence="CC BY-SA 4.0",
    sha256=("65c3f2e2640496b1847ae63b5113020bb2fb9168f4739ffb16eb5e1fafaed0da",),
)
TREC_TRAIN = DataFile(
    name="train_5500.label",
    url=f"{_TREC}/train_5500.label",
    licence="free for research",
    # The second one is a copy in circulation with quotation marks and possessives written otherwise.
    sha256=(
        "9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3",
        "5fb11203af50c2d7b99d2ff1f892b571b4ee8d236cc8dde7a6aaff49f539aab2",
    ),
)
TREC_TEST = DataFile(
    name="TREC_10.label",
    url=f"{_TREC}/TREC_10.label",
    licence="free for research",
    # The second one is a copy in circulation without apostrophes and quotation marks.
    sha256=(
        "033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e",
        "86ad53c8fc9d397ab2f4be7c967d8efb470b260140557d3e57afad69d1b88b76",
    ),
)

DATA_FILES: dict[str, DataFile] = {
    file.name: file for file in (PUD, STREUSLE_TRAIN, STREUSLE_DEV, STREUSLE_TEST, PASTRIE, TREC_TRAIN, TREC_TEST)
}
"""All data files by name."""


@dataclass(frozen=True)
class FoundFile:
    """A data file on this machine whose content was verified."""

    path: Path
    checksum: str
    is_original: bool
    """False for an accepted copy that differs from the one at the public address."""
    note: str = ""
    """What this file is where another form of the same data was asked for; empty otherwise."""


def _cache_dir() -> Path:
    import pooch

    return Path(pooch.os_cache("tunescope"))


def _download(url: str, target: Path) -> None:
    """Fetch a URL into a file; raises OSError (requests' errors are among them) when that fails."""
    import pooch

    pooch.HTTPDownloader(timeout=30)(url, str(target), None)


def _verified(file: DataFile, path: Path) -> FoundFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    checksum = file.verify(content, str(path))
    return FoundFile(path, checksum, not file.sha256 or checksum == file.sha256[0])


def find_file(file: DataFile, data_dir: str | Path | None = None) -> FoundFile:
    """A data file, verified: from the data folder, from the cache, or fetched into the cache.

    The cache is pooch's for this package (the user's cache folder). Where the file is in neither place but
    another form of it is (`DataFile.instead`), that one is taken, and its `note` says so.

    Parameters
    ----------
    file : DataFile
        What is looked for.
    data_dir : str or Path, optional
        The data folder; by default the one that `TUNESCOPE_DATA_DIR` names.

    Returns
    -------
    FoundFile
        Where it is.

    Raises
    ------
    DataError
        The file is nowhere and cannot be fetched, or its checksum is another one.
    """
    cache = _cache_dir()
    named = data_dir if data_dir is not None else os.environ.get(DATA_DIR_VARIABLE) or None
    folders = [cache] if named is None else [Path(named).expanduser(), cache]
    for folder in folders:
        if (folder / file.name).is_file():
            return _verified(file, folder / file.name)
    if file.instead is not None:
        for folder in folders:
            if (folder / file.instead.name).is_file():
                note = f"{file.instead.name} is read in place of {file.name}: {file.instead.about}"
                return replace(_verified(file.instead, folder / file.instead.name), note=note)
    try:
        return _fetch(file, cache / file.name)
    except OSError as error:
        looked = [f"{folder}" + ("" if folder.is_dir() else " (there is no such folder)") for folder in folders[:-1]]
        raise DataError(
            f"the data file {file.name} is missing: looked in {' and '.join([*looked, str(cache)])}, and {file.url} "
            f"could not be fetched ({_reason(error)}). Get it from there and name its folder in {DATA_DIR_VARIABLE}"
            + (f"; {file.instead.name} will do as well" if file.instead else "")
            + (f"; {file.without}" if file.without else "")
        ) from error


def _reason(error: OSError) -> str:
    """Why a download failed, in a few words: what requests says runs over several lines."""
    short = {
        "ConnectionError": "no connection",
        "ConnectTimeout": "no answer",
        "ReadTimeout": "no answer in time",
    }
    return short.get(type(error).__name__) or str(error).split("\n")[0] or type(error).__name__


def _fetch(file: DataFile, cached: Path) -> FoundFile:
    """Download, verify, and only then put the file into the cache under its name."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent) as folder:
        partial = Path(folder) / file.name
        _download(file.url, partial)
        file.verify(partial.read_bytes(), f"what {file.url} gave")
        os.replace(partial, cached)
    return _verified(file, cached)
