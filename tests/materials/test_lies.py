"""Whatever answers in a mirror's place: the student's side ends in time, with words, and takes nothing that is not right."""

import hashlib
import json
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from classhub.materials import over_http, patience
from classhub.materials.connection import Connection
from classhub.materials.fetch import HttpSource
from classhub.materials.result import Result, to_json
from classhub.materials.source import Offline
from classhub.materials.sync import sync
from doubles.ports import free_port
from materials.test_every_python import SLOW
from materials.zoo import (
    BYTES,
    FALSE_FILES,
    FILES,
    HONEST,
    LIARS,
    MANIFEST,
    frame,
    frames,
    head,
    honest,
    kept,
    only,
    with_manifest,
)

TOKEN = "SECRET-TOKEN"


@pytest.fixture
def short_patience(monkeypatch):
    """The same, twenty times faster, for what is given up after a while: a busy machine may be late with the rest."""
    for name in ("CONNECT_S", "SILENCE_S", "WHOLE_S"):
        monkeypatch.setattr(patience, name, getattr(patience, name) / 20)
    monkeypatch.setattr(over_http, "REPORT_S", patience.WHOLE_S)


class Taken:
    """A whole sync into an empty home."""

    def __init__(self, url: str, home: Path, **given) -> None:
        begin = time.monotonic()
        self.result = sync(HttpSource(url, "comp141", TOKEN, **given), home, "comp141", folder="course")
        self.took_s = time.monotonic() - begin
        self.said = self.result.error.get("text", "")
        kept = (home / "course").rglob("*")
        self.files = {path.name: path.read_bytes() for path in kept if path.is_file()}
        everything = [to_json(self.result), *(path.read_text() for path in (home / ".classhub").rglob("*.*"))]
        assert TOKEN not in "".join(everything)


@pytest.mark.parametrize("way", HONEST)
def test_an_honest_one_is_understood(way, tmp_path):
    with kept(HONEST[way]) as port:
        taken = Taken(f"http://127.0.0.1:{port}/base/", tmp_path)
    assert (taken.said, taken.files) == ("", FILES)


@pytest.mark.parametrize("name", LIARS)
def test_a_liar_is_told_in_a_sentence_and_in_time(name, tmp_path, request):
    if SLOW.search(name):
        request.getfixturevalue("short_patience")
    with kept(LIARS[name]) as port:
        taken = Taken(f"http://127.0.0.1:{port}", tmp_path, cache=tmp_path / "kept.json")
        reported = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN).report(Result("comp141", "done"))
    assert taken.said
    assert TOKEN not in taken.said
    assert taken.files == {}
    assert taken.took_s < 10 * patience.WHOLE_S
    assert reported == (name == "has nothing to say")
    assert taken.result.status in ("offline", "failed", "partial")
    assert not (tmp_path / "kept.json").exists()


HARMLESS = {"sends a byte too many", "sends a file too many", "sends files for ever"}
"""All that was asked for came first, and was right."""


@pytest.mark.parametrize("name", FALSE_FILES)
def test_false_files_are_not_taken_for_right_ones(name, tmp_path):
    with kept(FALSE_FILES[name]) as port:
        taken = Taken(f"http://127.0.0.1:{port}", tmp_path)
    assert all(FILES[path] == content for path, content in taken.files.items())
    assert taken.result.status in ("offline", "partial") or name in HARMLESS
    assert taken.took_s < 10 * patience.WHOLE_S


def test_a_manifest_that_is_shorter_than_was_said_is_not_taken_for_whole():
    """Although what came is one: the rest may have been more files."""
    with (
        kept(only(head(length=len(MANIFEST) + 10) + MANIFEST)) as port,
        pytest.raises(Offline, match="less than it said"),
    ):
        HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN).manifest()


@pytest.mark.parametrize("size", [b" 600\n", b" 0\n", b" 5\n"])
def test_a_file_of_another_size_than_the_manifest_says_ends_the_delivery(size):
    with kept(with_manifest(lambda body: frame(body, lambda all_: all_.replace(b" 6\n", size)))) as port:
        source = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN)
        digests = [entry.digest for entry in source.manifest().files.values()]
        with pytest.raises(Offline, match="another size"):
            next(source.blobs(digests))


def test_files_that_drip_are_given_up(tmp_path, short_patience):
    def animal(line, page, body):
        if page == "manifest":
            return honest(line, page, body)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
        while True:
            line.sendall(b"0")
            time.sleep(0.02)

    with kept(animal) as port:
        taken = Taken(f"http://127.0.0.1:{port}", tmp_path)
    assert "in time" in taken.said
    assert taken.took_s < 10 * patience.WHOLE_S


def test_a_large_delivery_may_take_longer_than_a_whole_answer(monkeypatch, tmp_path):
    """As long as enough comes, whoever has a slow line gets it all."""
    monkeypatch.setattr(patience, "WHOLE_S", 1.0)

    def slow(line, page, body):
        if page == "manifest":
            return honest(line, page, body)
        content = frames(body)
        line.sendall(head(kind=BYTES, length=len(content)))
        for at in range(0, len(content), 6_000):
            line.sendall(content[at : at + 6_000])
            time.sleep(0.1)
        return False

    with kept(slow) as port:
        taken = Taken(f"http://127.0.0.1:{port}", tmp_path)
    assert (taken.said, taken.files) == ("", FILES)
    assert taken.took_s > patience.WHOLE_S


