"""Who has what of a course, with those first who need somebody."""

import time

import pytest

from classhub.operations.courses import standing


def raw(name: str, **more) -> dict:
    fine = {"status": "done", "release": "2-b", "when": "2027-01-11T09:00:00+00:00", "is_behind": False}
    return {"name": name, **fine, "conflicts": [], "message": "Nothing new.", "error": {}, **more}


def told(*students: dict, **more) -> dict:
    out = {
        "course": "comp141",
        "release": "2-b",
        "source": "commit 1a2b3c4 of main",
        "published": "2027-01-11T08:00:00+00:00",
    }
    return {**out, "mirror": {}, "students": list(students), "never": [], **more}


def test_what_needs_somebody_comes_first():
    found = standing.students(
        told(
            raw("alice"),
            raw("bob", is_behind=True, release="1-a"),
            raw("carl", conflicts=[{"path": "a", "action": "beside"}]),
            raw("dora", status="failed", error={"code": "space", "text": "the disk is full"}),
            never=["eve"],
        ),
        {},
    )
    assert [(one.name, one.state) for one in found] == [
        ("dora", "failed"),
        ("carl", "conflicts"),
        ("bob", "behind"),
        ("eve", "never"),
        ("alice", "up to date"),
    ]
    assert found[0].says == "the disk is full"


def test_in_a_course_for_everyone_each_user_of_the_hub_counts():
    found = standing.students(told(raw("alice"), everyone=True), {"alice": "", "bob": ""})
    assert [(one.name, one.state) for one in found] == [("bob", "never"), ("alice", "up to date")]


def test_in_a_course_with_a_list_other_users_do_not():
    assert [one.name for one in standing.students(told(raw("alice")), {"alice": "", "bob": ""})] == ["alice"]


def test_a_source_that_is_away_a_release_that_waits_and_a_broken_library_are_said():
    mirror = {
        "reason": "The host cannot be reached.",
        "failing_since": "2027-01-11T08:30:00+00:00",
        "held": {"release": "3-c", "why": "labs/solution.py looks like a solution"},
        "library": "numpy has 900 MB.",
    }
    lines = "\n".join(standing.head(told(mirror=mirror)))
    for part in ("2-b", "cannot be reached", "3-c waits", "solution.py", "course publish comp141", "900 MB"):
        assert part in lines


def test_before_the_first_release_that_is_said():
    assert standing.head(told(release=""))[0] == "comp141: nothing is published yet."


def remark(severity: str = "error", path: str = "labs/solution.py") -> dict:
    return {"severity": severity, "rule": "a-rule", "path": path, "line": 0, "reason": "Because.", "fix": "Mend."}


def test_a_file_that_moved_aside_is_no_conflict():
    moved = {"path": "a", "action": "aside"}
    found = standing.students(
        told(raw("alice", conflicts=[moved]), raw("bob", conflicts=[moved, {"path": "b", "action": "blocked"}])), {}
    )
    assert [(one.name, one.state) for one in found] == [("bob", "conflicts"), ("alice", "moved aside")]


def test_admins_and_who_never_had_a_server_come_last():
    users = {"ada": "admin", "bob": "no server yet", "carl": "", "dora": "no server yet"}
    found = standing.students(told(raw("dora"), raw("ada"), everyone=True), users)
    assert [(one.name, one.state) for one in found] == [
        ("carl", "never"),
        ("dora", "up to date"),
        ("bob", "never"),
        ("ada", "up to date"),
    ]


class Hub:
    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None: ...

    def users(self, include_stopped: bool) -> list[dict]:
        assert include_stopped
        stopped = {"": {"last_activity": "2027-01-11T09:00:00Z", "started": None}}
        never = {"": {"last_activity": None, "started": None}}
        return [
            {"name": "ada", "admin": True, "servers": stopped},
            {"name": "bob", "admin": False, "servers": never},
            {"name": "carl", "admin": False, "servers": stopped},
            {"name": "dora", "admin": False, "servers": {}},
        ]


def test_a_server_that_is_stopped_was_a_server():
    assert standing.listed_users(Hub()) == {"ada": "admin", "bob": "no server yet", "carl": "", "dora": "no server yet"}


def test_errors_of_what_is_out_are_told_with_the_first_three_and_what_to_do():
    errors = [remark(path=f"{number}.py") for number in range(5)]
    lines = standing.head(told(mirror={"remarks": [remark("warning"), *errors], "remarks_of": "2-b"}))
    assert lines[1:] == [
        "Release 2-b has 5 errors and 1 warning:",
        *(f"  error a-rule {number}.py: Because." for number in range(3)),
        "  and 2 more",
        "Next: `classhub course lint comp141`.",
    ]


def test_of_a_release_that_waits_the_reason_and_the_next_step_are_told_once():
    mirror = {"remarks": [remark()], "remarks_of": "3-c", "held": {"release": "3-c", "why": "It is so."}}
    text = "\n".join(standing.head(told(mirror=mirror)))
    assert "Release 3-c waits for you: It is so.\nRelease 3-c has 1 error:" in text
    assert text.count("Next:") == 1


def test_an_earlier_release_is_called_that_and_the_way_forward_named():
    text = "\n".join(standing.head(told(newest="3-c", mirror={"of_source": "3-c"})))
    assert "an earlier release; the newest is 3-c" in text
    assert "`classhub course publish comp141`" in text


def test_a_source_that_went_back_itself_needs_no_way_forward():
    assert len(standing.head(told(newest="3-c", mirror={"of_source": "2-b"}))) == 1


def test_times_are_those_of_the_machine_s_clock(monkeypatch):
    monkeypatch.setenv("TZ", "CST6")
    time.tzset()
    try:
        line = standing.head(told())[0]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert line.endswith("since 2027-01-11 02:00.")


@pytest.mark.parametrize(
    ("mirror", "word"),
    [
        ({}, ""),
        ({"remarks": [remark("warning")]}, ""),
        ({"remarks": [remark(), remark()]}, "2 errors"),
        ({"reason": "The host is away."}, "source away"),
        ({"held": {"release": "3-c"}, "remarks": [remark()]}, "waits for you, 1 error"),
    ],
)
def test_the_list_of_courses_says_in_a_word_what_needs_somebody(mirror, word):
    assert standing.needs(told(mirror=mirror)) == word


def test_the_list_of_courses_marks_an_earlier_release():
    assert standing.needs(told(newest="3-c", mirror={"of_source": "3-c"})) == "earlier release"
