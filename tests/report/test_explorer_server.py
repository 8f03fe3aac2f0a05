"""What the explorer's server bears: many questions, slow ones, closed tabs, links that lead out of the study."""

from __future__ import annotations

import http.client
import shutil
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tunescope.report import serve_explorer
from tunescope.report._explorer import _server


def ask(server, path, method="GET", **headers):
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): text for name, text in answer.getheaders()}
    finally:
        connection.close()


def connected(server):
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=20)


def test_300_questions_at_once_are_all_answered(server):
    with ThreadPoolExecutor(50) as askers:
        found = list(
            askers.map(lambda i: ask(server, ["/", "/data/points/0", "/data/projection/0"][i % 3])[0], range(300))
        )
    assert found == [200] * 300


def test_slow_clients_hold_no_thread_and_keep_nobody_out(server):
    ask(server, "/data/projection/0")
    before = threading.active_count()
    slow = []
    try:
        for _ in range(min(1500, _server._files_allowed() // 2 - 200)):
            one = connected(server)
            one.send(b"GET / HTTP/1.1\r\nHost: loc")
            slow.append(one)
        assert len(slow) > 300
        assert ask(server, "/data/projection/0")[0] == 200
        assert threading.active_count() <= before + 2
    finally:
        for one in slow:
            one.close()


def test_a_question_that_does_not_end_is_given_up(points_dir, monkeypatch):
    monkeypatch.setattr(_server, "_SECONDS_TO_ASK", 0.3)
    with serve_explorer(points_dir) as server, connected(server) as silent, connected(server) as dripping:
        dripping.send(b"GET / HT")
        start = time.perf_counter()
        assert silent.recv(10) == b""
        assert dripping.recv(10) == b""
        assert time.perf_counter() - start < 10


def test_connections_beyond_the_bound_are_closed_at_once(points_dir, monkeypatch):
    monkeypatch.setattr(_server, "_MOST_CONNECTIONS", 5)
    with serve_explorer(points_dir) as server:
        held = [connected(server) for _ in range(5)]
        time.sleep(0.3)
        with connected(server) as further, pytest.raises((ConnectionError, AssertionError)):
            assert further.recv(10) != b""
        for one in held:
            one.close()
        time.sleep(0.3)
        assert ask(server, "/data/projection/0")[0] == 200


def test_a_tab_that_closes_prints_nothing(points_dir, capfd):
    with serve_explorer(points_dir) as server:
        for _ in range(20):
            with connected(server) as tab:
                tab.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                tab.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset
        assert ask(server, "/")[0] == 200
    said = capfd.readouterr()
    assert said.out + said.err == ""


@pytest.mark.parametrize(
    "request_line", [b"\x00\xff\x16\x03\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_question_gets_no_answer_but_400(server, request_line, capfd):
    with connected(server) as odd:
        odd.send(request_line)
        assert odd.recv(100).startswith(b"HTTP/1.1 400")
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_a_part_of_a_file_can_be_asked_for(server):
    whole = ask(server, "/data/projection/0")[1]
    status, content, headers = ask(server, "/data/projection/0", Range="bytes=8-15")
    assert (status, content) == (206, whole[8:16])
    assert headers["content-range"] == f"bytes 8-15/{len(whole)}"
    assert ask(server, "/data/projection/0", Range="bytes=-4")[1] == whole[-4:]
    assert ask(server, "/data/projection/0", Range=f"bytes={len(whole)}-")[0] == 416


@pytest.mark.parametrize("path", ["/", "/data/points/0", "/data/projection/0"])
def test_what_has_not_changed_is_not_sent_again(server, path):
    _, _, headers = ask(server, path)
    status, content, again = ask(server, path, If_None_Match=headers["etag"])
    assert (status, content) == (304, b"")
    assert again["etag"] == headers["etag"]
    assert ask(server, path, If_None_Match='"another"')[0] == 200


def test_files_know_when_they_changed(server):
    changed = ask(server, "/data/projection/0")[2]["last-modified"]
    assert ask(server, "/data/projection/0", If_Modified_Since=changed)[0] == 304
    assert ask(server, "/data/projection/0", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT")[0] == 200
    assert ask(server, "/data/projection/0", If_Modified_Since="yesterday")[0] == 200


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 200), ("/data/projection/0", "HEAD", 200), ("/nothing", "GET", 404), ("/", "POST", 405)],
)
def test_every_answer_has_the_headers_of_safety(server, path, method, status):
    found, _, headers = ask(server, path, method)
    assert found == status
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "cache-control" in headers
    assert "server" not in headers


def test_a_link_out_of_the_study_is_not_followed(points_dir, tmp_path):
    folder, outside = tmp_path / "copy", tmp_path / "outside"
    shutil.copytree(points_dir, folder)
    outside.write_bytes(b"secret")
    with serve_explorer(folder) as server:
        path = min((folder / "explorer").glob("projection-*"))
        others = {}
        for number in range(2):
            others[number] = ask(server, f"/data/projection/{number}")[1]
        number = next(number for number, content in others.items() if content == path.read_bytes())
        inside = path.rename(path.with_name("kept"))
        path.symlink_to(outside)
        assert ask(server, f"/data/projection/{number}")[0] == 404
        path.unlink()
        path.symlink_to(inside)
        assert ask(server, f"/data/projection/{number}")[:2] == (200, others[number])
        path.unlink()
        assert ask(server, f"/data/projection/{number}")[0] == 404
        path.mkdir()
        assert ask(server, f"/data/projection/{number}")[0] == 404


def test_a_server_that_never_answered_gives_its_port_back(points_dir):
    server = serve_explorer(points_dir)
    port = urlsplit(server.url).port
    server.close()
    with serve_explorer(points_dir, port=port) as again:
        assert ask(again, "/")[0] == 200
