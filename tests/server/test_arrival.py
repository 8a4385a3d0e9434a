"""Material in a real server: it comes by itself, is told, and nothing of the student's is lost."""

import json

import httpx2
import pytest

from doubles.store import Store
from server.conftest import TOKEN, eventually


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return lambda: Store(tmp_path_factory.mktemp("mirror") / "store")


@pytest.fixture(scope="module")
def classroom(stores, serve):
    """A store and a student's server on it."""
    store = stores()
    store.publish({"a.txt": "one\n", "b.txt": "two\n"})
    student = serve(store.folder)
    student.synced()
    return store, student


def read(student, path):
    place = student.home / "comp141" / path
    return place.read_text() if place.exists() else None


def test_all_of_a_course_is_there_soon_after_the_start_without_a_click(classroom):
    _, student = classroom
    assert read(student, "a.txt") == "one\n" and read(student, "b.txt") == "two\n"
    now = student.status()
    assert now["at"] == "comp141" and now["title"] and now["news"]["items"]


def test_a_new_release_arrives_in_a_running_server_and_is_told_once(classroom):
    store, student = classroom
    before = student.status()["news"]["id"]
    store.publish({"a.txt": "one\nmore\n", "b.txt": "two\n", "c.txt": "three\n"})
    eventually(lambda: read(student, "c.txt") == "three\n" and read(student, "a.txt") == "one\nmore\n")
    news = eventually(lambda: (news := student.status()["news"])["id"] != before and news)
    assert news["changed"] == ["comp141/a.txt"]
    assert {item["path"]: item["action"] for item in news["items"]} == {"a.txt": "updated", "c.txt": "new"}


def test_an_edit_of_the_student_and_one_of_the_instructor_are_both_there(classroom):
    store, student = classroom
    store.publish({"text.txt": "first\nsecond\nthird\n"})
    eventually(lambda: read(student, "text.txt"))
    (student.home / "comp141" / "text.txt").write_text("first\nsecond\nthird, by me\n")
    store.publish({"text.txt": "first, corrected\nsecond\nthird\n"})
    eventually(lambda: read(student, "text.txt") == "first, corrected\nsecond\nthird, by me\n")


def test_looking_now_brings_back_a_deleted_file(classroom):
    store, student = classroom
    store.publish({"kept.txt": "x"})
    eventually(lambda: read(student, "kept.txt"))
    student.synced()
    (student.home / "comp141" / "kept.txt").unlink()
    assert student.post("classhub/api/sync").status_code == 202
    eventually(lambda: read(student, "kept.txt") == "x")


def test_a_second_course_appears_by_itself(classroom):
    store, student = classroom
    store.publish({"m.txt": "math"}, course="math101")
    eventually((student.home / "math101" / "m.txt").exists)
    assert eventually(lambda: student.status("math101"))["at"] == "math101"


def test_what_happened_is_in_a_log_in_the_home(classroom):
    _, student = classroom
    assert "comp141" in (student.home / ".classhub" / "sync.log").read_text()


def test_asking_for_the_state_does_not_keep_a_server_alive(classroom):
    _, student = classroom
    before = student.get("api/status").json()["last_activity"]
    student.status()
    assert student.get("api/status").json()["last_activity"] == before


@pytest.mark.parametrize("way", ["sync", "start-over", "restore"])
def test_another_sites_page_cannot_act_for_a_student(classroom, way):
    """A browser sends the cookie of the login along, but cannot read the one that proves the page is ours."""
    _, student = classroom
    with httpx2.Client() as browser:
        browser.get(f"{student.url}tree?token={TOKEN}")
        assert browser.cookies, "a login by cookie is what this is about"
        asked = browser.post(f"{student.url}classhub/api/{way}", json={})
        assert asked.status_code == 403 and "_xsrf" in asked.text


@pytest.mark.parametrize(
    "way, words, status",
    [
        ("start-over", {"course": "math999", "path": "a.txt"}, 404),
        ("start-over", {"course": "../x", "path": "a.txt"}, 404),
        ("start-over", {"course": "comp141"}, 400),
        ("start-over", {"course": "comp141", "path": "../../.bashrc"}, 400),
        ("start-over", {"course": "comp141", "path": "/etc/passwd"}, 400),
        ("start-over", {"course": "comp141", "path": ["a"]}, 400),
        ("restore", {"course": "comp141", "path": "a.txt"}, 400),
        ("restore", {"course": "comp141", "path": "a.txt", "version": "../../x"}, 400),
        ("restore", {"course": 7, "path": "a.txt", "version": "x"}, 404),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(classroom, way, words, status):
    _, student = classroom
    answer = student.post(f"classhub/api/{way}", words)
    assert answer.status_code == status and json.loads(answer.text)["message"].endswith(".")


def test_without_material_nothing_is_shown_and_nothing_runs(serve):
    student = serve("")
    assert student.get("classhub/api/material").status_code == 404
    assert student.get("git-pull?repo=x").status_code == 404
    assert "@classhub/material" not in student.get("lab").text
    assert not (student.home / ".classhub").exists()
