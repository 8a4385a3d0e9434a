"""What a change altered is told line by line, and told soon, whatever the rest of the text is."""

import pytest

from classhub.config.edit.lines import changed


def test_lines_between_two_alterations_are_not_told():
    assert changed("a\nsame\nb\nend", "c\nsame\nd\nend") == ["c", "d"]


def test_lines_that_only_went_are_not_told():
    assert changed("a\nb\na\na", "a\na\na") == []


def test_line_ends_alone_are_no_change():
    assert changed("a\r\nb\r\n", "a\nc\n") == ["c"]


@pytest.mark.timeout(60)
def test_lines_that_are_alike_do_not_matter():
    same = "  - a\n" * 100_000
    assert changed(f"{same}hub: 1\n{same}", f"{same}hub: 2\n{same}") == ["hub: 2"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("line", ["a\n", "a\nx{}\n"])
def test_of_alterations_that_lie_far_apart_none_is_told(line):
    between = "".join(line.format(number) for number in range(50_000))
    assert changed(f"old\n{between}old", f"new\n{between}new") == []
