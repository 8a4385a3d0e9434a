"""Who has what of a course, with those first who need somebody."""

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
        [],
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
    found = standing.students(told(raw("alice"), everyone=True), ["alice", "bob"])
    assert [(one.name, one.state) for one in found] == [("bob", "never"), ("alice", "up to date")]


def test_in_a_course_with_a_list_other_users_do_not():
    assert [one.name for one in standing.students(told(raw("alice")), ["alice", "bob"])] == ["alice"]


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