def test_a_slow_disk_on_our_side_is_nobodys_silence(monkeypatch):
    monkeypatch.setattr(patience, "SILENCE_S", 0.8)
    with kept(honest) as port:
        source = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN)
        for blob in source.blobs([entry.digest for entry in source.manifest().files.values()]):
            time.sleep(1)
            assert hashlib.sha256(b"".join(blob.pieces())).hexdigest() == blob.digest


def test_nobody_answers(tmp_path):
    port = free_port()
    assert Taken(f"http://127.0.0.1:{port}", tmp_path).said == f"Nothing answers at http://127.0.0.1:{port}."


def test_somebody_who_never_takes_the_connection(tmp_path, short_patience):
    """A full queue, as of a machine that hangs."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        taken = Taken(f"http://127.0.0.1:{full.getsockname()[1]}", tmp_path)
        for one in waiting:
            one.close()
    assert "in time" in taken.said
    assert taken.took_s < 10 * patience.WHOLE_S


def test_an_address_that_is_silent_leaves_time_for_the_next_one(monkeypatch):
    """A listener whose queue is full stands for an address that does not answer."""
    with ExitStack() as stack:
        silent, good = (stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=size)) for size in (0, 5))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(silent.getsockname())
        known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one.getsockname()) for one in (silent, silent, good)]
        monkeypatch.setattr(patience, "_addresses", lambda host, port: known)
        monkeypatch.setattr(patience, "CONNECT_S", 3)
        begin = time.monotonic()
        patience.connected("hub.college.edu", 1, False).end()
        assert time.monotonic() - begin < patience.CONNECT_S


def test_a_large_file_that_nobody_takes_is_not_read_to_its_end(monkeypatch, tmp_path):
    monkeypatch.setattr("classhub.materials.frames.WORTH_READING", 10_000)
    sent, asked = [], []
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}

    def animal(line, page, body):
        if page == "manifest":
            return honest(line, page, body)
        wanted = json.loads(body)["digests"]
        asked.append(wanted)
        size = 1 << 40
        if digests["b.bin"] not in wanted:
            return honest(line, page, body)
        first = wanted.index(digests["b.bin"])
        before = frames(json.dumps({"digests": wanted[:first]}).encode())
        line.sendall(head(kind=BYTES) + before + f"{digests['b.bin']} {len(FILES['b.bin'])}\n".encode())
        with suppress(OSError):
            for _ in range(size):
                sent.append(line.send(FILES["b.bin"]))
        return False

    with kept(animal) as port:
        source = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN)
        source.manifest()
        order = [digests[name] for name in ("a.txt", "b.bin", "c.txt")]
        found = {one.digest: b"".join(one.pieces()) for one in source.blobs(order) if one.digest != digests["b.bin"]}
        source.close()
    assert found == {digests[name]: FILES[name] for name in ("a.txt", "c.txt")}
    assert asked == [order, order[2:]]


def test_an_answer_that_says_no_leaves_the_connection_free(tmp_path):
    lines = set()

    def animal(line, page, body):
        lines.add(line)
        line.sendall(head("404 Not Found", length=5) + b"none\n")
        return True

    with kept(animal) as port:
        source = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN)
        assert [source.tree(f"{count:040x}") for count in range(5)] == [None] * 5 and source.library() == {}
        source.close()
    assert len(lines) == 1


def test_a_long_page_that_says_no_costs_the_connection_alone():
    def animal(line, page, body):
        line.sendall(head("404 Not Found", length=200_000) + b"x" * 200_000)
        return True

    with kept(animal) as port:
        source = HttpSource(f"http://127.0.0.1:{port}", "comp141", TOKEN)
        assert [source.tree(f"{count:040x}") for count in range(3)] == [None] * 3
        source.close()


def test_somebody_who_speaks_no_tls(tmp_path, short_patience):
    with kept(honest) as port:
        taken = Taken(f"https://127.0.0.1:{port}", tmp_path)
    assert taken.said
    assert taken.took_s < 10 * patience.WHOLE_S


ADDRESSES = [
    "",
    "no address",
    "ftp://127.0.0.1/",
    "http://",
    "http://:80",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:x/",
    f"http://{TOKEN}:{TOKEN}@127.0.0.1/",
    f"http://127.0.0.1/?token={TOKEN}",
    "http://[::1/",
    "http://a..b/",
    f"http://{'a' * 70}.invalid/",
    "http://name.invalid/",
    "http://127.0.0.1:9/\r\nX: y",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_that_is_none_is_told_in_a_sentence(url, tmp_path, short_patience):
    taken = Taken(url, tmp_path)
    assert taken.said
    assert TOKEN not in taken.said


@pytest.mark.parametrize(
    "token", ["a b", f"{TOKEN}\r\nX: y", "größe", lambda: 1 / 0, lambda: f"{TOKEN}\n", lambda: None]
)
def test_a_token_that_cannot_be_one_is_told_without_it(token):
    with kept(honest) as port, pytest.raises(Offline) as told:
        HttpSource(f"http://127.0.0.1:{port}", "comp141", token).manifest()
    assert "no token" in str(told.value)
    assert TOKEN not in str(told.value)


def test_no_proxy_of_the_environment_sees_the_token(monkeypatch, tmp_path):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with kept(honest) as port:
        assert Taken(f"http://127.0.0.1:{port}", tmp_path).files == FILES


def test_nothing_of_a_source_shows_its_token():
    connection = Connection("http://127.0.0.1:9", TOKEN)
    source = HttpSource("http://127.0.0.1:9", "comp141", TOKEN)
    with pytest.raises(Offline) as told:
        source.manifest()
    assert TOKEN not in repr(connection) + repr(source) + repr(told.value)
    assert told.value.__cause__ is None
