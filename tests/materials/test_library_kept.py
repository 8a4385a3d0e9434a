"""The last good library is served until a new one is whole; a home elsewhere fetches it once."""

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from classhub.materials import library
from classhub.materials.library import Unfit
from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror import library_keep
from classhub.materials.mirror.libraries import kept_back
from classhub.materials.mirror.library_builder import Builder
from classhub.materials.mirror.library_keep import Keeper
from classhub.materials.mirror.settings import Assignment, Course, Section
from classhub.materials.source import Offline


class Store:
    """Blobs in a folder; and a source that hands them out, whole or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.asked: list[str] = []
        self.lie = False
        self.library: dict[str, bytes] = {}

    def path(self, course: str, digest: str) -> Path:
        return self.folder / digest

    def keep(self, course: str, file: Path) -> Entry:
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        return Entry("file", digest, len(data))

    def release(self, **files: str) -> Manifest:
        entries = {}
        for name, text in files.items():
            source = self.folder / "source"
            source.write_text(text)
            entries[f"tools/{name}.py"] = self.keep("comp141", source)
        return Manifest("comp141", "r1", entries)

    def blobs(self, digests):
        for digest in digests:
            self.asked.append(digest)
            yield _Blob(digest, b"else" if self.lie else self.library[digest])


class _Blob:
    def __init__(self, digest: str, data: bytes) -> None:
        self.digest, self._data = digest, data

    def pieces(self):
        yield self._data[:3]
        yield self._data[3:]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "blobs")


@pytest.fixture
def keeper(tmp_path, store):
    made = Keeper(tmp_path / "lib", Builder(sys.executable), store.path)
    made.serve(["comp141"])
    return made


def test_a_library_is_built_once_for_the_same_files(keeper, store):
    assert keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6")) == ""
    first = keeper.told("comp141")
    made = Path(first["folder"]).stat().st_ctime_ns
    assert keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6")) == ""
    assert keeper.told("comp141") == first and Path(first["folder"]).stat().st_ctime_ns == made


def test_a_broken_library_leaves_the_last_good_one(keeper, store):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6"))
    good = keeper.told("comp141")
    assert "random is the name" in keeper.ensure("comp141", ["./tools"], store.release(random="SIDES = 6"))
    assert keeper.told("comp141") == good and Path(good["folder"], "dice.py").is_file()


def test_a_new_one_is_another_folder_so_that_running_kernels_keep_theirs(keeper, store):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6"))
    old = Path(keeper.told("comp141")["folder"])
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 20"))
    new = Path(keeper.told("comp141")["folder"])
    assert (old / "dice.py").read_text() == "SIDES = 6" and (new / "dice.py").read_text() == "SIDES = 20"


def test_old_libraries_do_not_pile_up(keeper, store):
    for sides in range(6):
        keeper.ensure("comp141", ["./tools"], store.release(dice=f"SIDES = {sides}"))
    assert len([path for path in (keeper.root / "comp141").iterdir() if path.is_dir()]) == 3


def test_a_course_that_wants_none_any_more_has_none(keeper, store):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6"))
    assert keeper.ensure("comp141", [], store.release(dice="SIDES = 6")) == ""
    assert keeper.told("comp141") is None


@pytest.mark.parametrize("name", ["", ".", "..", "../../", "bio101", "comp141/../comp141"])
def test_nothing_is_told_or_remembered_of_what_is_no_course(keeper, store, name):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6"))
    assert keeper.told(name) is None and list(keeper._told) == ["comp141"]


def test_a_pipe_in_the_place_of_the_list_keeps_nobody_waiting(keeper):
    (keeper.root / "comp141").mkdir(parents=True)
    os.mkfifo(keeper.root / "comp141" / "current.json")
    assert keeper.told("comp141") is None


@pytest.fixture
def built(monkeypatch):
    """How often it was built in earnest."""
    times = []
    real = library_keep.build
    monkeypatch.setattr(library_keep, "build", lambda *args, **more: times.append(1) or real(*args, **more))
    return times


def test_what_cannot_be_built_is_not_built_at_each_look(keeper, store, built, tmp_path):
    bad = store.release(random="SIDES = 6")
    why = keeper.ensure("comp141", ["./tools"], bad)
    assert "random is the name" in why
    again = Keeper(tmp_path / "lib", Builder(sys.executable), store.path)  # the mirror was started anew
    assert [keeper.ensure("comp141", ["./tools"], bad), again.ensure("comp141", ["./tools"], bad)] == [why, why]
    assert len(built) == 1


def test_it_is_built_again_when_it_changes_when_staff_ask_and_after_a_while(keeper, store, built, monkeypatch):
    keeper.ensure("comp141", ["./tools"], store.release(random="SIDES = 6"))
    keeper.ensure("comp141", ["./tools"], store.release(random="SIDES = 7"))
    assert len(built) == 2
    keeper.retry("comp141")
    keeper.ensure("comp141", ["./tools"], store.release(random="SIDES = 7"))
    assert len(built) == 3
    monkeypatch.setattr(library_keep, "RETRY_S", 0)
    keeper.ensure("comp141", ["./tools"], store.release(random="SIDES = 7"))
    assert len(built) == 4
    assert keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6")) == ""


@pytest.mark.parametrize(
    ("hidden", "folder"), [("tools", "./tools"), ("tools/later", "./tools"), ("tools", "./tools/dice"), ("exam", ".")]
)
def test_a_library_that_would_give_away_what_is_kept_back_is_refused(keeper, store, hidden, folder):
    release = store.release(**{"dice/dice": "SIDES = 6"})
    assert hidden in keeper.ensure("comp141", [folder], release, [hidden])
    assert keeper.told("comp141") is None
    assert keeper.ensure("comp141", [folder], release, ["toolsandmore", "exams"] if folder != "." else []) == ""


def test_what_has_a_release_time_to_come_or_is_a_sections_is_kept_back():
    course = Course(
        "comp141",
        sections=(Section("B", folders=("sections/b",)),),
        assignments=(
            Assignment("past", "past", release={"": "2027-01-01T09:00:00+00:00"}),
            Assignment("later", "later", release={"": "2027-03-01T09:00:00+00:00"}),
            Assignment("half", "half", release={"A": "2027-01-01T09:00:00+00:00", "B": "2027-03-01T09:00:00+00:00"}),
            Assignment("open", "open"),
        ),
    )
    assert kept_back(course, datetime(2027, 2, 1, tzinfo=UTC)) == ("later", "half", "sections/b")


@pytest.fixture
def told(keeper, store):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6", coin="WORTH = 5"))
    shelve(keeper, store)
    return keeper.told("comp141")


def shelve(keeper, store):
    """As the mirror sends a library's files: from its folder."""
    told = keeper.told("comp141")
    for path, packed in told["manifest"]["files"].items():
        store.library[packed[1]] = Path(told["folder"], path).read_bytes()


