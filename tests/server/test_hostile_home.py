"""Whatever a home or a mirror looks like, the server answers, and the log or a page says what is wrong."""

import os
import socket

import pytest

from doubles.store import Store
from server.conftest import eventually


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    store.publish({"a.txt": "one\n"})
    return store


def a_file_in_place_of_our_folder(home):
    (home / ".classhub").write_text("mine")


def a_link_to_nowhere_in_place_of_our_folder(home):
    (home / ".classhub").symlink_to("/nowhere/at/all")


def pipes_in_place_of_our_files(home):
    (home / ".classhub" / "comp141").mkdir(parents=True)
    for name in ("sync.log", "courses.json", "comp141/result.json", "comp141/manifest.json", "comp141/base.json"):
        os.mkfifo(home / ".classhub" / name)


def nonsense_in_our_files(home):
    (home / ".classhub" / "comp141").mkdir(parents=True)
    for name in ("courses.json", "comp141/result.json", "comp141/manifest.json", "comp141/base.json"):
        (home / ".classhub" / name).write_bytes(b"\xff{[" * 1000)


def folders_in_place_of_our_files(home):
    for name in ("sync.log", "courses.json", "comp141/result.json", "comp141/manifest.json", "comp141/base.json"):
        (home / ".classhub" / name / "x").mkdir(parents=True)


def a_file_in_place_of_the_course(home):
    (home / "comp141").write_text("my notes")


def broken_dot_files(home):
    (home / ".jupyter").mkdir()
    (home / ".jupyter" / "jupyter_lab_config.py").write_text("c.LabApp.extra_labextensions_path = ['/nowhere']\n")
    (home / ".gitconfig").write_text("[[[")


HOMES = [
    a_file_in_place_of_our_folder,
    a_link_to_nowhere_in_place_of_our_folder,
    pipes_in_place_of_our_files,
    nonsense_in_our_files,
    folders_in_place_of_our_files,
    a_file_in_place_of_the_course,
    broken_dot_files,
]


@pytest.mark.parametrize("situation", HOMES, ids=lambda situation: situation.__name__)
def test_the_server_answers_and_the_material_comes_all_the_same(situation, store, serve_once, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    situation(home)
    student = serve_once(store.folder, home, lab=situation is broken_dot_files)
    student.synced()
    assert (home / "comp141" / "a.txt").read_text() == "one\n"


def test_a_home_that_cannot_be_written_is_told(store, serve_once, tmp_path):
    """A name that no folder can have, as root may write in a read-only folder."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "comp141").symlink_to("comp141")
    (home / ".classhub").symlink_to("/proc/self/fdinfo")
    student = serve_once(store.folder, home)
    now = eventually(lambda: (now := student.status()) and now["status"] not in ("", "done") and now)
    assert now["message"]
    page = student.follow("classhub/open?course=comp141&path=a.txt")
    assert page.status_code == 503 and "a.txt" in page.text


@pytest.fixture
def stalled():
    """A mirror whose machine takes connections, and that never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/services/material"


def test_with_a_mirror_that_never_answers_a_link_says_so_at_once_and_the_copy_of_before_opens(
    stalled, store, serve_once, tmp_path
):
    home = tmp_path / "home"
    home.mkdir()
    first = serve_once(store.folder, home)
    first.synced()
    student = serve_once(stalled, home, JUPYTERHUB_API_TOKEN="secret-token")
    now = student.get("classhub/api/material").json()
    assert not now["listed"] and not now["away"], "the server answers while the mirror is still waited for"
    assert student.lands("classhub/open?course=comp141&path=a.txt") == "files/comp141/a.txt"
    waiting = student.get("classhub/open?course=comp141&path=b.txt")
    assert 'http-equiv="refresh"' in waiting.text and waiting.elapsed.total_seconds() < 5
    assert "secret-token" not in student.log.read_text() + waiting.text


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:9/x", "http://[broken", "/nowhere/at/all", "http://127.0.0.1:9/?a=b"]
)
def test_with_no_mirror_the_server_answers_and_a_link_says_why(serve_once, where):
    student = serve_once(where, JUPYTERHUB_API_TOKEN="secret-token")
    page = student.follow("classhub/open?course=comp141&path=a.txt")
    assert page.status_code == 503 and "not here yet" in page.text
    assert student.get("classhub/api/material").json()["away"]
