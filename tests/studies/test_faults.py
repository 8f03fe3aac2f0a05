"""A study that is killed, damaged, starved, or on read-only media: the same tables in the end, or one clear error."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from faults import ALL_FAULTS, in_a_process, same_study

from tunescope.errors import StorageError, TunescopeError, UnitsFailed
from tunescope.report import serve_explorer, write_figures, write_report
from tunescope.storage import ResultStore, verify_study
from tunescope.storage import _atomic as atomic
from tunescope.studies import Study, Watcher, run_study

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

EVERYTHING = bool(os.environ.get(ALL_FAULTS))
SEED = 20221
N_KILLS = 20


class Hearing(Watcher):
    def __init__(self):
        self.notes = []

    def noted(self, text):
        self.notes.append(text)


@pytest.fixture(scope="module")
def study(encoder_folder):
    return Study.model_validate(
        {
            "name": "small",
            "encoders": [str(encoder_folder)],
            "tasks": ["toy-coin"],
            "experiments": ["performance", "dynamics", "paths"],
            "epochs": 1,
            "every": 3,
            "fraction": 0.2,
            "threads": 1,
            "device": "cpu",
            "classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 5},
        }
    )


@pytest.fixture(scope="module")
def whole(study, tmp_path_factory):
    """A study that ran without a fault."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    run_study(study, folder)
    same_study(folder, folder)
    return folder


@pytest.fixture(scope="module")
def n_renames(study, tmp_path_factory):
    """How often a run renames, and the seconds that it takes in a process."""
    folder = tmp_path_factory.mktemp("counted")
    counter = folder / "renames"
    start = time.monotonic()
    assert in_a_process(lambda: counted(lambda: run_study(study, folder / "out"), counter)) == 0
    return int(counter.read_text()), time.monotonic() - start


def counted(do, counter=None, kill_before=None):
    """Do something while counting renames; die before one of them."""
    n = 0

    def counting(original):
        def renaming(*places, **options):
            nonlocal n
            if n == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)
            n += 1
            return original(*places, **options)

        return renaming

    os.rename, os.replace = counting(os.rename), counting(os.replace)
    do()
    if counter is not None:
        counter.write_text(str(n))


def chosen(every, few):
    """Of all faults a few, by the seed; all where that is asked for."""
    every = list(every)
    return every if EVERYTHING else sorted(random.Random(SEED).sample(every, min(few, len(every))))


def readable(folder):
    """What is there can be read, or there is one error of our own."""
    if folder.is_dir():
        with suppress(TunescopeError):
            write_report(folder, out=folder.parent / "page")


@pytest.mark.parametrize("number", chosen(range(N_KILLS), 2))
def test_killed_at_any_moment_it_goes_on_to_the_same_tables(study, whole, n_renames, tmp_path, number):
    moment = random.Random(SEED + number).random() * n_renames[1]
    folder = tmp_path / "out"
    assert in_a_process(lambda: run_study(study, folder), kill_after=moment) in (0, -signal.SIGKILL)
    readable(folder)
    run_study(study, folder)
    same_study(folder, whole)


def test_killed_before_any_rename_it_goes_on_to_the_same_tables(study, whole, n_renames, tmp_path):
    number = n_renames[0]
    last = range(max(0, number - 3), number)  # those of the generation
    for at in sorted({*chosen(range(number), number if EVERYTHING else 1), *last}):
        folder = tmp_path / str(at)
        code = in_a_process(lambda at=at, folder=folder: counted(lambda: run_study(study, folder), kill_before=at))
        assert code in (0, -signal.SIGKILL)
        readable(folder)
        run_study(study, folder)
        same_study(folder, whole)


def test_killed_while_a_second_generation_is_put_in_its_place_one_of_the_two_is_read(study, whole, tmp_path):
    from tunescope.storage import checked_place

    other = study.changed({"experiments": ["performance"]})
    counter, counted_in = tmp_path / "renames", shutil.copytree(whole, tmp_path / "counted")
    assert in_a_process(lambda: counted(lambda: run_study(other, counted_in), counter)) == 0
    number = int(counter.read_text())
    for at in range(0 if EVERYTHING else number - 4, number):  # the last ones are those of the generation
        folder = shutil.copytree(whole, tmp_path / str(at))
        code = in_a_process(lambda at=at, folder=folder: counted(lambda: run_study(other, folder), kill_before=at))
        assert code == -signal.SIGKILL
        tables = checked_place(folder, "tables")
        for path in tables.glob("*.parquet"):
            assert checked_place(folder, f"tables/{path.name}") == path
        write_report(folder, out=tmp_path / "page")
    run_study(study, folder)
    same_study(folder, whole)


HOW = ("another byte", "cut short", "empty", "missing")