def elsewhere(told):
    """As a pod hears it: the mirror's folder is on another machine."""
    return library.read({**told, "folder": "/nowhere/lib"})


TAG = library.interpreter_tag()


def test_the_mirrors_own_folder_is_used_where_it_can_be_seen(told, store, tmp_path):
    assert library.ensure(library.read(told), tmp_path / "state", store, TAG) == Path(told["folder"])


def test_elsewhere_it_is_fetched_once_and_read_only(told, store, tmp_path):
    folder = library.ensure(elsewhere(told), tmp_path / "state", store, TAG)
    assert (folder / "dice.py").read_text() == "SIDES = 6"
    assert {path.stat().st_mode & 0o222 for path in folder.rglob("*") if path.is_file()} == {0}
    store.asked.clear()
    assert library.ensure(elsewhere(told), tmp_path / "state", store, TAG) == folder
    assert store.asked == []


def test_a_fetch_that_was_cut_short_is_begun_anew(told, store, tmp_path):
    store.lie = True
    with pytest.raises(Offline):
        library.ensure(elsewhere(told), tmp_path / "state", store, TAG)
    assert not (tmp_path / "state" / "lib" / told["id"]).exists()
    store.lie = False
    assert (library.ensure(elsewhere(told), tmp_path / "state", store, TAG) / "coin.py").is_file()


