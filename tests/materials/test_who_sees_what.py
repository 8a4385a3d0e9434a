"""Each hole that a student could look through."""

import hmac
import json
from hashlib import sha256

import pytest

from classhub.materials.source import Offline
from materials.asking import ask, in_words
from materials.conftest import BUSY, FILES, NOON
from unit.materials.stores import entry, publish

HIDDEN = ["labs/lab03.ipynb", "labs/lab04/task.py", "sections/b/notes.txt"]


def fetched(mirror, token, content, course="comp141"):
    """Whether the bytes can be had, by either way."""
    digest = entry(content).digest
    one = ask(mirror, "GET", f"/courses/{course}/blobs/{digest}", token)
    many = ask(mirror, "POST", f"/courses/{course}/blobs", token, json={"digests": [digest]})
    assert (one.status_code == 200) == (len(many.content) > 0)
    return one.status_code == 200


def everything_told(mirror, token) -> str:
    pages = ("/courses", "/courses/comp141/manifest", "/courses/comp141/published")
    return "".join(ask(mirror, "GET", page, token).text for page in pages)


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_not_released_to_a_student_is_named_and_served_nowhere(mirror, alice, path):
    told = everything_told(mirror, alice)
    assert entry(FILES[path]).digest not in told
    assert not fetched(mirror, alice, FILES[path])
    if path != "labs/lab03.ipynb":
        assert path not in told, "only what is coming to this student is announced"
    assert path not in mirror.source(alice).manifest().files


def test_another_section_sees_its_own(mirror):
    jane = mirror.hub.user("jane.doe")
    assert fetched(mirror, jane, FILES["sections/b/notes.txt"])
    assert not fetched(mirror, jane, FILES["sections/a/notes.txt"])
    assert "labs/lab04" in mirror.source(jane).manifest().coming


def test_what_is_released_is_there_from_that_moment_on(mirror, alice):
    mirror.clock.pass_(hours=23, minutes=59)
    assert not fetched(mirror, alice, FILES["labs/lab03.ipynb"])
    mirror.clock.pass_(minutes=1)
    assert fetched(mirror, alice, FILES["labs/lab03.ipynb"])


def test_a_draft_that_was_replaced_before_its_release_stays_unseen(mirror, alice):
    draft, final = b"with the solution", b"without it"
    mirror.publish("2-ddddddd", {**FILES, "labs/lab03.ipynb": draft}, hour=2)
    mirror.publish("3-eeeeeee", {**FILES, "labs/lab03.ipynb": final}, hour=3)
    mirror.clock.pass_(days=2)
    assert fetched(mirror, alice, final)
    assert not fetched(mirror, alice, draft)
    assert entry(draft).digest not in everything_told(mirror, alice)


def test_what_was_seen_once_can_still_be_fetched_after_its_replacement(mirror, alice):
    mirror.clock.pass_(days=2)
    mirror.publish("2-ddddddd", {**FILES, "labs/lab03.ipynb": b"fixed"}, day=13)
    assert fetched(mirror, alice, FILES["labs/lab03.ipynb"])
    assert len(mirror.source(alice).published()["labs/lab03.ipynb"]) == 2


@pytest.mark.parametrize("order", [("early", "late"), ("late", "early")])
def test_who_got_it_later_has_fewer_versions_though_both_see_the_same_now(mirror, order):
    mirror.publish("1-aaaaaaa", {"lab.txt": b"first"}, course="twice", day=12)
    mirror.publish("2-bbbbbbb", {"lab.txt": b"second"}, course="twice", day=14)
    mirror.clock.pass_(days=9)
    known = {name: mirror.source(mirror.hub.user(name), "twice").published()["lab.txt"] for name in order}
    assert known["early"] == {entry(b"first").digest, entry(b"second").digest}
    assert known["late"] == {entry(b"second").digest}


def test_a_withdrawn_path_takes_its_versions_with_it(mirror, alice):
    """Whatever hid it may no longer be in the settings."""
    mirror.publish("2-ddddddd", {**FILES, "exam/solution.md": b"42"}, hour=2)
    mirror.publish("3-eeeeeee", FILES, hour=3)
    assert not fetched(mirror, alice, b"42")
    assert "exam/solution.md" not in everything_told(mirror, alice)


