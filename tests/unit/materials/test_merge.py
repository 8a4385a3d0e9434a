"""The table of what happens to a path, row by row."""

import pytest

from classhub.materials.merge import Do, Leaf, Way, decide, decide_way, is_mergeable, is_text

OLD, NEW, MINE, OTHER = (Leaf("file", name) for name in ("old", "new", "mine", "other"))
LINK = Leaf("link", "old")
FOLDER, ODD = Leaf("folder"), Leaf("odd")

ROWS = [
    ("the student has it already", MINE, NEW, NEW, Do.SAME),
    ("the student has it already, and nobody knows of it", None, NEW, NEW, Do.SAME),
    ("nothing is there", None, None, NEW, Do.DELIVER),
    ("the student deleted it", OLD, None, OLD, Do.DELIVER),
    ("the student deleted it and there is a newer one", OLD, None, NEW, Do.DELIVER),
    ("gone on both sides", OLD, None, None, Do.FORGET),
    ("unknown, but once published", None, OTHER, NEW, Do.REPLACE),
    ("unknown, the student's own", None, MINE, NEW, Do.ASIDE),
    ("the student's own, nothing of the course", None, MINE, None, Do.NOTHING),
    ("untouched", OLD, OLD, NEW, Do.REPLACE),
    ("untouched and withdrawn", OLD, OLD, None, Do.REMOVE),
    ("edited, no news", OLD, MINE, OLD, Do.KEEP),
    ("edited and withdrawn", OLD, MINE, None, Do.KEEP_OWN),
    ("edited on both sides", OLD, MINE, NEW, Do.MERGE),
    ("a link in place of a file is an edit", OLD, LINK, OLD, Do.KEEP),
    ("a link with the bytes of a file is not equal to it", OLD, LINK, NEW, Do.MERGE),
    ("an untouched link", LINK, LINK, NEW, Do.REPLACE),
    ("a folder in place of a file, no news", OLD, FOLDER, OLD, Do.KEEP),
    ("a folder in place of a file, news", OLD, FOLDER, NEW, Do.ASIDE),
    ("a folder where a file is new", None, FOLDER, NEW, Do.ASIDE),
    ("a folder in place of a file that is withdrawn", OLD, FOLDER, None, Do.KEEP_OWN),
    ("a pipe, no news", OLD, ODD, OLD, Do.KEEP),
    ("a pipe, news", OLD, ODD, NEW, Do.BESIDE),
    ("a pipe where a file is new", None, ODD, NEW, Do.BESIDE),
    ("a pipe in place of a withdrawn file", OLD, ODD, None, Do.KEEP_OWN),
]


@pytest.mark.parametrize(("base", "local", "upstream", "do"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_row_of_the_table(base, local, upstream, do):
    assert decide(base, local, upstream, {"other"}.__contains__) is do


def test_what_was_published_is_asked_only_for_a_copy_that_nobody_knows():
    def ask(digest):
        raise AssertionError(digest)

    for _, base, local, upstream, _ in ROWS:
        if base is not None or local is None or not local.is_leaf or local == upstream:
            decide(base, local, upstream, ask)


WAYS = [
    ("what was handed out makes way", OLD, OLD, False, True, Way.REMOVE),
    ("an edited leaf moves", OLD, MINE, False, True, Way.ASIDE),
    ("an own leaf moves", None, MINE, False, True, Way.ASIDE),
    ("a leaf in place of the folder stays without news", None, MINE, True, False, Way.KEEP),
    ("a leaf in place of the folder moves for news", None, MINE, True, True, Way.ASIDE),
    ("a link in place of the folder is left alone without news", None, LINK, True, False, Way.KEEP),
    ("a link in place of the folder is never written through", None, LINK, True, True, Way.BESIDE),
    ("an own link moves", None, LINK, False, True, Way.ASIDE),
    ("a pipe is left where it is", None, ODD, False, True, Way.BESIDE),
]


@pytest.mark.parametrize(
    ("base", "local", "has_base", "has_news", "way"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS]
)
def test_what_lies_where_a_folder_is_needed(base, local, has_base, has_news, way):
    assert decide_way(base, local, has_base, has_news) is way


def test_only_files_of_a_bearable_size_are_merged():
    assert is_mergeable("a.txt", (OLD, MINE, NEW), (10, 4_999_999))
    assert not is_mergeable("a.txt", (OLD, MINE, NEW), (10, 5_000_000))
    assert not is_mergeable("a.txt", (LINK, MINE, NEW), (10, 10))
    assert is_mergeable("plots.ipynb", (OLD, MINE, NEW), (10, 19_999_999))
    assert not is_mergeable("plots.ipynb", (OLD, MINE, NEW), (10, 20_000_000))


def test_text_has_no_nul_in_its_begin_and_is_utf8():
    assert is_text("r\u00e9sum\u00e9\r\n".encode())
    assert not is_text(b"a\0b")
    assert not is_text("r\u00e9sum\u00e9".encode("latin-1"))
    assert is_text(b"a" * 8192 + b"\0")
