"""A mirror's folder as a source."""

import errno
import json
import os

import pytest

from classhub.materials.fetch import FolderSource
from classhub.materials.manifest import Malformed
from classhub.materials.source import Offline
from classhub.materials.staged import Damaged, verified
from classhub.materials.sync import sync
from unit.materials.stores import entry, publish

FILES = {"lab1.ipynb": b"{}", "data/big.bin": b"x" * 3_000_000, "na\udcefve.txt": b"n"}


@pytest.fixture
def store(tmp_path):
    (tmp_path / "home").mkdir()
    publish(tmp_path, "comp141", "r1", {"lab1.ipynb": b"old"}, title="Computing")
    publish(tmp_path, "comp141", "r2", FILES, title="Computing", folder="comp141-fall")
    return tmp_path


def test_the_current_release_is_given(store):
    found = FolderSource(store, "comp141").manifest()
    assert found.release == "r2"
    assert found.files == {path: entry(content) for path, content in FILES.items()}


def test_files_come_in_the_order_asked_in_pieces_and_those_it_lacks_are_left_out(store):
    asked = [entry(FILES["data/big.bin"]).digest, "0" * 64, entry(b"old").digest]
    found = [(blob.digest, list(blob.pieces())) for blob in FolderSource(store, "comp141").blobs(asked)]
    assert [digest for digest, _ in found] == [asked[0], asked[2]]
    assert b"".join(found[0][1]) == FILES["data/big.bin"]
    assert max(map(len, found[0][1])) <= 1 << 20


def test_all_that_was_ever_published_is_told(store):
    found = FolderSource(store, "comp141").published()
    assert found["lab1.ipynb"] == {entry(b"old").digest, entry(b"{}").digest}


def test_the_files_of_a_commit_are_told_where_they_are_known(store):
    source = FolderSource(store, "comp141")
    assert source.tree("ab12" * 10) is None
    assert source.tree("../releases/r1") is None
    (store / "comp141" / "commits").mkdir()
    (store / "comp141" / "commits" / f"{'ab12' * 10}.json").write_text(json.dumps({"files": {"a": "d"}}))
    assert source.tree("ab12" * 10) == {"a": "d"}


@pytest.mark.parametrize("pointer", [b"", b"../r1\n", b"..\n", b"none\n", b"\xff"])
def test_a_pointer_to_no_release_is_told_in_words(store, pointer):
    (store / "comp141" / "current").write_bytes(pointer)
    with pytest.raises(Offline, match=r"^[A-Z].*\.$"):
        FolderSource(store, "comp141").manifest()


def test_a_course_or_store_that_is_not_there_is_told_in_words(tmp_path):
    for ask in (FolderSource.manifest, FolderSource.published):
        with pytest.raises(Offline, match=r"cannot be read: No such file"):
            ask(FolderSource(tmp_path, "comp141"))
    assert not list(FolderSource(tmp_path, "comp141").blobs(["0" * 64]))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": [1]}', b"[" * 100_000])
def test_lists_that_are_none_are_told_in_words(store, content):
    (store / "comp141" / "published.json").write_bytes(content)
    with pytest.raises(Offline):
        FolderSource(store, "comp141").published()
    (store / "comp141" / "releases" / "r2.json").write_bytes(content)
    with pytest.raises(Malformed):
        FolderSource(store, "comp141").manifest()


def test_a_file_that_is_cut_while_it_is_read_gives_no_bytes_that_hold(store):
    digest = entry(b"old").digest
    for blob in FolderSource(store, "comp141").blobs([digest]):
        (store / "comp141" / "blobs" / digest[:2] / digest).write_bytes(b"o")
        with pytest.raises(Damaged):
            list(verified(blob, 3, lambda: lambda _: None))


def test_what_is_no_file_is_as_good_as_not_there(store):
    digest = entry(b"old").digest
    path = store / "comp141" / "blobs" / digest[:2] / digest
    path.unlink()
    os.mkfifo(path)
    assert not list(FolderSource(store, "comp141").blobs([digest]))


def test_every_file_is_closed_again_also_when_nobody_reads_to_the_end(store):
    blobs = FolderSource(store, "comp141").blobs([entry(content).digest for content in FILES.values()])
    first, second = next(blobs).descriptor, next(blobs).descriptor
    os.fstat(second)
    blobs.close()
    for descriptor in {first, second}:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO])
@pytest.mark.parametrize("at_once", [True, False])
def test_one_file_that_cannot_be_read_keeps_its_own_path_waiting_alone(store, tmp_path, monkeypatch, code, at_once):
    """Root may read everything, so that the disk has to refuse in words: at the opening, or at the reading."""
    bad, opens, opened = entry(b"{}").digest, os.open, set()

    def open_(path, *given, **more):
        is_bad = str(path).endswith(bad)
        if is_bad and at_once:
            raise OSError(code, "refused")
        descriptor = opens(path, *given, **more)
        opened.add(descriptor) if is_bad else opened.discard(descriptor)
        return descriptor

    def refusing(real):
        def read(descriptor, *given):
            if descriptor in opened:
                raise OSError(code, "refused")
            return real(descriptor, *given)

        return read

    monkeypatch.setattr(os, "open", open_)
    for name in ("pread", "copy_file_range"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    result = sync(FolderSource(store, "comp141"), tmp_path / "home", "comp141")
    assert {item.path: item.action for item in result.items} == {
        "lab1.ipynb": "blocked",
        "data/big.bin": "new",
        "na\udcefve.txt": "new",
    }
    assert (result.status, result.error["code"]) == ("partial", "source")


def test_a_store_that_is_away_as_a_whole_is_told_in_words(store, monkeypatch):
    def stale(path, *given, **more):
        raise OSError(errno.ESTALE, "stale")

    monkeypatch.setattr(os, "open", stale)
    with pytest.raises(Offline, match="stale"):
        list(FolderSource(store, "comp141").blobs([entry(b"old").digest]))