def damage(path, how):
    content = bytearray(path.read_bytes())
    if how == "missing":
        path.unlink()
        return
    if how == "another byte" and content:
        content[len(content) // 2] ^= 0x5A
    elif how == "cut short":
        del content[len(content) // 2 :]
    else:
        content.clear()
    path.write_bytes(content)


def test_whatever_file_is_damaged_the_same_tables_come_again(study, whole, tmp_path):
    files = [path.relative_to(whole).as_posix() for path in sorted(whole.rglob("*")) if path.is_file()]
    of_interest = ("study.json", "tables/", "explorer/")
    every = [(name, how) for name in files for how in HOW if name != "study.yaml"]
    laid_out = [one for one in every if one[0].startswith(of_interest)]
    for number, (name, how) in enumerate(every if EVERYTHING else [*chosen(every, 3), *chosen(laid_out, 3)]):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        damage(folder / name, how)
        if name != "study.json":
            assert any(name in told for told in verify_study(folder).damaged), (name, how)
        if name.startswith(("tables/", "explorer/projection")):
            with pytest.raises(StorageError, match="run the study again"):
                write_report(folder, out=tmp_path)
        readable(folder)
        heard = Hearing()
        run_study(study, folder, watcher=heard)
        if name.startswith("units/") and name.count("/") > 2:
            assert [note for note in heard.notes if "damaged" in note] or how == "another byte", (name, how)
        for aside in folder.glob("units/*/.*.damaged"):
            shutil.rmtree(aside)
        same_study(folder, whole)
        shutil.rmtree(folder)


def test_a_full_disk_is_an_error_that_says_so_and_nothing_is_lost(study, whole, tmp_path, monkeypatch):
    whole_syncs = atomic.sync_file
    for room in chosen(range(2, 60), 2):
        left = room

        def sync(path):
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            whole_syncs(path)

        folder = tmp_path / str(room)
        monkeypatch.setattr(atomic, "sync_file", sync)
        with pytest.raises((StorageError, UnitsFailed), match="No space left"):
            run_study(study, folder)
        monkeypatch.setattr(atomic, "sync_file", whole_syncs)
        readable(folder)
        run_study(study, folder)
        same_study(folder, whole)


@pytest.fixture
def read_only(whole, encoder_folder, study):
    """A finished study that nobody can write, and a user who is not root."""
    if in_a_process(as_nobody(lambda: Path(os.__file__).read_bytes())) != 0:
        pytest.skip("this Python's own library can be read by root only")
    root = Path(tempfile.mkdtemp(prefix="read-only-"))
    encoder = shutil.copytree(encoder_folder, root / "small")
    folder, other = root / "out", root / "other"
    other.mkdir()
    run_study(study.changed({"encoders": [str(encoder)]}), folder)
    write_figures(folder, root / "elsewhere")  # what these import, nobody may not read in every installation
    with serve_explorer(folder):
        time.sleep(0.5)
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    other.chmod(0o777)
    yield folder, study.changed({"encoders": [str(encoder)]}), other
    for path in [root, *root.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(root)


def as_nobody(do):
    def doing():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        os.environ["MPLCONFIGDIR"] = os.environ["HOME"] = tempfile.gettempdir()
        do()

    return doing


def test_a_finished_study_on_read_only_media_prints_reports_and_explores(read_only):
    folder, study, other = read_only

    def run():
        heard = Hearing()
        result = run_study(study, folder, watcher=heard)
        assert result.n_done == 0
        assert result.summary
        assert any("stays" in note for note in heard.notes)

    def report():
        with pytest.raises(StorageError, match="cannot be written"):
            write_report(folder)
        assert write_report(folder, out=other).is_file()
        assert write_figures(folder, other / "figures")

    def explore():
        serve_explorer(folder).close()

    def unfinished():
        changed = study.changed({"seeds": [5]})
        with pytest.raises((StorageError, UnitsFailed), match="cannot be written"):
            run_study(changed, folder)

    for do in (run, report, explore, unfinished):
        assert in_a_process(as_nobody(do)) == 0, do.__name__


def test_what_was_damaged_is_told_by_the_run_and_in_its_record(study, whole, tmp_path):
    from tunescope.storage import read_json, set_aside_units

    folder = tmp_path / "out"
    shutil.copytree(whole, folder)
    unit = ResultStore(folder).units("classify" if (folder / "units" / "classify").is_dir() else None)[0]
    damage(unit.path / next(iter(unit.info["files"])), "another byte")
    heard = Hearing()
    run_study(study, folder, watcher=heard)
    assert any(unit.key in note and "damaged" in note for note in heard.notes)
    assert any(unit.key in note and "damaged" in note for note in read_json(folder / "study.json")["notes"])
    assert set_aside_units(folder) == []  # it is there again


def test_units_of_another_version_or_platform_are_told(study, whole, tmp_path):
    import json

    folder = tmp_path / "out"
    shutil.copytree(whole, folder)
    for number, unit in enumerate(ResultStore(folder).units()):
        record = json.loads((unit.path / "unit.json").read_text())
        record["versions"]["numpy"] = "1.0.0"
        record["platform"] = f"other-{number % 2}"
        (unit.path / "unit.json").write_text(json.dumps(record))
    heard = Hearing()
    run_study(study, folder, watcher=heard)
    assert any("made with numpy 1.0.0, here it is" in note for note in heard.notes)
    assert any("made with platform other-1" in note for note in heard.notes)
