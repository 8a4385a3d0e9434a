"""`classhub course restore` as typed, in a home of its own whose server obeys."""

import threading
import time

import pytest

from classhub.materials import orders, restore
from classhub.materials.sync import sync
from classhub.server import news
from doubles.classroom import Instructor

LATER = {"week3.ipynb": "2027-02-08T09:00:00-06:00"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """With lab1.md of a course. What is ordered there is done as the student's server does it."""
    made = tmp_path / "alice"
    made.mkdir()
    source = Instructor({"lab1.md": b"lab\n"}, extra={"coming": LATER}, folder="comp141")
    assert sync(source, made, "comp141").status == "done"
    monkeypatch.setenv("HOME", str(made))
    ended = threading.Event()

    def obey():
        while not ended.is_set():
            for order in list(orders.waiting(made)):
                done = restore.start_over(source, made, order.course, order.path)
                lines = news.item_lines(done.items)
                orders.done(order, {"status": done.status, "message": done.message, "items": lines})
            time.sleep(0.05)

    thread = threading.Thread(target=obey)
    thread.start()
    yield made
    ended.set()
    thread.join()


def test_a_fresh_copy_comes_and_the_own_one_stays(classhub, home):
    (home / "comp141" / "lab1.md").write_bytes(b"mine\n")
    done = classhub("course", "restore", "--fresh", str(home / "comp141" / "lab1.md"))
    assert done.code == 0 and "lab1.mine-" in done.out
    assert (home / "comp141" / "lab1.md").read_bytes() == b"lab\n"


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("comp141/week3.ipynb", "comp141/week3.ipynb is released on 2027-02-08 at 09:00 (UTC-06:00)."),
        ("comp141/gone.md", "comp141/gone.md: the course has no such file."),
    ],
)
def test_a_fresh_copy_of_what_is_not_handed_out_is_refused_with_the_reason(classhub, home, file, told, as_json):
    done = classhub("course", "restore", "--fresh", file, *as_json)
    assert (done.code, done.err) == (1, f"{told}\n")
    assert bool(done.out) == bool(as_json)


def test_without_a_former_version_the_fresh_one_is_named(classhub, home, running):
    done = classhub("course", "restore", "comp141/lab1.md")
    assert (done.code, "Next: classhub course restore --fresh comp141/lab1.md" in done.err) == (1, True)
    done = classhub("course", "restore", "--for", "alice@college.edu", "comp141/lab1.md")
    assert "Next: classhub course restore --for alice@college.edu --fresh comp141/lab1.md" in done.err
    assert "--fresh" in classhub("course", "restore", "--list", "comp141/lab1.md").out


def test_a_version_that_is_not_kept_leads_to_the_list(classhub, home):
    done = classhub("course", "restore", "--version", "5", "comp141/lab1.md")
    assert (done.code, "Next: classhub course restore --list comp141/lab1.md" in done.err) == (1, True)


def test_a_file_in_no_course_leads_staff_to_a_students_home_and_a_student_nowhere(classhub, home, monkeypatch):
    assert "--for NAME other/lab1.md" in classhub("course", "restore", "other/lab1.md").err
    monkeypatch.setenv("CLASSHUB_MATERIAL", "http://127.0.0.1:9/")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "canary")
    assert "--for" not in classhub("course", "restore", "other/lab1.md").err
