"""`classhub course` as typed, where a mirror answers: the real one, over its own pages."""

import json
import os
from dataclasses import replace

import pytest

from classhub.materials.mirror.attended import Attended
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.door import OpenDoor
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.service import application
from classhub.materials.mirror.settings import from_json
from classhub.materials.mirror.store import Store
from classhub.operations.loading import load
from classhub.plan.mirror_settings import mirror_settings
from materials.running import Running

COURSE = """\
material: material/comp141
people: {instructor: ada@college.edu}
assignments:
  lab03: {path: labs/week3.md, release: "2099-01-11 09:00"}
"""


class Mirror:
    def __init__(self, folder, store) -> None:
        self.material = folder.parent / "material" / "comp141"
        self.store = Store(store / "comp141")
        settings = from_json(json.dumps(mirror_settings(load(folder, os.environ), store, imports_here=False)))
        self.settings = replace(settings, store=store)

    def look(self) -> str:
        (course,) = self.settings.courses
        return Looking(course, self.store).look(FolderSource(self.material, quiet_s=0)).release

    def application(self):
        return application(
            Desk(self.settings, OpenDoor("ada@college.edu"), Attended(self.settings, lambda _: None)), ""
        )


@pytest.fixture
def mirror(folder, tmp_path, monkeypatch):
    """With a first release, of four files."""
    (folder.parent / "material" / "comp141" / "labs").mkdir(parents=True)
    (folder / "courses").mkdir()
    (folder / "courses" / "comp141.yaml").write_text(COURSE)
    for name in ("README.md", "a.md", "b.md", "labs/week3.md"):
        (folder.parent / "material" / "comp141" / name).write_text(f"# {name}\n" * 20)
    made = Mirror(folder, tmp_path / "store")
    made.look()
    running = Running(made.application)
    monkeypatch.setenv("CLASSHUB_MATERIAL", running.url)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    yield made
    running.close()


@pytest.fixture
def renamed(mirror):
    """The release waits: what hides a file would lead nowhere."""
    (mirror.material / "labs" / "week3.md").rename(mirror.material / "labs" / "week3-renamed.md")
    return mirror.look()


def test_lint_says_of_the_release_that_waits_what_status_says(classhub, mirror, renamed):
    assert "probably it is labs/week3-renamed.md now" in classhub("course", "status", "comp141").out
    done = classhub("course", "lint", "comp141")
    assert done.code == 1
    assert "error hidden-path-gone labs/week3.md" in done.out
    assert "probably it is labs/week3-renamed.md now" in done.out
    assert "hidden-path-none" not in done.out
    assert f"Release {renamed} of it waits for you." in done.out


def test_lint_of_another_state_than_the_mirrors_is_of_that_alone(classhub, mirror, renamed):
    (mirror.material / "c.md").write_text("new\n")
    done = classhub("course", "lint", "comp141")
    assert (done.code, "hidden-path-gone" in done.out) == (0, False)


def test_lint_does_not_repeat_what_both_found(classhub, mirror):
    (mirror.material / "solution.md").touch()
    mirror.look()
    assert classhub("course", "lint").out.count("solution-name") == 1


def test_lint_does_without_a_mirror_that_does_not_answer(classhub, mirror, renamed, monkeypatch):
    monkeypatch.setenv("CLASSHUB_MATERIAL", "http://127.0.0.1:9")
    done = classhub("course", "lint", "comp141")
    assert (done.code, "hidden-path-none" in done.out, done.err) == (0, True, "")


def test_errors_of_what_goes_out_are_told_in_list_and_status(classhub, mirror):
    (mirror.material / "solution.md").touch()
    release = mirror.look()
    assert classhub("course", "list").out.splitlines()[1].endswith("1 error")
    status = classhub("course", "status").out
    assert f"Release {release} has 1 error:\n  error solution-name solution.md: " in status
    assert "Next: `classhub course lint comp141`." in status


def test_list_marks_a_release_that_waits(classhub, mirror, renamed):
    assert "waits for you" in classhub("course", "list").out
    assert classhub("course", "list", "--json").json[0]["needs"] == "waits for you, 2 errors"


def test_an_earlier_release_goes_out_with_its_errors_told_and_forward_needs_no_name(classhub, mirror):
    (mirror.material / "solution.md").touch()
    earlier = mirror.look()
    (mirror.material / "solution.md").unlink()
    newest = mirror.look()
    done = classhub("course", "publish", "--release", earlier, "--yes")
    assert done.out == f"Release {earlier} of comp141 is out.\n"
    assert done.err.startswith("Warning: it has 1 error.\n  error solution-name solution.md: ")
    assert f"an earlier release; the newest is {newest}" in classhub("course", "status").out
    assert classhub("course", "publish").out == f"Release {newest} of comp141 is out.\n"
    assert classhub("course", "publish").out == f"Nothing is new: {newest} is out already.\n"


def test_why_a_release_waits_is_said_once(classhub, mirror, renamed):
    done = classhub("course", "publish")
    assert done.code != 0
    assert f"Release {renamed} of comp141 waits for you: labs/week3.md: " in done.err
    assert "It waits" not in done.err
