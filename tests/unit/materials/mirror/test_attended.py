"""What staff ask of the service is done by what makes releases."""

import asyncio
import json
import sys
import threading

import pytest

from classhub.materials.mirror.attended import Attended
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.library_builder import Builder
from classhub.materials.mirror.library_keep import Keeper
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings, Source
from classhub.materials.mirror.store import Store


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def course(source):
    return Course("comp141", folder="comp141", source=Source("folder", str(source)))


@pytest.fixture
def publishing(tmp_path, source, course):
    store = tmp_path / "store"
    Looking(course, Store(store / "comp141")).look(FolderSource(source, quiet_s=0))
    return Attended(Settings(store, (course, Course("none"))), lambda line: None)


@pytest.fixture
def held(tmp_path, source, course, publishing):
    """A release that would remove most of what students have waits for an instructor."""
    (source / "a.txt").write_text("new a")
    (source / "b.txt").unlink()
    (source / "c.txt").unlink()
    return Looking(course, Store(tmp_path / "store" / "comp141")).look(FolderSource(source, quiet_s=0)).release


async def test_the_release_that_waits_is_let_out_by_an_instructors_word(tmp_path, publishing, held):
    store = Store(tmp_path / "store" / "comp141")
    assert store.current_name() != held
    out = await publishing.publish("comp141", "")
    assert out["release"] == held
    assert store.current_name() == held


async def test_an_earlier_release_comes_back_by_its_name(tmp_path, publishing, held):
    first = Store(tmp_path / "store" / "comp141").current_name()
    await publishing.publish("comp141", held)
    assert (await publishing.publish("comp141", first))["release"] == first
    with pytest.raises(Refused, match=r"There is no release 9-0000000\."):
        await publishing.publish("comp141", "9-0000000")


async def test_without_a_name_the_release_of_the_source_goes_out_again_after_an_earlier_one(
    tmp_path, publishing, source
):
    store = Store(tmp_path / "store" / "comp141")
    first = store.current_name()
    (source / "solution.txt").write_text("d")
    second = (await publishing.publish("comp141", ""))["release"]
    await publishing.publish("comp141", first)
    made = await publishing.publish("comp141", "")
    assert (made["release"], made["before"]) == (second, first)
    assert [one["rule"] for one in made["remarks"]] == ["solution-name"]
    assert (store.current_name(), store.names()) == (second, [first, second])


async def test_where_the_source_itself_went_back_nothing_is_new(tmp_path, publishing, source):
    first = Store(tmp_path / "store" / "comp141").current_name()
    (source / "d.txt").write_text("d")
    await publishing.publish("comp141", "")
    await publishing.publish("comp141", first)
    (source / "d.txt").unlink()
    made = await publishing.publish("comp141", "")
    assert made["release"] == made["before"] == first


async def test_a_preview_names_files_and_the_students_who_worked_in_them(tmp_path, publishing, held):
    items = [
        {"action": "kept", "path": "a.txt"},
        {"action": "new", "path": "b.txt"},
        {"action": "kept", "path": "own.txt"},
    ]
    for name, done in (("alice@college.edu", items), ("jane.doe", items[1:])):
        body = json.dumps({"course": "comp141", "status": "done", "items": done}).encode()
        Results(tmp_path / "store" / "comp141" / "results").keep(name, "comp141", body, "2027-01-11T12:00:00+00:00")
    found = await publishing.preview("comp141")
    assert found["to"] == held
    assert (found["new"], found["changed"], found["removed"]) == ([], ["a.txt"], ["b.txt", "c.txt"])
    assert [(one["name"], one["touched"], one["updated"]) for one in found["students"]] == [
        ("alice@college.edu", ["a.txt"], []),
        ("jane.doe", [], ["a.txt"]),
    ]


async def test_without_a_release_that_waits_a_preview_is_of_the_source_as_it_is(publishing, source):
    assert (await publishing.preview("comp141"))["new"] == []
    (source / "d.txt").write_text("d")
    found = await publishing.preview("comp141")
    assert (found["to"], found["new"]) == ("", ["d.txt"])
    with pytest.raises(Refused, match="no material"):
        await publishing.preview("none")


async def test_without_a_release_that_waits_the_source_is_looked_at(tmp_path, publishing, source):
    (source / "d.txt").write_text("d")
    made = await publishing.publish("comp141", "")
    assert made["release"] != made["before"]
    again = await publishing.publish("comp141", "")
    assert again["release"] == again["before"] == made["release"]


async def test_remarks_are_those_of_the_last_look(publishing, held):
    found = await publishing.lint("comp141")
    assert found["release"] == held
    assert [one["severity"] for one in found["remarks"]] == ["error"] * len(found["remarks"]) != []
    assert (await publishing.lint("none"))["remarks"] == []


async def test_only_a_repository_has_commits(publishing):
    assert await publishing.tree("comp141", "ab" * 20) is None
    assert await publishing.tree("none", "ab" * 20) is None


class Hanging(Keeper):
    """As while pip hangs."""

    def __init__(self, root):
        super().__init__(root, Builder(sys.executable), lambda course, digest: root)
        self.asked, self.go_on, self.retried = threading.Event(), threading.Event(), []

    def ensure(self, *_):
        self.asked.set()
        self.go_on.wait(240)
        return "pip could not bring it"

    def retry(self, course):
        self.retried.append(course)


async def test_neither_a_look_nor_staff_wait_for_a_librarys_build(tmp_path, source, course, publishing):
    keeper = Hanging(tmp_path / "libraries")
    attended = Attended(Settings(tmp_path / "store", (course,)), lambda line: None, keeper)
    attended.start()
    try:
        assert await asyncio.to_thread(keeper.asked.wait, 120)
        (source / "a.txt").write_text("another a")
        assert (await asyncio.wait_for(attended.publish("comp141", ""), 120))["release"]
        assert keeper.retried == ["comp141"]
    finally:
        keeper.go_on.set()
        attended.stop()
