"""An archive on the web is fetched when it is new, with its token, and a bad host leaves nothing behind."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from classhub.materials.mirror import archive
from classhub.materials.mirror.archive_source import ArchiveSource
from classhub.materials.mirror.candidate import Unavailable
from classhub.materials.mirror.store import Store
from classhub.outside import download
from materials.sources import faulty_http
from materials.sources.git_http import TOKEN, Server, serving
from materials.sources.test_git_source import contents


def zipped(**files: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        for name, data in files.items():
            file.writestr(f"top/{name}", data)
    return into.getvalue()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        server.files["/comp141.zip"] = zipped(a=b"1")
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "WAITS_S", (0.01,))


def test_it_is_fetched_once_and_again_when_it_is_new(store: Store, server: Server) -> None:
    source = ArchiveSource(f"{server.address}/comp141.zip")
    first = source.look(store, {})
    assert first is not None
    assert contents(store, first) == {"a": b"1"}
    assert source.look(store, first.seen) is None
    server.files["/comp141.zip"] = zipped(a=b"2")
    again = source.look(store, first.seen)
    assert again is not None
    assert contents(store, again) == {"a": b"2"}


def test_the_token_is_shown_to_its_host_alone(store: Store, server: Server, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    server.token = TOKEN
    source = ArchiveSource(f"{server.address}/comp141.zip", token=token)
    assert source.look(store, {})
    with serving(tmp_path) as thief:
        thief.files["/comp141.zip"] = zipped(a=b"3")
        server.moved = thief.address
        assert source.look(store, {})
        assert {shown for _, _, shown in thief.asked} == {""}


@pytest.mark.parametrize("fault", ["silent", "begun", "cut", "garbled", "endless"])
def test_a_bad_host_is_told_and_leaves_nothing(store: Store, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SILENCE_S", 1.0)
    monkeypatch.setattr(archive, "LARGEST", 8 << 20)
    with faulty_http.faulty(getattr(faulty_http, fault)) as address, pytest.raises(Unavailable, match="does not come"):
        ArchiveSource(f"{address}/comp141.zip").look(store, {})
    assert list(store.folder.glob(".part-*")) == []


def test_what_is_not_there_is_told(store: Store, server: Server) -> None:
    with pytest.raises(Unavailable, match="status 404"):
        ArchiveSource(f"{server.address}/gone.zip").look(store, {})