def test_the_same_bytes_under_an_open_path_are_open(mirror, alice):
    mirror.publish("2-ddddddd", {**FILES, "copy.txt": FILES["sections/b/notes.txt"]})
    assert fetched(mirror, alice, FILES["sections/b/notes.txt"])


def test_a_commit_that_cannot_be_read_now_is_told_as_that(mirror, alice):
    answer = ask(mirror, "GET", f"/courses/comp141/trees/{BUSY}", alice)
    assert (answer.status_code, in_words(answer)) == (503, "The mirror is at work.")
    with pytest.raises(Offline):
        mirror.source(alice).tree(BUSY)


def test_another_course_is_closed_with_all_its_pages(mirror, alice):
    for page in ("manifest", "published", f"trees/{'ab' * 20}", f"blobs/{entry(b'physics').digest}"):
        answer = ask(mirror, "GET", f"/courses/phys101/{page}", alice)
        assert (answer.status_code, in_words(answer)) == (403, "This is for the people of phys101.")
    assert ask(mirror, "POST", "/courses/phys101/blobs", alice, json={"digests": []}).status_code == 403
    assert ask(mirror, "POST", "/courses/phys101/results", alice, json={}).status_code == 403
    assert not fetched(mirror, alice, b"physics", "comp141"), "nor by way of an own course"
    with pytest.raises(Offline, match="gives you no material of this course"):
        mirror.source(alice, "phys101").manifest()


@pytest.mark.parametrize(
    "course", ["none", "..", "%2e%2e", "comp141%2f..%2fphys101", "comp141/../phys101", "COMP141", "%00", "a" * 3000]
)
def test_a_course_that_is_none_is_not_found(mirror, alice, course):
    for page in ("manifest", "published", "status"):
        assert ask(mirror, "GET", f"/courses/{course}/{page}", alice).status_code in (403, 404)


@pytest.mark.parametrize("digest", ["", "x", "..%2f..%2fcurrent", "AB" * 32, "0" * 63, "0" * 64, "ab%2f" + "0" * 60])
def test_a_digest_that_is_none_is_not_found(mirror, alice, digest):
    assert ask(mirror, "GET", f"/courses/comp141/blobs/{digest}", alice).status_code in (404, 405)
    many = ask(mirror, "POST", "/courses/comp141/blobs", alice, json={"digests": [digest, "../../current"]})
    assert (many.status_code, many.content) == (200, b"")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"digests": "x"}', b'{"digests": [1]}', b"[" * 10_000, b"\xff"])
def test_questions_that_are_none_are_answered_in_words(mirror, alice, body):
    answer = ask(mirror, "POST", "/courses/comp141/blobs", alice, content=body)
    assert answer.status_code == 400
    assert in_words(answer)


@pytest.mark.parametrize("shown", ["", "token", "Basic YTpi", "token unknown", "token a b", "Bearer \xff"])
def test_without_a_token_of_the_hub_nothing_is_said(mirror, shown):
    for method, page in (("GET", "courses"), ("GET", "courses/comp141/manifest"), ("POST", "courses/open/results")):
        answer = ask(mirror, method, f"/{page}", headers={"Authorization": shown.encode("latin-1")})
        assert answer.status_code == 401
        assert "token" in in_words(answer)


def test_no_token_is_taken_from_an_address_or_a_cookie(mirror, alice):
    assert ask(mirror, "GET", f"/courses?token={alice}").status_code == 401
    assert ask(mirror, "GET", "/courses", headers={"Cookie": f"token={alice}"}).status_code == 401


STAFF = [("GET", "status"), ("POST", "publish"), ("GET", "preview"), ("GET", "lint")]


