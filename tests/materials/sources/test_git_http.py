"""Over HTTP: private with a token that goes to one host alone, and never for ever with a host that hangs."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from classhub.materials.mirror.git_source import GitSource
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.settings import Course, Source
from classhub.materials.mirror.store import Store
from classhub.outside.git import isolated, repository
from materials.sources import faulty_http
from materials.sources.git_http import TOKEN, Server, serving
from materials.sources.in_proc import command_lines, command_lines_now
from materials.sources.test_git_source import contents, look, pointer, refusal, rules
from materials.sources.upstream import Upstream


@pytest.fixture
def server(upstream: Upstream) -> Iterator[Server]:
    upstream.commit({"labs/a.ipynb": b"lab"})
    with serving(upstream.bare.parent) as server:
        yield server


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "comp141.token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    return file


def source(server: Server, token: Path | None = None) -> GitSource:
    return GitSource(f"{server.address}/comp141.git", token=token)


def test_an_open_repository_is_read_and_asked_once_when_nothing_is_new(store: Store, server: Server) -> None:
    found = look(store, source(server))
    assert contents(store, found) == {"labs/a.ipynb": b"lab"}
    server.asked.clear()
    assert source(server).look(store, found.seen) is None
    assert len(server.asked) <= 2


def test_a_private_repository_is_read_with_its_token(store: Store, server: Server, token: Path) -> None:
    server.token = TOKEN
    assert contents(store, look(store, source(server, token))) == {"labs/a.ipynb": b"lab"}


def test_without_a_token_or_with_a_wrong_one_it_is_told(store: Store, server: Server, tmp_path: Path) -> None:
    server.token = TOKEN
    assert "the host asks for a token, and none is given" in refusal(store, source(server))
    wrong = tmp_path / "wrong"
    wrong.write_text("canary-wrong")
    said = refusal(store, source(server, wrong))
    assert "the host does not take the token" in said
    assert "canary" not in said


def test_a_token_with_a_name_of_its_own_is_taken(store: Store, server: Server, tmp_path: Path) -> None:
    server.token = TOKEN
    named = tmp_path / "named"
    named.write_text(f"x-access-token:{TOKEN}")
    assert look(store, source(server, named)).files


def test_a_host_that_leads_elsewhere_gets_the_token_and_nobody_else(
    store: Store, server: Server, token: Path, tmp_path
):
    with serving(tmp_path) as thief:
        thief.token = "another"
        server.moved = thief.address
        assert "cannot be had" in refusal(store, source(server, token))
        assert len(thief.asked) > 0
        assert {shown for _, _, shown in thief.asked} == {""}


def test_no_secret_is_in_any_command_line_file_or_word(tmp_path: Path, server: Server, token: Path) -> None:
    server.token = TOKEN
    course = Course("comp141", source=Source("git", f"{server.address}/comp141.git", token=token))
    store = Store(tmp_path / "store" / "comp141")
    with command_lines() as seen:
        found = Looking(course, store).look()
        server.token = "changed"
        failed = Looking(course, store).look()
    assert (found.what, failed.what) == ("published", "unavailable")
    assert "git" in seen.programs(), "something was seen at all"
    assert not [line for line in seen if TOKEN in line]
    assert TOKEN not in failed.reason
    for path in store.folder.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_a_file_in_lfs_is_fetched(store: Store, server: Server, upstream: Upstream, token: Path) -> None:
    data = b"a film" * 1000
    server.token = TOKEN
    server.lfs = {sha256(data).hexdigest(): data, sha256(b"real").hexdigest(): b"fake"}
    upstream.commit({"film.mp4": pointer(data), "gone.mp4": pointer(b"gone"), "lie.mp4": pointer(b"real")})
    found = look(store, source(server, token))
    assert contents(store, found) == {"labs/a.ipynb": b"lab", "film.mp4": data}
    assert rules(found) == {"gone.mp4": "lfs-pointer", "lie.mp4": "lfs-pointer"}
    shown = {auth for _, path, auth in server.asked if path.startswith("/lfs/")}
    assert shown == {""}, "the token is for the repository's host's questions alone"


@pytest.mark.parametrize("fault", ["silent", "begun", "cut", "garbled"])
def test_a_host_that_hangs_or_cuts_ends_by_itself(store: Store, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        repository, "CONFIG", isolated.CONFIG.replace(f"lowSpeedTime = {isolated.SILENCE_S}", "lowSpeedTime = 1")
    )
    with faulty_http.faulty(getattr(faulty_http, fault)) as address:
        assert refusal(store, GitSource(f"{address}/comp141.git"))


def test_a_time_limit_ends_all_that_git_started(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "ASK_S", 0.5)
    with faulty_http.faulty(faulty_http.silent) as address:
        assert "took too long" in refusal(store, GitSource(f"{address}/comp141.git"))
    until = time.monotonic() + 10
    while [line for line in command_lines_now() if address in line]:  # what was killed takes a moment to be gone
        assert time.monotonic() < until


def test_a_host_that_is_not_there_is_told(store: Store) -> None:
    assert "the host does not answer" in refusal(store, GitSource("http://127.0.0.1:1/x.git"))


def test_a_repository_that_is_not_there_is_told(store: Store, server: Server) -> None:
    assert "knows no such repository" in refusal(store, GitSource(f"{server.address}/gone.git"))
