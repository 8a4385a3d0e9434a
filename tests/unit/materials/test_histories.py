"""Whatever an instructor publishes and a student does: nothing is lost, every sync ends, what is untouched is up to date.

A few hundred histories; CLASSHUB_HISTORIES=1000 plays more.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from classhub.materials import names
from classhub.materials.planning import why_out
from classhub.materials.result import STATUSES
from doubles.classroom import Instructor, Link, Program, Student, actions
from doubles.histories import Instruct, Work, histories, overlaps, regular, without_clashes

EXAMPLES = int(os.environ.get("CLASSHUB_HISTORIES", "250"))
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Thousands of small files a second are no load for a disk that others use, too."""
QUIET = {"kept", "skipped"}


class Play:
    """One history."""

    def __init__(self, home: Path, pool, leaves) -> None:
        self.pool = pool
        files = dict(zip(pool, leaves, strict=False))
        self.student = Student(home)
        (home / "elsewhere").mkdir()
        (home / "elsewhere" / "precious.txt").write_bytes(b"outside the course")
        self.source = Instructor(without_clashes(files))
        self.instruct = Instruct(self.source)
        self.work = Work(self.student)
        self.offered: dict[str, object] = {}

    def round(self, work, instruction) -> None:
        for name, *arguments in work:
            self.work.play(name, *self.with_paths(name, arguments))
        for name, *arguments in instruction:
            getattr(self.instruct, name.replace(" ", "_"))(*self.with_paths(name, arguments))
        self.sync()

    def with_paths(self, name: str, arguments):
        """The first numbers of a step stand for paths."""
        count = 2 if name in ("rename", "move") else 1
        return [self.pool[one % len(self.pool)] for one in arguments[:count]] + arguments[count:]

    def sync(self) -> None:
        before = regular(self.student.home)
        result = self.student.sync(self.source)
        assert result.status == "done", result
        self.check_record(result)
        self.check_nothing_lost(before)
        self.check_work_stays_in_sight(before, result)
        self.check_untouched_is_up_to_date(result)
        self.check_news_arrived(result)
        self.check_second_changes_nothing()
        self.offered = dict(self.source.files)

    def check_record(self, result) -> None:
        assert result.status in STATUSES
        written = json.loads((self.student.state / "result.json").read_bytes())
        assert written["status"] == result.status and written["message"] == result.message != ""

    def check_nothing_lost(self, before) -> None:
        after = set(regular(self.student.home).values())
        published = set(self.source.blobs_known.values())
        ours = (".classhub/",)
        lost = {
            path: content
            for path, content in before.items()
            if content not in after | published and not path.startswith(ours)
        }
        assert not lost
        kept = {path: content for path, content in before.items() if "-merged-" in path and content not in after}
        assert not kept, "a version in the undo store is gone"
        assert (
            before["elsewhere/precious.txt"] == b"outside the course"
            and len(list((self.student.home / "elsewhere").iterdir())) == 1
        )

    def check_work_stays_in_sight(self, before, result) -> None:
        """What a student wrote is still in the course's folder, unless it was merged: then it is in the undo store."""
        published = set(self.source.blobs_known.values())
        there = set(regular(self.student.course).values())
        said = actions(result)
        for path, content in before.items():
            inside = path.removeprefix("COMP141/")
            if inside != path and content not in there | published:
                assert said.get(inside) == "merged", (inside, content)

    def wanted(self):
        return {
            path: leaf
            for path, leaf in self.source.files.items()
            if not why_out(path, self.source.manifest().files[path])
        }

    def check_untouched_is_up_to_date(self, result) -> None:
        for path, leaf in self.wanted().items():
            if overlaps(path, self.work.touched):
                continue
            place = self.student.path(path)
            if isinstance(leaf, Link):
                assert str(place.readlink()) == leaf.target
            else:
                assert place.read_bytes() == content_of(leaf), result
                assert bool(place.stat().st_mode & 0o100) == isinstance(leaf, Program)

    def check_news_arrived(self, result) -> None:
        said = actions(result)
        there = set(regular(self.student.course).values())
        skipped = self.skipped()
        for path, leaf in self.wanted().items():
            is_skipped = any(path == one or path.startswith(one + "/") for one in skipped if one)
            if isinstance(leaf, Link) or is_skipped or content_of(self.offered.get(path)) == content_of(leaf):
                continue
            assert content_of(leaf) in there or said.get(path) in ("merged", "kept"), path

    def skipped(self) -> list[str]:
        try:
            return names.to_text((self.student.state / "skip").read_bytes()).splitlines()
        except FileNotFoundError:
            return []

    def check_second_changes_nothing(self) -> None:
        before = self.student.listing()
        again = self.student.sync(self.source)
        assert again.status == "done" and set(actions(again).values()) <= QUIET, again
        assert self.student.listing() == before
        assert not [name for name in before if ".classhub-" in name]


def content_of(leaf):
    return leaf.content if isinstance(leaf, Program) else leaf


def play_all(history) -> None:
    pool, leaves, rounds = history
    home = Path(tempfile.mkdtemp(prefix="classhub-history-", dir=IN_MEMORY))
    try:
        play = Play(home, pool, leaves)
        play.sync()
        for work, instruction in rounds:
            play.round(work, instruction)
    finally:
        shutil.rmtree(home)


@given(histories)
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    derandomize="CLASSHUB_HISTORIES" not in os.environ,
)
def test_no_history_loses_a_byte_or_ends_without_a_record(history):
    play_all(history)


def test_without_others_our_own_merges_are_used(tmp_path):
    student, source = Student(tmp_path / "home"), Instructor({"notes.txt": b"a\n\nb\n\nc\n"})
    student.sync(source, merges=None)
    student.write("notes.txt", b"a\n\nb\n\nmine\n")
    source.put("notes.txt", b"A\n\nb\n\nc\n")
    assert actions(student.sync(source, merges=None)) == {"notes.txt": "merged"}
    assert student.read("notes.txt") == b"A\n\nb\n\nmine\n"
