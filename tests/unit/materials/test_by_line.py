"""Texts that both the student and the instructor changed."""

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classhub.materials import line_diff
from classhub.materials.by_line import MOST_LINES, merge
from classhub.materials.line_diff import Hunk, differences
from classhub.materials.merge import MERGEABLE_BYTES

BASE = b"one\ntwo\nthree\nfour\nfive\nsix\n"


def test_changes_apart_from_each_other_are_both_there():
    mine = BASE.replace(b"two", b"two, I think")
    theirs = BASE.replace(b"five", b"5").replace(b"six\n", b"six\nseven\n")
    assert merge(BASE, mine, theirs) == b"one\ntwo, I think\nthree\nfour\n5\nsix\nseven\n"


def test_an_insertion_and_a_removal_by_the_instructor_find_their_places_in_a_longer_text():
    mine = b"mine\n" + BASE + b"more\n"
    assert merge(BASE, mine, b"one\ntwo\nnew\nthree\nfive\nsix\n") == b"mine\none\ntwo\nnew\nthree\nfive\nsix\nmore\n"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (BASE.replace(b"two", b"zwei"), BASE.replace(b"two", b"deux")),
        (BASE.replace(b"two", b"zwei"), BASE.replace(b"three", b"trois")),
        (BASE + b"mine\n", BASE + b"theirs\n"),
        (BASE + b"mine\n", BASE.replace(b"six", b"6")),
        (BASE.replace(b"two\n", b""), BASE.replace(b"two", b"2")),
        (b"", BASE.replace(b"two", b"2")),
        (b"mine\n", b""),
    ],
    ids=["same line", "neighbours", "both at the end", "beside", "removed", "emptied", "emptied upstream"],
)
def test_the_same_or_neighbouring_lines_are_not_merged(mine, theirs):
    assert merge(BASE, mine, theirs) is None
    assert merge(BASE, theirs, mine) is None


def test_a_change_that_both_made_is_there_once():
    both = BASE.replace(b"two", b"2")
    assert merge(BASE, both + b"mine\n", both.replace(b"four", b"4")) == b"one\n2\nthree\n4\nfive\nsix\nmine\n"


def test_what_the_instructor_left_alone_stays_byte_for_byte():
    mine = b"one\r\n2\nthree\rfour\n\nfive"
    assert merge(BASE, mine, BASE.replace(b"\n", b"\r\n")) == mine


@pytest.mark.parametrize("style", [b"\n", b"\r\n"])
@pytest.mark.parametrize("new_style", [b"\n", b"\r\n"])
def test_line_ends_are_no_difference_and_the_students_are_written(style, new_style):
    mine = BASE.replace(b"two", b"zwei").replace(b"\n", style)
    theirs = BASE.replace(b"five\n", b"5\n5.5\n").replace(b"\n", new_style)
    assert merge(BASE, mine, theirs) == b"one\nzwei\nthree\nfour\n5\n5.5\nsix\n".replace(b"\n", style)


def test_a_text_without_a_last_line_end_keeps_to_that():
    mine = b"mine\n" + BASE.rstrip()
    assert merge(BASE, mine, BASE + b"seven\n") == b"mine\n" + BASE + b"seven"


def test_a_blank_line_at_the_end_is_no_missing_line_end():
    assert merge(b"a\nb\nc", b"A\nb\nc", b"a\nb\nc\n\n") == b"A\nb\nc\n\n"


@pytest.mark.parametrize(
    "other", [b"a\0b\n", b"\xff\xfe\n", "größer\n".encode("latin-1"), b"a\n" * (MOST_LINES + 1), b"a" * MERGEABLE_BYTES]
)
@pytest.mark.parametrize("side", [0, 1, 2])
def test_what_is_no_text_of_a_reasonable_size_is_not_merged(other, side):
    sides = [BASE, BASE + b"mine\n", b"theirs\n" + BASE]
    sides[side] = other
    assert merge(*sides) is None


