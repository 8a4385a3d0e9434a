"""A store holds whole releases or none, keeps all of a term, and forgets nothing that was ever published."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror import blobs
from classhub.materials.mirror.access import Person
from classhub.materials.mirror.settings import Course
from classhub.materials.mirror.shelf import Shelf
from classhub.materials.mirror.store import UNUSED_S, Busy, Store
from classhub.outside import room


@pytest.fixture
def store(tmp_path: Path):
    made = Store(tmp_path / "comp141")
    with made.locked():
        yield made


def release(store: Store, name: str, files: dict[str, bytes]) -> Manifest:
    entries = {}
    for path, data in files.items():
        digest, size = store.blobs.put([data])
        entries[path] = Entry("file", digest, size)
    return Manifest("comp141", name, entries)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_a_release_is_found_again_with_its_bytes(store: Store) -> None:
    one = release(store, "1-abcdef0", {"a": b"1", "odd\udcff": b"2"})
    store.publish(one)
    again = Store(store.folder)
    assert (again.current(), again.names()) == (one, ["1-abcdef0"])
    assert again.blobs.read(one.files["odd\udcff"].digest) == b"2"
    assert stat.S_IMODE(again.blobs.path(digest(b"1")).stat().st_mode) == 0o400
    assert again.blobs.path(digest(b"1")) == store.folder / "blobs" / digest(b"1")[:2] / digest(b"1")


def test_others_cannot_look_into_the_store(store: Store) -> None:
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_names_count_up_by_number(store: Store) -> None:
    for number in (1, 2, 10, 9):
        store.publish(Manifest("comp141", f"{number}-abcdef0", {}))
    assert store.names()[-1] == "10-abcdef0"
    assert store.next_name("1234567890") == "11-1234567"


def test_all_that_was_published_at_a_path_is_remembered(store: Store) -> None:
    for number, data in enumerate([b"1", b"2", b"1"], 1):
        store.publish(release(store, f"{number}-abcdef0", {"a": data}))
    wanted = {"a": [digest(b"1"), digest(b"2")]}
    assert json.loads((store.folder / "published.json").read_text()) == wanted
    (store.folder / "published.json").write_text("{")
    assert store.published() == wanted


@pytest.mark.parametrize("kill_at", range(1, 30))
def test_a_writer_killed_anywhere_leaves_the_old_release_or_the_new_one(tmp_path: Path, kill_at: int, monkeypatch):
    store = Store(tmp_path / "comp141")
    with store.locked():
        old = release(store, "1-abcdef0", {"a": b"1"})
        store.publish(old)
        _kill(monkeypatch, kill_at)
        try:
            new = release(store, "2-abcdef0", {"a": b"2", "b": b"3"})
            store.publish(new)
        except Killed:
            pass
        monkeypatch.undo()
    again = Store(store.folder)
    found = again.current()
    assert found is not None
    assert found.files.keys() in ({"a"}, {"a", "b"})
    for entry in found.files.values():
        assert digest(again.blobs.read(entry.digest)) == entry.digest
    with again.locked():
        again.sweep()
        assert list(again.blobs.left_parts()) == []
        again.publish(release(again, "3-abcdef0", {"a": b"2"}))
    assert again.blobs.read(digest(b"2")) == b"2"


class Killed(BaseException):
    pass


def _kill(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """At the n-th call that reaches the disk."""
    left = [at]
    for name in ("fsync", "replace", "open", "chmod", "mkdir"):
        real = getattr(os, name)

        def stop(*args, _real=real, **kwargs):
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return _real(*args, **kwargs)

        monkeypatch.setattr(os, name, stop)


def test_bytes_that_broke_off_are_no_blob(store: Store) -> None:
    def broken():
        yield b"1"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.blobs.put(broken())
    assert list(store.blobs.left_parts()) == []


def test_a_blob_that_the_disk_cut_short_is_written_again(store: Store) -> None:
    store.publish(release(store, "1-abcdef0", {"a": b"long"}))
    path = store.blobs.path(digest(b"long"))
    path.unlink()
    path.write_bytes(b"")
    store.publish(release(store, "2-abcdef0", {"a": b"long"}))
    assert store.blobs.read(digest(b"long")) == b"long"


def test_a_second_writer_waits_its_turn(store: Store) -> None:
    with pytest.raises(Busy), Store(store.folder).locked(wait_s=0):
        pass


def test_only_what_nobody_needs_is_swept(store: Store) -> None:
    store.publish(release(store, "1-abcdef0", {"a": b"1"}))
    store.publish(release(store, "2-abcdef0", {"a": b"2"}))
    store.hold(release(store, "3-abcdef0", {"a": b"held"}))
    store.keep_tree("f" * 40, {"a": store.blobs.put([b"tree"])[0]})
    store.blobs.put([b"withdrawn"])
    store.blobs.keep()
    now = store.blobs.path(digest(b"withdrawn")).stat().st_mtime
    store.sweep(now + UNUSED_S - 10)
    assert store.blobs.has(digest(b"withdrawn"))
    store.sweep(now + UNUSED_S + 10)
    kept = {path.name for path in store.blobs.all()}
    assert kept == {digest(data) for data in (b"1", b"2", b"held", b"tree")}


def test_a_held_release_is_kept_apart(store: Store) -> None:
    store.publish(release(store, "1-abcdef0", {"a": b"1"}))
    waiting = release(store, "2-abcdef0", {"a": b"2"})
    store.hold(waiting)
    assert (store.current_name(), store.held()) == ("1-abcdef0", waiting)
    assert digest(b"2") not in store.published()["a"]
    store.drop_held()
    assert store.held() is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "1-abc", "x"])
def test_a_name_that_is_no_releases_leads_nowhere(store: Store, name: str) -> None:
    store.publish(replace(release(store, "1-abcdef0", {}), release="1-abcdef0"))
    assert store.release(name) is None


def test_what_is_too_much_for_the_disk_is_not_put(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "LARGEST", 10)
    monkeypatch.setattr(blobs, "LARGEST_TOGETHER", 15)
    store.blobs.put([b"1" * 10])
    with pytest.raises(blobs.TooLarge, match="more than 10 bytes"):
        store.blobs.put([b"2" * 5, b"2" * 6])
    with pytest.raises(blobs.NoRoom, match="more than 15 bytes"):
        store.blobs.put([b"3" * 6])
    store.blobs.keep()
    store.blobs.put([b"3" * 6])
    monkeypatch.setattr(room, "RESERVE", 1 << 70)
    monkeypatch.setattr(room, "RESERVE_PART", 1.0)
    with pytest.raises(blobs.NoRoom, match="nearly full"):
        store.blobs.put([b"4"])
    store.blobs.forget()
    assert list(store.blobs.folder.glob(".part-*")) == []


DAMAGED = pytest.mark.parametrize("left", [b"", b"\xff\xfe", b"9-abcdef0\n", b"\0" * 30, None])


@pytest.fixture
def damaged(store: Store):
    """Of three releases the newest is no more to be read, and the pointer to it is lost."""

    def damage(left: bytes | None) -> Store:
        for number in (1, 2, 3):
            store.publish(release(store, f"{number}-abcdef0", {"a": b"%d" % number}))
        (store.folder / "releases" / "3-abcdef0.json").write_bytes(b"\xff")
        (store.folder / "current").unlink()
        if left is not None:
            (store.folder / "current").write_bytes(left)
        return store

    return damage


@DAMAGED
def test_a_lost_pointer_leads_to_the_newest_release_that_can_be_read(damaged, left: bytes | None) -> None:
    store = damaged(left)
    found = store.current()
    assert found is not None
    assert (found.release, store.current_name()) == ("2-abcdef0", "2-abcdef0")


def test_a_lost_pointer_leads_to_the_release_that_an_instructor_went_back_to(damaged) -> None:
    store = damaged(b"")
    store.write_status({"release": "1-abcdef0"})
    assert store.current_name() == "1-abcdef0"


def test_a_release_that_cannot_be_read_is_replaced_by_the_one_before(damaged) -> None:
    found = damaged(b"3-abcdef0\n").current()
    assert found is not None
    assert found.release == "2-abcdef0"


@DAMAGED
def test_students_have_the_last_good_release_when_the_store_is_damaged(damaged, left: bytes | None) -> None:
    store = damaged(left)
    shelf = Shelf(Course("comp141"), store.folder, lambda: datetime.now(UTC))
    found = shelf.selection(Person("alice"))
    assert found is not None
    assert found.manifest.release == "2-abcdef0"
