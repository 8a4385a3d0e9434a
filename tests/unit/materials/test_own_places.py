"""A student may make of our own files and folders whatever he likes: they make room, and the next update is as any."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classhub.materials import own_file, restore
from doubles.classroom import Instructor, Student

TEXTS = [b"one\ntwo\nthree", b"ONE\ntwo\nthree", b"UNO\ntwo\nthree"]


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path / "home")


@pytest.fixture
def source(student) -> Instructor:
    source = Instructor({"lab.txt": TEXTS[0]})
    student.sync(source)
    source.put("lab.txt", TEXTS[1])
    student.sync(source)
    return source


def a_folder(place: Path) -> None:
    place.mkdir()
    (place / "own.txt").write_bytes(b"a student's own")


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


def a_link(place: Path) -> None:
    place.symlink_to("nowhere")


@pytest.mark.parametrize("name", ["lock", "base.json", "manifest.json", "result.json", "unfinished"])
@pytest.mark.parametrize("make", [a_folder, a_pipe, a_link])
def test_what_lies_in_the_place_of_a_file_of_ours_makes_room(student, source, name, make):
    place = student.state / name
    place.unlink(missing_ok=True)
    make(place)
    student.write("lab.txt", TEXTS[1] + b", mine")
    source.put("lab.txt", TEXTS[2])
    assert student.sync(source).status == "done"
    if name == "base.json":  # who knows not what was handed out cannot merge
        assert student.read("lab.txt") == TEXTS[2] and TEXTS[1] + b", mine" in student.files().values()
    else:
        assert student.read("lab.txt") == TEXTS[2] + b", mine"
    assert name == "unfinished" or (place.is_file() and not place.is_symlink())
    moved = list(student.state.glob(f"{place.stem}.mine-*"))
    assert len(moved) == 1 and (make is not a_folder or (moved[0] / "own.txt").read_bytes() == b"a student's own")
    before = student.listing()
    assert set(student.sync(source).counts) <= {"kept"} and student.listing() == before


def test_a_stray_file_in_the_store_of_former_versions_stops_nothing(student, source):
    stray = student.state / "undo" / ".nfs000001"
    stray.write_bytes(b"")
    source.put("lab.txt", TEXTS[2])
    assert student.sync(source).status == "done"
    assert stray.exists() and not (student.state / "unfinished").exists()


def test_the_store_of_former_versions_may_be_kept_elsewhere(student, source):
    (student.state / "undo").rename(student.home / "large-disk")
    (student.state / "undo").symlink_to(student.home / "large-disk")
    source.put("lab.txt", TEXTS[2])
    assert student.sync(source).status == "done" and student.read("lab.txt") == TEXTS[2]
    assert len(restore.versions(student.state, "lab.txt")) == 2


def test_a_file_in_the_place_of_that_store_makes_room(student, source):
    shutil.rmtree(student.state / "undo")
    (student.state / "undo").write_bytes(b"a student's own")
    source.put("lab.txt", TEXTS[2])
    assert student.sync(source).status == "done" and b"a student's own" in student.all_contents()
    assert len(restore.versions(student.state, "lab.txt")) == 1


@pytest.mark.parametrize("make", [a_folder, a_pipe, a_link])
def test_a_small_file_is_written_whatever_has_its_name(tmp_path, make):
    make(tmp_path / "order.json")
    own_file.write(tmp_path / "order.json", "{}")
    assert own_file.read(tmp_path / "order.json", 10) == b"{}" and len(list(tmp_path.iterdir())) == 2


def test_a_small_file_that_cannot_be_put_in_place_leaves_nothing(tmp_path, monkeypatch):
    from classhub.materials import disk

    def fail(*_):
        raise OSError

    monkeypatch.setattr(disk, "replace", fail)
    with pytest.raises(OSError):
        own_file.write(tmp_path / "order.json", "{}")
    assert list(tmp_path.iterdir()) == []


def test_nobody_waits_for_a_pipe_that_takes_the_name_of_a_small_file(tmp_path):
    os.mkfifo(tmp_path / "order.json")
    code = (
        f"from pathlib import Path; from classhub.materials import own_file; "
        f"Path.is_file = lambda _: True; assert own_file.read(Path({str(tmp_path / 'order.json')!r}), 9) is None"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120, env={"PYTHONPATH": os.pathsep.join(sys.path)})
    assert own_file.read(tmp_path, 9) is None and own_file.read(tmp_path / "none", 9) is None


def test_a_manifest_that_cannot_be_kept_costs_no_record(student, source, monkeypatch):
    from classhub.materials import disk

    real = disk.replace

    def replace(folder, old, new):
        if new == b"manifest.json":
            raise OSError
        real(folder, old, new)

    source.put("new.txt", b"new")
    monkeypatch.setattr(disk, "replace", replace)
    student.sync(source)
    assert b'"new.txt"' in (student.state / "base.json").read_bytes()