@pytest.mark.parametrize(("method", "page"), STAFF)
def test_staff_pages_are_for_staff_of_this_course(mirror, alice, method, page):
    def status(token, course="comp141"):
        return ask(mirror, method, f"/courses/{course}/{page}", token).status_code

    assert status(alice) == 403
    assert status("") == 401
    prof, ta = mirror.hub.user("prof@college.edu"), mirror.hub.user("terry", "tas")
    assert (status(prof), status(ta)) == (200, 200)
    assert (status(prof, "phys101"), status(ta, "open")) == (403, 403)
    assert status(mirror.hub.user("root", admin=True), "phys101") == 200
    assert status(mirror.hub.user("classhub", kind="service"), "phys101") == 200
    assert status(mirror.hub.user("culler", kind="service"), "open") == 403
    assert status(mirror.hub.user("classhub"), "open") == 403, "a user of that name is no service"


def test_a_service_of_the_hub_is_nobodys_student(mirror):
    culler = mirror.hub.user("alice@college.edu", kind="service")
    assert ask(mirror, "GET", "/courses/comp141/manifest", culler).status_code == 403
    assert ask(mirror, "GET", "/courses", culler).json()["courses"] == []
    ours = mirror.hub.user("classhub", kind="service")
    assert ask(mirror, "POST", "/courses/comp141/results", ours, json={}).status_code == 403


def test_staff_see_all_at_once(mirror):
    prof = mirror.source(mirror.hub.user("prof@college.edu"))
    assert set(prof.manifest().files) == set(FILES)
    assert fetched(mirror, mirror.hub.user("terry", "tas"), FILES["labs/lab04/task.py"])


def test_what_staff_ask_of_the_publisher_is_passed_on(mirror):
    prof = mirror.hub.user("prof@college.edu")
    assert ask(mirror, "POST", "/courses/comp141/publish", prof, json={"release": "1-aaaaaaa"}).json() == {
        "release": "1-aaaaaaa"
    }
    assert ask(mirror, "POST", "/courses/comp141/publish", prof).json() == {"release": ""}
    refused = ask(mirror, "POST", "/courses/comp141/publish", prof, json={"release": "9-0000000"})
    assert (refused.status_code, in_words(refused)) == (409, "There is no release 9-0000000.")
    assert ask(mirror, "POST", "/courses/comp141/publish", prof, json={"release": 1}).status_code == 400
    assert mirror.publisher.asked == [("publish", "comp141", "1-aaaaaaa"), ("publish", "comp141", "")]


def test_names_are_compared_as_the_hub_writes_them(mirror):
    """Alice@College.edu in the course's file is alice@college.edu to the hub, in people and in sections."""
    found = mirror.source(mirror.hub.user("alice@college.edu")).manifest()
    assert "sections/a/notes.txt" in found.files


@pytest.fixture
def secret(mirror) -> str:
    (mirror.store / "hook.secret").write_text("agreed on\n")
    return "agreed on"


def hook(mirror, headers=None, query="", body=b'{"ref": "main"}', course="comp141"):
    return ask(mirror, "POST", f"/courses/{course}/hook{query}", headers=headers or {}, content=body).status_code


def test_a_webhook_that_knows_the_secret_makes_the_mirror_look(mirror, secret):
    signed = hmac.new(secret.encode(), b'{"ref": "main"}', sha256).hexdigest()
    assert hook(mirror, {"X-Hub-Signature-256": f"sha256={signed}"}) == 202
    assert hook(mirror, {"X-Gitlab-Token": secret}) == 202
    assert hook(mirror, query="?key=agreed%20on") == 202
    assert mirror.publisher.asked == [("look", "comp141")] * 3


def test_a_webhook_that_does_not_is_not_heard(mirror, secret, alice):
    signed = hmac.new(secret.encode(), b"another body", sha256).hexdigest()
    for headers in (
        {"X-Hub-Signature-256": f"sha256={signed}"},
        {"X-Gitlab-Token": ""},
        {"X-Gitlab-Token": b"\xe4"},
        {},
    ):
        assert hook(mirror, headers) == 403
    assert hook(mirror, {"Authorization": f"token {alice}"}, query="?key=") == 403
    (mirror.store / "hook.secret").write_text("\n")
    assert hook(mirror, query="?key=") == 404, "an empty secret is none"
    (mirror.store / "hook.secret").unlink()
    assert hook(mirror, query="?key=agreed%20on") == 404
    assert (hook(mirror, course="phys101"), hook(mirror, course="none")) == (404, 404)
    assert mirror.publisher.asked == []


