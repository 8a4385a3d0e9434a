"""Random histories of an instructor who publishes and a student who works: steps as data, played in a temporary home."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from doubles.classroom import Instructor, Leaf, Link, Program, Student

PATHS = [
    "a",
    "b",
    "a/x",
    "a/y",
    "a/x/z",
    "d/lab.ipynb",
    "d/e/lab.ipynb",
    "d/\u00fc.txt",
    "d/u\u0308.txt",
    "D/lab.ipynb",
    "lab.ipynb",
    "raw\udcff.csv",
]
LINES = ["one", "two", "three"]

texts = st.tuples(*[st.sampled_from(LINES)] * 3).map(lambda lines: "\n".join(lines).encode())
contents = texts | st.binary(max_size=3) | texts.map(lambda text: b"\0" + text)
leaves = contents | contents.map(Program) | st.sampled_from(["b", "../b", "a/x", "../../home", "/etc/passwd"]).map(Link)
paths = st.sampled_from(PATHS)

numbers = st.integers(0, 11)  # of a path in the history's pool
targets = st.sampled_from(["b", "../elsewhere", "a", "nowhere"])
instructor_steps = st.one_of(
    st.tuples(st.just("correct a line"), numbers, st.integers(0, 2)),
    st.tuples(st.just("correct a line"), numbers, st.integers(0, 2)),
    st.tuples(st.just("publish"), numbers, contents),
    st.tuples(st.just("publish"), numbers, leaves),
    st.tuples(st.just("withdraw"), numbers),
    st.tuples(st.just("rename"), numbers, numbers),
)
common_work = st.one_of(
    st.tuples(st.just("edit a line"), numbers, st.integers(0, 2)),
    st.tuples(st.just("edit a line"), numbers, st.integers(0, 2)),
    st.tuples(st.just("edit"), numbers, contents),
    st.tuples(st.just("save by rename"), numbers, contents),
    st.tuples(st.just("delete"), numbers),
)
odd_work = st.one_of(
    st.tuples(st.just("delete the folder"), numbers),
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("make a folder"), numbers),
    st.tuples(st.just("make a link"), numbers, targets),
    st.tuples(st.just("replace the folder by a link"), numbers, targets),
    st.tuples(st.just("replace the folder by a file"), numbers),
    st.tuples(st.just("make a pipe"), numbers),
    st.tuples(st.just("chmod"), numbers, st.sampled_from([0o755, 0o644, 0o444, 0o600])),
    st.tuples(st.just("make the folder read-only"), numbers),
    st.tuples(st.just("lose the record")),
    st.tuples(st.just("damage the record")),
    st.tuples(st.just("skip"), numbers),
)
rounds = st.tuples(
    st.lists(st.one_of(common_work, common_work, odd_work), max_size=3),
    st.lists(instructor_steps, min_size=1, max_size=3),
)
histories = st.tuples(
    st.lists(paths, min_size=1, max_size=4, unique=True),
    st.lists(texts | texts | leaves, min_size=4, max_size=4),
    st.lists(rounds, min_size=1, max_size=3),
)
"""Pool of paths, what is first published at them, and rounds between syncs: the student's steps, the instructor's."""


def without_clashes(files: dict[str, Leaf]) -> dict[str, Leaf]:
    """A tree: no path is a file and a folder."""
    return {path: leaf for path, leaf in files.items() if not any(other.startswith(path + "/") for other in files)}


class Instruct:
    """The instructor's steps."""

    def __init__(self, source: Instructor) -> None:
        self.source = source
        self.count = 0

    def correct_a_line(self, path: str, number: int) -> None:
        found = self.source.files.get(path)
        if isinstance(found, bytes):
            self.count += 1
            lines = found.split(b"\n")
            lines[number % len(lines)] = b"corrected %d" % self.count
            self.publish(path, b"\n".join(lines))

    def publish(self, path: str, leaf: Leaf) -> None:
        kept = {
            one: old
            for one, old in self.source.files.items()
            if not one.startswith(path + "/") and not path.startswith(one + "/")
        }
        self.source.publish({**kept, path: leaf})

    def withdraw(self, path: str) -> None:
        if path in self.source.files:
            self.source.put(path, None)

    def rename(self, old: str, new: str) -> None:
        if old in self.source.files:
            leaf = self.source.files[old]
            self.withdraw(old)
            self.publish(new, leaf)