EQUAL = b"x" * 24 + b"\n"
UP = list(range(50_000))


def noise(seed: int) -> bytes:
    rolled = random.Random(seed)
    return b"".join(rolled.choice((b"a\n", b"b\n", b"\n")) for _ in range(50_000))


def numbered(order: list[int]) -> bytes:
    return b"\n".join(b"%d" % number for number in order)


HOSTILE = {
    "equal lines": lambda: (EQUAL * 190_000, EQUAL * 189_000 + b"mine\n", b"theirs\n" + EQUAL * 190_000),
    "equal lines, others about": lambda: (EQUAL * 50_000, b"m\n" + EQUAL * 49_000 + b"m\n", b"t\n" + EQUAL * 50_000),
    "noise": lambda: (noise(1), noise(2), noise(3)),
    "another order": lambda: (numbered(UP), numbered(UP[::-1]), numbered(UP[25_000:] + UP[:25_000])),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_given_up_in_time(name):
    sides = HOSTILE[name]()
    begin = time.process_time()
    merge(*sides)
    spent = time.process_time() - begin
    begin = time.process_time()
    sum(range(10**6))
    assert spent < 500 * (time.process_time() - begin), "in units of this machine"


TEXT = st.lists(st.sampled_from(["", "a", "b", "c", "d", " "]), max_size=12).map(
    lambda lines: "\n".join(lines).encode()
)


@given(TEXT, TEXT, TEXT)
@example(b"a\nb", b"x\na\nb", b"a\na\nb")
def test_merging_again_changes_nothing(base, mine, theirs):
    merged = merge(base, mine, theirs)
    if merged is not None:
        assert merge(base, merged, theirs) == merged


@given(TEXT, TEXT)
def test_where_one_side_is_as_it_was_the_other_is_taken(base, changed):
    assert merge(base, changed, base) == changed
    taken = merge(base, base, changed)
    assert taken is not None
    assert taken.split() == changed.split()


@given(st.data())
def test_changes_to_different_paragraphs_always_merge(data):
    count = data.draw(st.integers(1, 8))
    paragraphs = [[f"{number}: {word}" for word in ("head", "text", "end")] for number in range(count)]
    sides = data.draw(st.lists(st.sampled_from(["mine", "theirs", "both"]), min_size=count, max_size=count))
    base, mine, theirs, wanted = ([], [], [], [])
    for number, (head, text, end) in enumerate(paragraphs):
        changed = data.draw(st.lists(st.text("xyz", min_size=1), max_size=3))
        base += [head, text, end]
        mine += [head, *(changed if sides[number] != "theirs" else [text]), end]
        theirs += [head, *(changed if sides[number] != "mine" else [text]), end]
        wanted += [head, *changed, end]
    assert merge(*("\n".join(lines).encode() for lines in (base, mine, theirs))) == "\n".join(wanted).encode()


@given(st.lists(st.sampled_from([b"a", b"b", b"c"])), st.lists(st.sampled_from([b"a", b"b", b"c"])))
def test_a_difference_leads_from_one_to_the_other_with_equal_lines_between_its_hunks(first, second):
    hunks = differences(first, second)
    rebuilt, at = [], 0
    for hunk in hunks:
        assert hunk.start > at or (hunk.start == at and hunk is hunks[0])
        rebuilt += [*first[at : hunk.start], *second[hunk.to : hunk.until]]
        at = hunk.stop
    assert rebuilt + first[at:] == second


def test_a_difference_is_a_shortest_one():
    assert differences([b"a", b"b", b"c", b"d"], [b"a", b"c", b"x", b"d"]) == [Hunk(1, 2, 1, 1), Hunk(3, 3, 2, 3)]


def test_the_bound_is_on_steps(monkeypatch):
    monkeypatch.setattr(line_diff, "MOST_STEPS", 3)
    assert merge(BASE, b"a\nb\nc\nd\n", BASE + b"x\n") is None
