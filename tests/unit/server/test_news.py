"""A sync in the few words of a status bar."""

from dataclasses import replace

import pytest

from classhub.materials.result import Item, Result
from classhub.server import news, told
from classhub.server.courses import Course
from classhub.server.state import Now, Snapshot


def result(*actions, status="done", **more):
    items = tuple(Item(f"labs/{action}{number}.ipynb", action) for number, action in enumerate(actions))
    return Result("comp141", status, items=items, folder="comp141", **more)


@pytest.mark.parametrize(
    "done, running, words",
    [
        (None, True, "looking…"),
        (None, False, "not looked yet"),
        (result(), False, "up to date"),
        (result("kept", "skipped"), False, "up to date"),
        (result("new"), False, "1 new file"),
        (result("new", "restored", "new"), False, "3 new files"),
        (result("updated", "merged"), False, "2 updated files"),
        (result("new", "beside"), False, "kept your beside1.ipynb"),
        (result("aside", "aside"), False, "kept your aside0.ipynb…"),
        (result(status="offline"), False, "not reachable, yours is here"),
        (result("new", status="partial"), True, "still coming"),
        (result("new", status="partial"), False, "not all arrived"),
        (result("new", status="partial", error={"code": "budget", "text": "…"}), False, "still coming"),
        (result("new", status="partial", error={"code": "space", "text": "…"}), False, "not all arrived"),
        (result(status="failed"), False, "a problem, see here"),
    ],
)
def test_in_short(done, running, words):
    assert news.in_short(done, running) == words


@pytest.mark.parametrize(
    "action, is_news", [("new", True), ("blocked", True), ("aside", True), ("kept", False), ("skipped", False)]
)
def test_what_every_sync_says_again_is_no_news(action, is_news):
    assert news.has_news(result(action)) is is_news


def test_a_tab_is_told_of_files_that_are_not_what_it_shows():
    assert news.changed_paths(result("new", "updated", "merged", "beside")) == [
        "labs/updated1.ipynb",
        "labs/merged2.ipynb",
    ]


def test_the_answer_to_the_browser_has_other_news_under_another_id():
    first, second = (result("new", started="2027-01-11T15:00:00Z"), result("updated", started="2027-01-11T15:00:00Z"))
    ids = set()
    for one in (first, second):
        now = Now(Course("comp141", "COMP 141"), result=one, told=one)
        (course,) = told.status(Snapshot((now,), is_listed=True), lambda path: f"work/{path}")["courses"]
        ids.add(course["news"]["id"])
        assert course["at"] == "work/comp141"
    assert len(ids) == 2
    assert course["news"]["changed"] == ["work/comp141/labs/updated0.ipynb"]


def test_a_name_that_is_no_text_is_shown_with_a_mark():
    assert news.name("labs/\udcff\n.txt") == "��.txt"


def test_a_sync_in_parts_is_told_as_one():
    first = Result("comp141", "partial", started="8:00", seconds=5, same=7, bytes=10, error={"code": "budget"})
    first = replace(
        first, items=(Item("a", "beside", "a.new"), Item("b", "updated"), Item("c", "blocked"), Item("d", "kept"))
    )
    last = Result(
        "comp141", "done", started="8:01", seconds=1, same=9, bytes=1, items=(Item("a", "kept"), Item("c", "new"))
    )
    both = news.joined(first, replace(last, items=(*last.items, Item("d", "kept"))))
    assert both.items == (Item("a", "beside", "a.new"), Item("b", "updated"), Item("c", "new"), Item("d", "kept"))
    assert (both.status, both.started, both.seconds, both.same, both.bytes) == ("done", "8:00", 6, 7, 11)
    assert both.message == "1 new, 1 updated, kept your a and put the new one beside" and not both.error


def test_a_part_that_the_source_did_not_answer_says_so():
    first = result("updated", status="partial", message="1 updated; more to come")
    away = Result("comp141", "offline", message="It could not be reached.", error={"code": "offline"})
    both = news.joined(first, away)
    assert (both.status, both.message, both.items) == ("offline", away.message, first.items)


def test_where_there_is_one_part_it_is_the_whole():
    only = result("new")
    assert news.joined(None, only) is only and news.joined(only, None) is only and news.joined(None, None) is None
