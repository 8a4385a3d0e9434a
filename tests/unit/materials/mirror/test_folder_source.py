"""A folder is read as it is; only what changed is read again; a bad path stops no other."""

import os
import time
from pathlib import Path

import pytest

from classhub.materials.mirror import blobs, folder_source
from classhub.materials.mirror.candidate import Candidate, Unavailable
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.store import Store
from classhub.outside import room


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "material"
    (made / "labs").mkdir(parents=True)
    (made / "labs" / "lab01.ipynb").write_bytes(b"lab")
    (made / "run.sh").write_bytes(b"run")
    (made / "run.sh").chmod(0o755)
    for path in made.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return made


@pytest.fixture
def store(tmp_path: Path):
    made = Store(tmp_path / "store")
    with made.locked():
        yield made


def look(store: Store, folder: Path) -> Candidate:
    found = FolderSource(folder, quiet_s=0).look(store, {})
    assert found is not None
    return found


def test_files_and_their_executable_bit_are_found(store: Store, folder: Path) -> None:
    found = look(store, folder)
    assert {path: (entry.kind, store.blobs.read(entry.digest)) for path, entry in found.files.items()} == {
        "labs/lab01.ipynb": ("file", b"lab"),
        "run.sh": ("exec", b"run"),
    }
    assert found.left == {}


