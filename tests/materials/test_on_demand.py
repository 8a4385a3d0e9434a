"""A link to a repository that no course names: where the admin allows it, it becomes a course of who clicked."""

import json
import subprocess
from pathlib import Path

import httpx2
import pytest

from classhub.materials.links import repository_key
from classhub.materials.mirror import on_demand as module
from classhub.materials.mirror.on_demand import Full, OnDemand, name_of
from classhub.materials.sync import sync
from classhub.server.origin import MirrorOrigin
from doubles.ports import free_port
from materials.hub import Hub
from materials.running import Running
from materials.test_process import eventually, mirror

WHO = ("-c", "user.name=Jane.Doe", "-c", "user.email=jane.doe@college.edu")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Of a colleague, who knows nothing of this hub."""
    folder = tmp_path / "colleagues" / "notes"
    folder.mkdir(parents=True)
    (folder / "week1.md").write_text("Read chapter 1.\n")
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    for words in (("add", "-A"), (*WHO, "commit", "-qm", "Notes")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


@pytest.fixture
def running(tmp_path: Path):
    """With alice and bob, and an admin."""
    hub, port = Hub(), free_port()
    server = Running(hub.application)
    (tmp_path / "store").mkdir()
    given = {"listen": f"127.0.0.1:{port}", "hub_api": f"{server.url}/hub/api"}
    given["repositories"] = [f"file:{tmp_path}/colleagues/*"]
    yield hub, f"http://127.0.0.1:{port}", given
    server.close()


def origin(url: str, tmp_path: Path, monkeypatch, token: str) -> MirrorOrigin:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", token)
    return MirrorOrigin(url, tmp_path / "home")


def test_a_click_brings_it_and_corrections_follow_also_after_a_restart(tmp_path, repository, running, monkeypatch):
    hub, url, given = running
    alice, home = hub.user("alice@college.edu"), tmp_path / "home"
    home.mkdir()
    with mirror(tmp_path, courses=[], **given):
        asked = origin(url, tmp_path, monkeypatch, alice)
        assert asked.courses() == ()
        course = asked.course_of(repository.as_uri())
        assert course is not None
        assert (course.title, course.folder) == ("notes", "notes")
        assert sync(asked.source(course.name), home, course.name).status == "done"
        assert (home / "notes" / "week1.md").read_text() == "Read chapter 1.\n"
        (before,) = asked.courses()
    (repository / "week1.md").write_text("Read chapters 1 and 2.\n")
    commit(repository)
    with mirror(tmp_path, courses=[], **given):
        (listed,) = asked.courses()
        assert listed.name == course.name
        until_news(asked, before.release)
        assert sync(asked.source(course.name), home, course.name).status == "done"
        assert (home / "notes" / "week1.md").read_text() == "Read chapters 1 and 2.\n"


def until_news(asked: MirrorOrigin, release: str) -> None:
    eventually(lambda: asked.courses()[0].release != release)


def test_it_is_for_those_who_clicked_and_not_for_staff(tmp_path, repository, running, monkeypatch):
    hub, url, given = running
    alice, bob, admin = hub.user("alice"), hub.user("bob"), hub.user("root", admin=True)
    with mirror(tmp_path, courses=[], **given):
        course = origin(url, tmp_path, monkeypatch, alice).course_of(repository.as_uri())
        for token in (bob, admin):
            assert origin(url, tmp_path, monkeypatch, token).courses() == ()
            header = {"Authorization": f"token {token}"}
            answer = httpx2.get(f"{url}/courses/{course.name}/manifest", headers=header, timeout=60)
            assert answer.status_code == 403
        same = origin(url, tmp_path, monkeypatch, bob).course_of(f"{repository}.git")
        assert same == course
        assert [one.name for one in origin(url, tmp_path, monkeypatch, alice).courses()] == [course.name]


def test_what_is_not_allowed_is_no_course_and_no_git_starts(tmp_path, running, monkeypatch):
    hub, url, given = running
    alice = hub.user("alice")
    with mirror(tmp_path, courses=[], **given):
        asked = origin(url, tmp_path, monkeypatch, alice)
        for elsewhere in (
            "https://github.com/stranger/x",
            "/etc",
            f"{tmp_path}/store",
            f"{tmp_path}/colleagues/../store",
        ):
            assert asked.course_of(elsewhere) is None
    assert list((tmp_path / "store").iterdir()) == []


def test_a_course_of_the_same_repository_is_taken_and_no_other_is_made(tmp_path, repository, running, monkeypatch):
    hub, url, given = running
    alice = hub.user("alice")
    own = {"name": "comp141", "source": {"kind": "git", "source": str(repository)}}
    with mirror(tmp_path, courses=[own], **given):
        assert origin(url, tmp_path, monkeypatch, alice).course_of(repository.as_uri()).name == "comp141"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


ALLOWED = ("github.com/college/*", "git.college.edu/*/labs")


@pytest.mark.parametrize(
    ("repository", "is_allowed"),
    [
        ("https://github.com/college/notes", True),
        ("https://jane:secret@github.com/College/Notes.git", True),
        ("https://git.college.edu/jane/labs.git", True),
        ("https://git.college.edu/jane/exams", False),
        ("https://github.com/college", False),
        ("https://github.com.evil.example/college/notes", False),
        ("https://evil.example/github.com/college/notes", False),
        ("https://github.com/college/../stranger/x", False),
        ("https://github.com/college/%2e%2e/stranger/x", False),
        ("file:///etc", False),
    ],
)
def test_a_star_stands_for_anything_and_a_dot_for_a_dot(store, repository, is_allowed):
    assert OnDemand(store, ALLOWED, ()).is_allowed(repository_key(repository)) is is_allowed


def test_it_gets_the_folder_that_nbgitpuller_would_use_unless_that_is_anothers(store):
    made = OnDemand(store, ALLOWED, ("notes",))
    first, second = "github.com/college/Notes", "github.com/college/lists"
    assert made.join(second, "alice").folder == "lists"
    assert made.join(first, "alice").folder == name_of(first)
    assert made.join("git.college.edu/lists/labs", "alice").folder == "labs"
    assert OnDemand(store, ALLOWED, ("lists",)).join(second, "bob").folder == "lists", "it stays where it lies"


def test_one_person_cannot_have_all_of_them_and_there_is_an_end(store, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "MOST_OF_ONE", 2)
    made = OnDemand(store, ALLOWED, ())
    for number in range(2):
        assert made.join(f"github.com/college/{number}", "alice")
    with pytest.raises(Full, match="one person"):
        made.join("github.com/college/2", "alice")
    assert made.join("github.com/college/0", "alice"), "what somebody has goes on"
    assert made.join("github.com/college/2", "bob")
    with pytest.raises(Full, match="no more"):
        made.join("github.com/college/3", "bob")


def test_what_is_no_longer_allowed_or_damaged_is_no_course(store):
    made = OnDemand(store, ALLOWED, ())
    for number in range(3):
        made.join(f"github.com/college/{number}", "alice")
    for number, content in ((1, b"["), (2, json.dumps({"repository": 1, "folder": "", "people": []}).encode())):
        (store / name_of(f"github.com/college/{number}") / module.NAME).write_bytes(content)
    assert [one.name for one in made.courses()] == [name_of("github.com/college/0")]
    assert list(OnDemand(store, (), ()).courses()) == []
