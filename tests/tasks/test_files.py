import dataclasses
import functools
import hashlib
import http.server
import threading

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import DataError
from tunescope.tasks import _files, load_task
from tunescope.tasks._files import DataFile, find_file, git_blob_id

CONTENT = b"some data\n"
URL = "https://example.org/data.txt"


def data_file(content=CONTENT, **kwargs):
    return DataFile("data.txt", URL, "CC0", sha256=(hashlib.sha256(content).hexdigest(),), **kwargs)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no data folder, and a network that gives no answer."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(_files, "_cache_dir", lambda: folder)
    monkeypatch.delenv(_files.DATA_DIR_VARIABLE, raising=False)

    def refuse(url, target):
        raise requests.exceptions.ConnectionError("a long story\nover two lines")

    monkeypatch.setattr(_files, "_download", refuse)
    return folder


def serve(monkeypatch, content):
    asked = []

    def download(url, target):
        asked.append(url)
        target.write_bytes(content)

    monkeypatch.setattr(_files, "_download", download)
    return asked


def test_git_blob_id_of_the_empty_blob():
    # The id that `git hash-object -t blob /dev/null` prints.
    assert git_blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@given(st.binary(max_size=200))
def test_every_other_content_fails_verification(content):
    file = data_file()
    if content == CONTENT:
        file.verify(content, "it")
    else:
        with pytest.raises(DataError, match="its sha256 is"):
            file.verify(content, "it")


def test_the_data_folder_comes_first(cache, tmp_path, monkeypatch):
    (tmp_path / "data.txt").write_bytes(CONTENT)
    assert find_file(data_file(), tmp_path).path == tmp_path / "data.txt"
    monkeypatch.setenv(_files.DATA_DIR_VARIABLE, str(tmp_path))
    assert find_file(data_file()).path == tmp_path / "data.txt"


def test_what_was_fetched_once_stays_in_the_cache(cache, monkeypatch):
    asked = serve(monkeypatch, CONTENT)
    assert find_file(data_file()).path == find_file(data_file()).path == cache / "data.txt"
    assert asked == [URL]


def test_a_missing_file_without_network_says_where_it_looked(cache, tmp_path, monkeypatch):
    monkeypatch.setenv(_files.DATA_DIR_VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(DataError) as error:
        find_file(data_file())
    message = str(error.value)
    for part in (
        "the data file data.txt is missing",
        f"{tmp_path / 'absent'} (there is no such folder)",
        str(cache),
        f"{URL} could not be fetched (no connection)",
        "TUNESCOPE_DATA_DIR",
    ):
        assert part in message
    assert "\n" not in message


def test_where_something_can_be_done_without_a_file_the_error_says_what(cache, tmp_path, monkeypatch):
    monkeypatch.setenv(_files.DATA_DIR_VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match="ps-role-pastrie and ps-fxn-pastrie stand in"):
        find_file(_files.STREUSLE_TRAIN)


@pytest.mark.parametrize("place", ["folder", "cache"])
def test_a_file_with_another_checksum_is_refused(cache, tmp_path, place):
    path = (cache if place == "cache" else tmp_path) / "data.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(DataError) as error:
        find_file(data_file(), tmp_path)
    message = str(error.value)
    assert str(path) in message
    assert hashlib.sha256(CONTENT).hexdigest() in message
    assert hashlib.sha256(CONTENT + b"!").hexdigest() in message
    assert f"Remove it and get it again from {URL}" in message


def test_a_download_with_another_checksum_never_reaches_the_cache(cache, monkeypatch):
    serve(monkeypatch, b"an error page")
    with pytest.raises(DataError, match=r"what https://example\.org/data\.txt gave is not the file"):
        find_file(data_file())
    assert list(cache.iterdir()) == []


def test_a_git_blob_id_pins_a_file(cache, tmp_path):
    file = DataFile("data.txt", URL, "CC0", git_blob=git_blob_id(CONTENT))
    (tmp_path / "data.txt").write_bytes(CONTENT)
    assert find_file(file, tmp_path).is_original
    (tmp_path / "data.txt").write_bytes(b"other")
    with pytest.raises(DataError, match="its git blob id is"):
        find_file(file, tmp_path)


def test_an_accepted_copy_is_told_from_the_original(cache, tmp_path):
    file = DataFile("data.txt", URL, "CC0", sha256=("0" * 64, hashlib.sha256(CONTENT).hexdigest()))
    (tmp_path / "data.txt").write_bytes(CONTENT)
    assert not find_file(file, tmp_path).is_original


def test_every_registered_file_is_pinned_and_public():
    for name, file in _files.DATA_FILES.items():
        assert file.name == name == file.url.rsplit("/", 1)[1]
        assert file.url.startswith("https://")
        assert file.licence
        assert all(len(checksum) == 64 for checksum in file.sha256)
        assert bool(file.sha256) != bool(file.git_blob)


def test_streusle_without_its_train_file_names_it(cache, tmp_path):
    with pytest.raises(DataError, match=r"streusle.ud_train.conllulex is missing.*v4\.2/train/"):
        load_task("ps-role", data_dir=tmp_path)


@pytest.fixture
def served(tmp_path):
    """The address of a folder on this machine that is served over HTTP, and the folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_download(served, tmp_path, monkeypatch):
    address, folder = served
    monkeypatch.setattr(_files, "_cache_dir", lambda: tmp_path / "cache")
    monkeypatch.delenv(_files.DATA_DIR_VARIABLE, raising=False)
    file = dataclasses.replace(data_file(), url=f"{address}/data.txt")
    with pytest.raises(DataError, match=r"could not be fetched .*404"):
        find_file(file)
    (folder / "data.txt").write_bytes(CONTENT)
    assert find_file(file).path.read_bytes() == CONTENT