def test_only_what_changed_is_read_again(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = look(store, folder)
    read = []
    real = folder_source._opened
    monkeypatch.setattr(folder_source, "_opened", lambda root, path, was: read.append(path) or real(root, path, was))
    assert look(store, folder).files == first.files
    assert read == []
    (folder / "run.sh").write_bytes(b"RUN")
    os.utime(folder / "run.sh", (1_000_000_000, 1_000_000_000))  # same size, same time: the inode's own clock tells
    assert look(store, folder).files != first.files
    assert read == ["run.sh"]


def test_a_file_just_written_is_read_again(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two saves within one tick of a coarse clock look the same."""
    monkeypatch.setattr(folder_source, "RACY_NS", 600 * 10**9)
    (folder / "run.sh").write_bytes(b"one")
    look(store, folder)
    assert "run.sh" not in store.cached(folder_source.CACHE)
    assert "labs/lab01.ipynb" in store.cached(folder_source.CACHE)


def test_a_blob_that_was_swept_is_read_again(store: Store, folder: Path) -> None:
    digest = look(store, folder).files["labs/lab01.ipynb"].digest
    store.blobs.path(digest).unlink()
    look(store, folder)
    assert store.blobs.read(digest) == b"lab"


def test_odd_paths_are_left_with_a_reason_and_stop_no_other(store: Store, folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").touch()
    (folder / "sub" / ".GIT").mkdir(parents=True)
    (folder / "sub" / ".GIT" / "hooks").touch()
    (folder / "git~1").touch()
    (folder / "labs" / ".ipynb_checkpoints").mkdir()
    (folder / "labs" / ".ipynb_checkpoints" / "lab01.ipynb").touch()
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("labs/../../secret")
    (folder / "fine").symlink_to("labs/lab01.ipynb")
    Path(os.fsdecode(b"%s/caf\xe9" % os.fsencode(folder))).write_bytes(b"")
    found = look(store, folder)
    assert {path: left.rule for path, left in found.left.items()} == {
        "sub/.GIT": "refused-name",
        "git~1": "refused-name",
        "labs/.ipynb_checkpoints": "clutter",
        "pipe": "special-file",
        "out": "escaping-link",
        "up": "escaping-link",
    }
    assert set(found.files) == {"labs/lab01.ipynb", "run.sh", "fine", "caf\udce9"}
    assert (found.files["fine"].kind, found.files["fine"].target) == ("link", "labs/lab01.ipynb")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(store: Store, folder: Path) -> None:
    (folder / "run.sh").chmod(0)
    (folder / "labs").chmod(0)
    found = look(store, folder)
    (folder / "labs").chmod(0o755)
    assert {path: left.rule for path, left in found.left.items()} == {"run.sh": "unreadable", "labs": "unreadable"}


def test_who_is_still_writing_is_waited_for(store: Store, folder: Path) -> None:
    began = time.monotonic()
    (folder / "new").write_bytes(b"")
    assert FolderSource(folder, quiet_s=0.3).look(store, {})
    assert time.monotonic() - began >= 0.2


def test_a_folder_that_is_gone_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="There is no folder"):
        FolderSource(tmp_path / "gone").look(store, {})


def test_a_path_with_too_many_files_is_refused(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_source, "MOST_FILES", 3)
    (folder / "one").touch()
    with pytest.raises(Unavailable, match="more than 3 files"):
        look(store, folder)


class Swapping(FolderSource):
    """Whoever may write the folder changes it between the walk and the reading."""

    def _settled(self, known):
        found = super()._settled(known)
        swap(self.folder)
        return found


def swap(folder: Path) -> None:
    raise NotImplementedError


def _to_a_link(folder: Path) -> None:
    (folder / "run.sh").unlink()
    (folder / "run.sh").symlink_to(folder.parent / "secret" / "run.sh")


def _to_a_pipe(folder: Path) -> None:
    (folder / "run.sh").unlink()
    os.mkfifo(folder / "run.sh")


def _to_another_file(folder: Path) -> None:
    os.link(folder.parent / "secret" / "run.sh", folder / "new")
    (folder / "new").replace(folder / "run.sh")


def _folder_to_a_link(folder: Path) -> None:
    (folder / "labs").rename(folder.parent / "old")
    (folder / "labs").symlink_to(folder.parent / "secret")


@pytest.mark.parametrize("change", [_to_a_link, _to_a_pipe, _to_another_file, _folder_to_a_link])
def test_only_the_very_file_that_was_found_is_read(store: Store, folder: Path, monkeypatch, change) -> None:
    secret = folder.parent / "secret"
    secret.mkdir()
    for name in ("run.sh", "lab01.ipynb"):
        (secret / name).write_bytes(b"secret")
    monkeypatch.setitem(globals(), "swap", change)
    with pytest.raises(Unavailable, match=r"changed while it was read: (run.sh|labs) is "):
        Swapping(folder, quiet_s=0).look(store, {})
    put = {path.read_bytes() for path in store.blobs.folder.rglob("*") if path.is_file()}
    assert b"secret" not in put


def test_a_folder_that_becomes_a_link_during_the_walk_is_not_entered(store: Store, folder: Path, monkeypatch) -> None:
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "run.sh").write_bytes(b"secret")
    real = folder_source._inside

    def inside(root: Path, path: str):
        found = real(root, path)
        if not path:
            _folder_to_a_link(folder)
        return found

    monkeypatch.setattr(folder_source, "_inside", inside)
    with pytest.raises(Unavailable, match="labs is not what it was"):
        look(store, folder)


def test_a_file_that_goes_during_the_look_is_told(store: Store, folder: Path, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "swap", lambda folder: (folder / "run.sh").unlink())
    with pytest.raises(Unavailable, match=r"run\.sh is gone"):
        Swapping(folder, quiet_s=0).look(store, {})


def test_a_file_too_large_is_named_and_not_read(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "LARGEST", 100)
    with (folder / "film.mp4").open("wb") as file:
        file.truncate(101)
    read = []
    real = folder_source._opened
    monkeypatch.setattr(folder_source, "_opened", lambda root, path, was: read.append(path) or real(root, path, was))
    found = look(store, folder)
    assert {path: left.rule for path, left in found.left.items()} == {"film.mp4": "too-large"}
    assert sorted(read) == ["labs/lab01.ipynb", "run.sh"]


def test_a_file_that_grows_too_large_as_it_is_read_is_named(store: Store, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(blobs, "LARGEST", 100)
    monkeypatch.setitem(globals(), "swap", lambda folder: (folder / "run.sh").write_bytes(b"1" * 101))
    found = Swapping(folder, quiet_s=0).look(store, {})
    assert found is not None
    assert {path: left.rule for path, left in found.left.items()} == {"run.sh": "too-large"}


@pytest.mark.parametrize(("name", "value"), [("blobs.LARGEST_TOGETHER", 5), ("room.RESERVE_PART", 1.0)])
def test_a_folder_too_large_for_the_store_is_refused(store: Store, folder: Path, monkeypatch, name, value) -> None:
    monkeypatch.setattr(room, "RESERVE", 1 << 70)
    module, _, what = name.partition(".")
    monkeypatch.setattr({"blobs": blobs, "room": room}[module], what, value)
    with pytest.raises(Unavailable, match=r"more than 5 bytes|nearly full"):
        look(store, folder)
