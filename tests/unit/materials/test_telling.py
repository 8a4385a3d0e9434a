"""The one line that a student reads after a sync."""

import errno

import pytest

from classhub.materials import telling
from classhub.materials.result import Item


@pytest.mark.parametrize(
    "items, line",
    [
        ([Item("w/l", "aside", "w/l")], "kept your own l"),
        ([Item("w/l", "aside", "w/l.mine")], "your own l is now l.mine"),
        ([Item("a", "aside", "a"), Item("b", "aside", "b.mine")], "kept your own a, your own b is now b.mine"),
        ([Item("a", "aside", "x"), Item("b", "aside", "y")], "moved your own a and b to new names"),
        (
            [Item("a", "blocked", why="the source does not have it")],
            "a could not be brought: the source does not have it",
        ),
    ],
)
def test_a_line_says_what_was_done(items, line):
    assert telling.line(items, {}) == line


def test_a_refusal_says_nothing_of_writing_where_it_may_be_one_of_reading():
    assert "writ" not in telling.reason(PermissionError(errno.EACCES, "no"))
