"""The list of courses, from a mirror that may say anything."""

import json

import pytest

from classhub.server import courses
from classhub.server.courses import Course, NoList, parse


def test_a_list_is_read_and_what_it_does_not_say_is_empty():
    raw = {"courses": [{"name": "comp141", "title": "COMP 141", "repositories": ["https://GitHub.com/a/b.git", 7]}]}
    (course,) = parse(raw)
    assert course == Course("comp141", "COMP 141", repositories=("github.com/a/b",)) and course.called == "COMP 141"


@pytest.mark.parametrize("name", ["../x", ".ssh", "a/b", "", "a b", "a" * 64])
def test_a_name_that_could_lead_elsewhere_is_left_out(name):
    assert parse({"courses": [{"name": name}, {"name": "comp141"}]}) == (Course("comp141"),)


@pytest.mark.parametrize(
    "raw", [None, [], {}, {"courses": 7}, {"courses": [7]}, {"courses": [{}]}, {"courses": [{"name": 7}]}]
)
def test_what_is_no_list_is_refused(raw):
    with pytest.raises(NoList):
        parse(raw)


def test_a_title_that_is_no_text_is_refused():
    with pytest.raises(NoList):
        parse({"courses": [{"name": "comp141", "title": 7}]})


def test_what_was_listed_is_remembered(tmp_path):
    listed = (Course("comp141", "COMP 141", "comp141", "r1", ("github.com/a/b",)),)
    courses.remember(tmp_path, listed)
    assert courses.remembered(tmp_path) == listed
    assert [path.name for path in (tmp_path / ".classhub").iterdir()] == ["courses.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"courses": 1}), "[" * 100_000])
def test_a_broken_memory_is_none(tmp_path, text):
    (tmp_path / ".classhub").mkdir()
    (tmp_path / courses.REMEMBERED).write_text(text)
    assert courses.remembered(tmp_path) == ()
