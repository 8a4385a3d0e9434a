"""Over ssh: private with a deploy key, and with nothing of the account that runs the hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from classhub.materials.mirror.git_source import GitSource
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.settings import Course, Source
from classhub.materials.mirror.store import Store
from materials.sources import faulty_http, sshd
from materials.sources.in_proc import command_lines
from materials.sources.sshd import Sshd
from materials.sources.test_git_source import contents, look, refusal
from materials.sources.upstream import Upstream

pytestmark = pytest.mark.skipif(bool(sshd.why_not()), reason=sshd.why_not() or "-")


@pytest.fixture
def server(tmp_path: Path, upstream: Upstream) -> Iterator[Sshd]:
    upstream.commit({"a": b"1"})
    with sshd.listening(tmp_path / "sshd") as server:
        yield server


def test_a_private_repository_is_read_with_its_key(store: Store, server: Sshd, upstream: Upstream) -> None:
    source = GitSource(server.address(upstream.bare), key=server.key)
    found = look(store, source)
    assert contents(store, found) == {"a": b"1"}
    assert source.look(store, found.seen) is None


def test_a_key_that_the_host_does_not_know_is_told(
    store: Store, server: Sshd, upstream: Upstream, tmp_path: Path
) -> None:
    other = sshd.new_key(tmp_path / "other")
    assert "does not know the key" in refusal(store, GitSource(server.address(upstream.bare), key=other))


def test_a_path_with_odd_letters_is_no_obstacle(server: Sshd, upstream: Upstream, tmp_path: Path) -> None:
    odd = tmp_path / "it's a 100% $HOME store"
    odd.mkdir()
    key = odd / "my key"
    key.write_bytes(server.key.read_bytes())
    key.chmod(0o600)
    store = Store(odd / "comp141")
    with store.locked():
        assert contents(store, look(store, GitSource(server.address(upstream.bare), key=key))) == {"a": b"1"}
    assert (odd / "comp141" / "git" / "home" / "known_hosts").is_file()


def test_a_host_that_shows_another_key_than_before_is_refused(store: Store, server: Sshd, upstream: Upstream, tmp_path):
    source = GitSource(server.address(upstream.bare), key=server.key)
    look(store, source)
    known = store.folder / "git" / "home" / "known_hosts"
    new_host = sshd.new_key(tmp_path / "new-host").with_suffix(".pub").read_text()
    known.write_text(f"[127.0.0.1]:{server.port} {new_host}")
    assert "another key than the last time" in refusal(store, source)


def test_the_key_shows_nowhere(tmp_path: Path, server: Sshd, upstream: Upstream) -> None:
    course = Course("comp141", source=Source("git", server.address(upstream.bare), key=server.key))
    store = Store(tmp_path / "store" / "comp141")
    with command_lines() as seen:
        assert Looking(course, store).look().what == "published"
    middle = server.key.read_text().splitlines()[2]
    assert "ssh" in seen.programs()
    assert not [line for line in seen if middle in line]
    for path in store.folder.rglob("*"):
        assert not path.is_file() or path.is_symlink() or middle.encode() not in path.read_bytes(), path


def test_a_host_that_says_nothing_ends_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from classhub.outside.git import isolated

    monkeypatch.setattr(isolated, "CONNECT_S", 1)
    with faulty_http.faulty(faulty_http.silent) as address:
        assert refusal(store, GitSource(address.replace("http", "ssh") + "/x.git"))
