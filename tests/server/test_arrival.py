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
    with httpx2.Client(timeout=60) as browser:
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


def test_without_material_nothing_is_shown_and_nothing_runs(serve_once):
    student = serve_once("")
    assert student.get("classhub/api/material").status_code == 404
    assert student.get("git-pull?repo=x").status_code == 404
    assert not (student.home / ".classhub").exists()


def test_a_file_is_started_over_and_the_students_own_stays_beside_it(classroom):
    store, student = classroom
    store.publish({"labs/over.txt": "the course's\n"})
    eventually(lambda: read(student, "labs/over.txt"))
    student.synced()
    (student.home / "comp141" / "labs" / "over.txt").write_text("all wrong\n")
    done = student.post("classhub/api/start-over", {"course": "comp141", "path": "labs/over.txt"}).json()
    assert done["status"] == "done" and read(student, "labs/over.txt") == "the course's\n"
    names = {path.name: path.read_text() for path in (student.home / "comp141" / "labs").glob("over.mine*")}
    assert list(names.values()) == ["all wrong\n"], done


def test_what_was_before_a_merge_is_listed_and_comes_back(classroom):
    store, student = classroom
    store.publish({"back.txt": "1\n2\n3\n"})
    eventually(lambda: read(student, "back.txt"))
    (student.home / "comp141" / "back.txt").write_text("1\n2\nmine\n")
    store.publish({"back.txt": "one\n2\n3\n"})
    eventually(lambda: read(student, "back.txt") == "one\n2\nmine\n")
    student.synced()
    asked = {"course": "comp141", "path": "back.txt"}
    versions = student.get("classhub/api/versions", params=asked).json()["versions"]
    assert [one["words"] for one in versions] == ["yours, before a new version came in"]
    done = student.post("classhub/api/restore", {**asked, "version": versions[0]["name"]}).json()
    assert done["status"] == "done" and read(student, "back.txt") == "1\n2\nmine\n"


def test_what_changed_is_listed_in_words(classroom):
    store, student = classroom
    store.publish({"edited.txt": "x\n", "left alone.txt": "y\n"})
    eventually(lambda: read(student, "edited.txt"))
    student.synced()
    (student.home / "comp141" / "edited.txt").write_text("z\n")
    changes = student.get("classhub/api/changes", params={"course": "comp141"}).json()["changes"]
    assert {one["path"]: one["words"] for one in changes}["edited.txt"] == "you changed it"
    assert "left alone.txt" not in {one["path"] for one in changes}


def test_what_a_tab_has_not_saved_is_combined_with_the_disk_and_nothing_is_written(classroom):
    store, student = classroom
    store.publish({"tab.txt": "1\n2\n3\n", "tab.bin": b"\0\1"})
    eventually(lambda: read(student, "tab.txt") and read(student, "tab.bin"))
    (student.home / "comp141" / "tab.txt").write_text("one\n2\n3\n")
    asked = {"course": "comp141", "path": "tab.txt", "base": "1\n2\n3\n", "mine": "1\n2\nthree\n"}
    assert student.post("classhub/api/combine", asked).json()["content"] == "one\n2\nthree\n"
    assert student.post("classhub/api/combine", {**asked, "mine": "ONE\n2\n3\n"}).json()["content"] is None
    assert student.post("classhub/api/combine", {**asked, "path": "tab.bin"}).json()["content"] is None
    assert student.post("classhub/api/combine", {**asked, "path": "gone.txt"}).json()["content"] is None
    assert read(student, "tab.txt") == "one\n2\n3\n"


@pytest.mark.parametrize("has_material", [True, False])
def test_jupyterlab_loads_our_part_where_there_is_material_whatever_the_students_settings_say(
    has_material, serve_once, stores, tmp_path
):
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / "jupyter_lab_config.py").write_text("c.LabApp.extra_labextensions_path = ['/nowhere']\n")
    student = serve_once(stores().folder if has_material else "", home, lab=True)
    assert ("@classhub/material" in student.get("lab").text) is has_material
    script = student.get("lab/extensions/@classhub/material/static/container.js")
    assert (script.status_code == 200 and "javascript" in script.headers["Content-Type"]) is has_material


def test_a_tab_that_waits_hears_of_news_at_once(classroom):
    store, student = classroom
    student.synced()
    number = eventually(lambda: student.get("classhub/api/material").json()["number"])
    store.publish({"heard.txt": "now\n"})
    answers = []
    while not any(one["path"] == "heard.txt" for one in student.status()["news"]["items"]):
        answers.append(student.get("classhub/api/material", params={"since": number}).json()["number"])
        number = answers[-1]
    assert answers == sorted(set(answers)), "each answer had something else to say"