def test_the_one_of_running_kernels_stays_and_older_ones_go(keeper, store, tmp_path):
    folders = []
    for sides in range(4):
        keeper.ensure("comp141", ["./tools"], store.release(dice=f"SIDES = {sides}"))
        shelve(keeper, store)
        folders.append(library.ensure(elsewhere(keeper.told("comp141")), tmp_path / "state", store, TAG))
        os.utime(folders[-1], (sides, sides))
    assert [folder.is_dir() for folder in folders] == [False, False, True, True]


def test_a_compiled_library_is_for_its_own_interpreter_only(told, store, tmp_path):
    compiled = library.read({**told, "pure": False, "tag": "cpython-39-linux-x86_64"})
    with pytest.raises(Unfit, match="belongs in the students' image"):
        library.ensure(compiled, tmp_path / "state", store, TAG)


def test_kernels_that_start_before_the_mirror_answers_have_the_last_one(tmp_path):
    state = tmp_path / "state"
    assert library.last(state) is None
    library.remember(state, tmp_path)
    assert library.last(state) == tmp_path
    library.remember(state, tmp_path / "gone")
    assert library.last(state) is None
    library.remember(state, None)
    assert library.last(state) is None
    (state / "lib.path").unlink()
    os.mkfifo(state / "lib.path")
    assert library.last(state) is None, "a pipe keeps nobody waiting"


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../x"},
        {"manifest": None},
        {"manifest": {"classhub": 1, "files": {"../x.py": ["file", "0" * 64, 1]}}},
        {"manifest": {"classhub": 1, "files": {"x": ["link", "0" * 64, 1, "/etc"]}}},
    ],
)
def test_a_lying_mirror_writes_nothing_outside(told, change):
    with pytest.raises(Unfit):
        library.read({**json.loads(json.dumps(told)), **change})


def test_no_library_is_no_library():
    assert library.read(None) is None and library.read({}) is None


def test_a_folder_that_vanished_is_not_told(keeper, store):
    keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6"))
    folder = Path(keeper.told("comp141")["folder"])
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)
    assert keeper.told("comp141") is None
    assert keeper.ensure("comp141", ["./tools"], store.release(dice="SIDES = 6")) == "" and folder.is_dir()


def test_a_lock_that_is_never_given_does_not_keep_the_material_waiting(told, store, tmp_path, monkeypatch):
    monkeypatch.setattr(library, "LOCK_S", 0.1)
    (tmp_path / "state" / "lib").mkdir(parents=True)
    with (tmp_path / "state" / "lib" / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Offline, match="Another server of this home"):
            library.ensure(elsewhere(told), tmp_path / "state", store, TAG)
    assert library.ensure(elsewhere(told), tmp_path / "state", store, TAG).is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_folder_of_the_mirror_that_may_not_be_entered_is_fetched_instead(told, store, tmp_path):
    closed = Path(told["folder"]).parent
    closed.chmod(0o700)
    tmp_path.chmod(0o777)
    way = [folder for folder in tmp_path.parents if folder.is_relative_to(tempfile.gettempdir())][:-1]
    for folder in way:
        folder.chmod(0o755)  # pytest's own are private
    child = os.fork()
    if child == 0:
        os.setresuid(65534, 65534, 65534)
        try:
            found = library.ensure(library.read(told), tmp_path / "state", store, TAG)
            os._exit(0 if found.is_relative_to(tmp_path / "state") else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
