"""A student saves in the very moment of a change, and then the sync is killed; or it is killed on a poor disk."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from classhub.materials import disk, leaving, renaming
from doubles.classroom import Instructor, Student, actions
from doubles.histories import regular

HOURS = b"hours of work"
OLD, NEW = b"one\ntwo", b"ONE\ntwo"


@pytest.fixture
def student(in_memory):
    return Student(in_memory / "home")


def killed(student: Student, source: Instructor, arrange) -> None:
    """A sync in a child that `arrange` prepares, and that does not end by itself."""
    child = os.fork()
    if child == 0:
        try:
            arrange()
            student.sync(source)
        finally:
            os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def die(*_) -> None:
    os.kill(os.getpid(), 9)


def around(verb: str, before, after) -> None:
    """Once, where that verb of the disk touches the notebook."""
    real = getattr(disk, verb)

    def call(folder, *names):
        mine = b"lab.ipynb" in names
        if mine:
            before()
        done = real(folder, *names)
        if mine:
            after()
        return done

    setattr(disk, verb, call)


def save_by_renaming(student: Student):
    def save() -> None:
        student.write("part", HOURS)
        student.path("part").replace(student.path("lab.ipynb"))

    return save


def save_a_folder(student: Student):
    def save() -> None:
        student.path("lab.ipynb").unlink()
        student.write("lab.ipynb/notes.txt", HOURS)

    return save


def save_a_link(student: Student):
    def save() -> None:
        student.path("lab.ipynb").unlink()
        student.path("lab.ipynb").symlink_to("hours-of-work")

    return save


def is_there(student: Student) -> bool:
    links = [str(place.readlink()) for place in student.course.iterdir() if place.is_symlink()]
    return HOURS in regular(student.course).values() or "hours-of-work" in links


def assert_no_temporaries(student: Student) -> None:
    assert not list(student.home.rglob(".classhub-*"))
    assert not (student.state / "unfinished").exists()


@pytest.mark.parametrize("save", [save_by_renaming, save_a_folder, save_a_link])
def test_a_save_in_the_gap_of_an_update_that_is_killed_then_is_put_beside(student, save):
    source = Instructor({"lab.ipynb": OLD})
    student.sync(source)
    source.put("lab.ipynb", NEW)
    killed(student, source, lambda: around("swap", save(student), die))
    assert not student.path("lab.ipynb").is_symlink() and student.read("lab.ipynb") == NEW
    result = student.sync(source)
    assert is_there(student) and student.read("lab.ipynb") == NEW
    assert "aside" in [item.action for item in result.items], "and it is said"
    assert_no_temporaries(student)


@pytest.mark.parametrize("save", [save_by_renaming, save_a_folder, save_a_link])
def test_a_save_in_the_gap_of_a_removal_that_is_killed_then_is_put_back(student, save):
    source = Instructor({"lab.ipynb": OLD, "other": b"x"})
    student.sync(source)
    source.put("lab.ipynb", None)
    killed(student, source, lambda: around("replace", save(student), die))
    assert not os.path.lexists(student.path("lab.ipynb"))
    student.sync(source)
    assert is_there(student) and os.path.lexists(student.path("lab.ipynb"))
    assert_no_temporaries(student)


@pytest.mark.parametrize("new", [NEW, None], ids=["update", "removal"])
def test_a_kill_after_a_file_has_left_leaves_nothing_of_it(student, new):
    source = Instructor({"lab.ipynb": OLD, "other": b"x"})
    student.sync(source)
    source.put("lab.ipynb", new)
    killed(student, source, lambda: around("swap" if new else "replace", lambda: None, die))
    student.sync(source)
    assert student.files() == source.files
    assert_no_temporaries(student)


def test_a_removal_is_marked_before_it_begins(student, monkeypatch):
    source = Instructor({"lab.ipynb": OLD, "other": b"x"})
    student.sync(source)
    source.put("lab.ipynb", None)
    marked, real = [], disk.replace

    def replace(folder, old, new):
        if old == b"lab.ipynb":
            marked.append((student.state / "unfinished").exists())
        real(folder, old, new)

    monkeypatch.setattr(disk, "replace", replace)
    student.sync(source)
    assert marked == [True]


def test_what_an_editor_swapped_in_stays_if_it_cannot_be_swapped_back(student, monkeypatch):
    """The disk fails from the swap on; at the end of the run, or of the next, it has a name again."""
    source = Instructor({"lab.ipynb": OLD})
    student.sync(source)
    source.put("lab.ipynb", NEW)
    real, swaps, move = disk.swap, [], disk.move

    def swap(folder, one, other):
        swaps.append(one)
        if len(swaps) > 1:
            raise OSError(errno.EIO, "gone")
        save_by_renaming(student)()
        return real(folder, one, other)

    def no_room(folder, old, new):
        if swaps:
            raise OSError(errno.ENOSPC, "full")
        return move(folder, old, new)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "swap", swap)
        patch.setattr(disk, "move", no_room)
        student.sync(source)
    assert len(swaps) == 2 and HOURS in student.all_contents()
    student.sync(source)
    assert is_there(student) and student.read("lab.ipynb") == NEW
    assert_no_temporaries(student)


def test_what_is_saved_before_it_is_swapped_back_stays_too(student, monkeypatch):
    source = Instructor({"lab.ipynb": OLD})
    student.sync(source)
    source.put("lab.ipynb", NEW)
    real, swaps, move = disk.swap, [], disk.move

    def swap(folder, one, other):
        swaps.append(one)
        student.write("part", HOURS if len(swaps) > 1 else b"earlier work")
        student.path("part").replace(student.path("lab.ipynb"))
        return real(folder, one, other)

    def no_room(folder, old, new):
        if b".mine-" in new:
            raise OSError(errno.ENOSPC, "full")
        return move(folder, old, new)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "swap", swap)
        patch.setattr(disk, "move", no_room)
        student.sync(source)
    student.sync(source)
    assert len(swaps) == 2 and {HOURS, b"earlier work"} <= set(regular(student.course).values())
    assert_no_temporaries(student)


def test_a_number_that_the_disk_gives_anew_is_not_taken_for_the_file(student, monkeypatch):
    """A link is replaced by a file in the moment of its removal; its number in the disk may be that of the link."""
    from doubles.classroom import Link

    source = Instructor({"pointer": Link("a"), "a": b"a"})
    student.sync(source)
    source.publish({"a": b"a"})
    real, look = disk.replace, disk.look
    numbers = []

    def replace(folder, old, new):
        if old == b"pointer":
            numbers.append(look(folder, old).st_ino)
            student.path("pointer").unlink()
            student.write("pointer", HOURS)
        real(folder, old, new)

    def same_number(folder, name):
        found = look(folder, name)
        if found is None or not numbers or leaving.parse(name) is None:
            return found
        return os.stat_result((found[0], numbers[0], *found[2:]), {"st_mtime_ns": found.st_mtime_ns})

    monkeypatch.setattr(disk, "replace", replace)
    monkeypatch.setattr(disk, "look", same_number)
    student.sync(source)
    assert student.read("pointer") == HOURS


def no_hard_links(*_):
    raise OSError(errno.EPERM, "no hard links here")


@pytest.mark.parametrize("can_move", [True, False])
def test_a_kill_on_a_disk_without_hard_links_leaves_no_empty_file(student, can_move):
    source = Instructor({"lab.ipynb": OLD})
    student.sync(source)
    student.path("lab.ipynb").unlink()

    def arrange() -> None:
        disk.link = no_hard_links
        if not can_move:
            renaming.to_free = lambda *_: False
        around("move" if can_move else "replace", die, die)

    killed(student, source, arrange)
    assert student.path("lab.ipynb").exists() is not can_move
    student.sync(source)
    assert student.read("lab.ipynb") == OLD
    assert_no_temporaries(student)


def test_folders_of_any_depth_and_number_do_not_stop_the_sweeping(student):
    source = Instructor({"lab.ipynb": OLD, "week/a": b"a"})
    student.sync(source)
    folder = os.open(student.course, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    (student.state / "unfinished").touch()
    student.write("week/.classhub-0123456789abcdef.part", b"half")
    student.write("own/.classhub-0123456789abcdef.part", b"half")
    assert student.sync(source).status == "done"
    assert not student.path("week/.classhub-0123456789abcdef.part").exists()
    assert not student.path("own/.classhub-0123456789abcdef.part").exists()
    assert not (student.state / "unfinished").exists()
    subprocess.run(["rm", "-rf", student.course / "d"], check=True)


def test_an_entry_that_cannot_be_looked_at_does_not_stop_the_sweeping(student, monkeypatch):
    source = Instructor({"lab.ipynb": OLD, "week/a": b"a"})
    student.sync(source)
    student.write("dead", b"")
    student.write("zombie/x", b"")
    real, enter = disk.look, disk.enter

    def look(folder, name):
        if name in (b"dead", b"zombie"):
            raise OSError(errno.ESTALE, "gone")
        return real(folder, name)

    def no_entry(folder, name):
        if name == b"zombie":
            raise OSError(errno.ENOTCONN, "gone")
        return enter(folder, name)

    monkeypatch.setattr(disk, "look", look)
    monkeypatch.setattr(disk, "enter", no_entry)
    (student.state / "unfinished").touch()
    student.write("week/.classhub-0123456789abcdef.part", b"half")
    assert student.sync(source).status == "done"
    assert_no_temporaries(student)


def test_a_path_that_is_blocked_for_good_does_not_keep_the_marker(student, monkeypatch):
    source = Instructor({"lab.ipynb": OLD, "week/a": b"a"})
    student.sync(source)
    source.publish({"lab.ipynb": NEW, "week/a": b"b"})
    real = disk.create

    def create(folder, name, mode=0o666):
        if Path(f"/proc/self/fd/{folder}").readlink().name == "week":
            raise OSError(errno.EROFS, "read-only")
        return real(folder, name, mode)

    monkeypatch.setattr(disk, "create", create)
    assert actions(student.sync(source)) == {"lab.ipynb": "updated", "week/a": "blocked"}
    assert not (student.state / "unfinished").exists()


def test_a_temporary_that_cannot_be_removed_keeps_the_marker_and_nothing_else(student, monkeypatch):
    source = Instructor({"lab.ipynb": OLD})
    student.sync(source)
    (student.state / "unfinished").touch()
    stuck = student.write(".classhub-0123456789abcdef.part", b"half")
    real = disk.unlink

    def unlink(folder, name):
        if name == b".classhub-0123456789abcdef.part":
            raise OSError(errno.EIO, "stuck")
        real(folder, name)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "unlink", unlink)
        assert student.sync(source).status == "done" and (student.state / "unfinished").exists()
    student.sync(source)
    assert not stuck.exists() and not (student.state / "unfinished").exists()


def test_after_a_run_that_was_cut_short_only_empty_files_come_once_more(student):
    source = Instructor({"lab.ipynb": OLD, "week/a": b"a"})
    student.sync(source)
    student.write("lab.ipynb", HOURS)
    student.write("week/a", b"")
    (student.state / "unfinished").touch()
    source.asked.clear()
    assert actions(student.sync(source)) == {"lab.ipynb": "kept", "week/a": "updated"}
    assert [one for asked in source.asked for one in asked] == [source.manifest().files["week/a"].digest]