class Work:
    """The student's steps. `touched`: paths that are no longer as they were handed out."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.touched: set[str] = set()
        self.count = 0

    def place(self, path: str) -> Path | None:
        """None if something lies in the way; then the step is left out."""
        self.touched.add(path)
        place = self.student.path(path)
        parts = path.split("/")
        for count in range(1, len(parts)):
            above = self.student.path("/".join(parts[:count]))
            if above.is_symlink() or (above.exists() and not above.is_dir()):
                return None
            if above.is_dir():
                above.chmod(0o755)
        with suppress(FileExistsError):
            place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def play(self, name: str, *arguments: Any) -> None:
        with suppress(IsADirectoryError, FileNotFoundError, NotADirectoryError, FileExistsError):
            getattr(self, name.replace(" ", "_").replace("-", "_"))(*arguments)

    def unique(self, content: bytes) -> bytes:
        """What no instructor ever writes."""
        self.count += 1
        return content + b" mine %d" % self.count

    def edit_a_line(self, path: str, number: int) -> None:
        """In place, so that it may merge."""
        place = self.place(path)
        if place is not None and place.is_file() and not place.is_symlink():
            lines = place.read_bytes().split(b"\n")
            lines[number % len(lines)] = self.unique(b"line")
            place.chmod(place.stat().st_mode | 0o200)
            place.write_bytes(b"\n".join(lines))

    def edit(self, path: str, content: bytes) -> None:
        place = self.place(path)
        if place is not None and not place.is_symlink() and (not place.exists() or place.is_file()):
            with place.open("r+b" if place.exists() else "wb") as file:
                file.truncate()
                file.write(self.unique(content))

    def save_by_rename(self, path: str, content: bytes) -> None:
        place = self.place(path)
        if place is not None and not place.is_dir():
            other = place.with_name(".saving")
            other.write_bytes(self.unique(content))
            other.replace(place)

    def delete(self, path: str) -> None:
        place = self.place(path)
        if place is not None and place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        elif place is not None:
            place.unlink()

    def move(self, old: str, new: str) -> None:
        source, target = self.place(old), self.place(new)
        if (
            source is not None
            and target is not None
            and not target.exists()
            and not target.is_symlink()
            and not new.startswith(old)
        ):
            source.rename(target)

    def make_a_folder(self, path: str) -> None:
        place = self.place(path)
        if place is not None:
            with suppress(FileNotFoundError, IsADirectoryError):
                place.unlink()
            place.mkdir()
            (place / "own.txt").write_bytes(self.unique(b"own three"))

    def make_a_link(self, path: str, target: str) -> None:
        place = self.place(path)
        if place is not None:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            place.unlink(missing_ok=True)
            place.symlink_to(target)

    def make_a_pipe(self, path: str) -> None:
        place = self.place(path)
        if place is not None:
            place.unlink(missing_ok=True)
            os.mkfifo(place)

    def chmod(self, path: str, mode: int) -> None:
        place = self.place(path)
        if place is not None and place.is_file() and not place.is_symlink():
            place.chmod(mode)

    def delete_the_folder(self, path: str) -> None:
        self.delete(path.split("/", maxsplit=1)[0])

    def replace_the_folder_by_a_link(self, path: str, target: str) -> None:
        self.make_a_link(path.split("/", maxsplit=1)[0], target)

    def replace_the_folder_by_a_file(self, path: str) -> None:
        self.delete_the_folder(path)
        self.save_by_rename(path.split("/", maxsplit=1)[0], b"a file now")

    def make_the_folder_read_only(self, path: str) -> None:
        place = self.student.path(path).parent
        if place.is_dir() and not place.is_symlink():
            place.chmod(0o555)

    def lose_the_record(self) -> None:
        (self.student.state / "base.json").unlink()

    def damage_the_record(self) -> None:
        place = self.student.state / "base.json"
        content = place.read_bytes()
        place.write_bytes(content[: len(content) // 2])

    def skip(self, path: str) -> None:
        self.touched.add(path)
        self.student.state.mkdir(parents=True, exist_ok=True)
        with (self.student.state / "skip").open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(path + "\n")


def walk(folder: Path) -> Iterator[Path]:
    for above, folders, files in os.walk(folder):
        yield from (Path(above) / name for name in folders + files)


def regular(folder: Path) -> dict[str, bytes]:
    """Content of every file below, by path."""
    return {
        str(place.relative_to(folder)): place.read_bytes()
        for place in walk(folder)
        if stat.S_ISREG(place.lstat().st_mode)
    }


def overlaps(path: str, others: set[str]) -> bool:
    return any(path == one or path.startswith(one + "/") or one.startswith(path + "/") for one in others)