REPORTS = {
    "of another course": {"course": "phys101", "status": "done"},
    "an unknown status": {"course": "comp141", "status": "fine"},
    "an unknown action": {"course": "comp141", "status": "done", "items": [{"action": "rm", "path": "x"}]},
    "a number for a text": {"course": "comp141", "status": "done", "message": 1},
    "a text for a number": {"course": "comp141", "status": "done", "seconds": "1"},
    "no object": [],
    "too large": {"course": "comp141", "status": "done", "x": "x" * 300_000},
}


@pytest.mark.parametrize("what", REPORTS)
def test_a_report_that_is_none_is_not_kept(mirror, alice, what):
    answer = ask(mirror, "POST", "/courses/comp141/results", alice, content=json.dumps(REPORTS[what]).encode())
    assert answer.status_code == 400
    assert not (mirror.store / "comp141" / "results").exists()


def test_a_report_is_of_the_tokens_own_person_and_cannot_write_on_a_terminal(mirror, alice):
    body = {
        "course": "comp141",
        "status": "done",
        "name": "jane.doe",
        "message": "\x1b[2J\n\u202ehi",
        "free_bytes": None,
    }
    assert ask(mirror, "POST", "/courses/comp141/results", alice, json=body).status_code == 204
    status = ask(mirror, "GET", "/courses/comp141/status", mirror.hub.user("prof@college.edu")).json()
    (student,) = status["students"]
    assert student["name"] == "alice@college.edu"
    assert student["message"] == "\ufffd[2J\ufffd\ufffdhi"


NAMES = [
    "alice",
    "Alice",
    "a.b",
    "../x",
    ".",
    "größe",
    "ä" * 70,
    "ä" * 70 + "b",
    "a/b",
    "a%2Fb",
    "con",
    "x" * 255,
    "-",
    "~",
    "a\nb",
]


def test_each_student_has_a_report_of_his_own(mirror):
    for name in NAMES:
        body = {"course": "open", "status": "done", "message": name}
        assert ask(mirror, "POST", "/courses/open/results", mirror.hub.user(name), json=body).status_code == 204
    status = ask(mirror, "GET", "/courses/open/status", mirror.hub.user("root", admin=True)).json()
    assert {one["name"] for one in status["students"]} == set(NAMES)
    assert len(list((mirror.store / "open" / "results").iterdir())) == len(NAMES)


def test_a_renamed_file_and_its_drafts_stay_unseen_until_the_old_name_is_released(mirror, alice):
    draft, final = b"with the solution", b"without it"
    for number, content in ((2, draft), (3, final)):
        files = {path: data for path, data in FILES.items() if path != "labs/lab03.ipynb"}
        files |= {"labs/lab-03.ipynb": content}
        renames = {"labs/lab03.ipynb": "labs/lab-03.ipynb"}
        when = NOON.replace(hour=number).isoformat()
        publish(mirror.store, "comp141", f"{number}-ddddddd", files, published=when, renames=renames)
    assert not fetched(mirror, alice, final)
    assert "lab-03" not in everything_told(mirror, alice)
    mirror.clock.pass_(days=2)
    assert fetched(mirror, alice, final)
    assert not fetched(mirror, alice, draft)


def test_an_earlier_release_shows_no_unreleased_file_under_its_former_name(mirror, alice):
    """The course's file names it as it is called now."""
    task = FILES["labs/lab03.ipynb"]
    former = {path: content for path, content in FILES.items() if path != "labs/lab03.ipynb"}
    mirror.publish("2-ddddddd", {**former, "labs/third.ipynb": task}, hour=1)
    when = NOON.replace(day=11, hour=2).isoformat()
    publish(
        mirror.store, "comp141", "3-eeeeeee", FILES, published=when, renames={"labs/third.ipynb": "labs/lab03.ipynb"}
    )
    (mirror.store / "comp141" / "current").write_text("2-ddddddd\n")
    assert "third.ipynb" not in everything_told(mirror, alice)
    assert not fetched(mirror, alice, task)
    mirror.clock.pass_(days=2)
    assert "labs/third.ipynb" in mirror.source(alice).manifest().files
