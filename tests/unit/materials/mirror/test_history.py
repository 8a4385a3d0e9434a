"""Which versions of a file count as seen."""

from datetime import UTC, datetime

import pytest

from classhub.materials.mirror.history import History
from classhub.materials.mirror.store import Store
from unit.materials.stores import entry, publish

NOW = datetime(2027, 1, 20, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2027, 1, number, tzinfo=UTC)


@pytest.fixture
def history(tmp_path):
    def out(name, number, **files):
        content = {path: text.encode() for path, text in files.items()}
        publish(tmp_path, "c", name, content, published=day(number).isoformat() if number else "")

    found = History(Store(tmp_path / "c"))
    found.out = out
    return found


def seen_from(number: int):
    """Everything is released on that day."""
    return lambda at: lambda path: at >= day(number)


def versions(history, current, seen, now=NOW) -> set[str]:
    history.read_on()
    found = history.versions(history.store.release(current), seen, now)
    texts = {entry(text.encode()).digest: text for text in ("1", "2", "3", "x")}
    return {texts[digest] for digest in found.get("a", [])}


def test_versions_count_that_were_out_when_or_after_it_was_released(history):
    history.out("1-aaaaaaa", 1, a="1")
    history.out("2-aaaaaaa", 5, a="2")
    history.out("3-aaaaaaa", 9, a="3")
    assert versions(history, "3-aaaaaaa", seen_from(1)) == {"1", "2", "3"}
    assert versions(history, "3-aaaaaaa", seen_from(5)) == {"2", "3"}, "the first ended the moment it was released"
    assert versions(history, "3-aaaaaaa", seen_from(8)) == {"2", "3"}
    assert versions(history, "3-aaaaaaa", seen_from(15)) == {"3"}


def test_a_version_that_came_back_counts_with_its_last_time(history):
    for number, text in ((1, "1"), (2, "2"), (3, "1"), (9, "3")):
        history.out(f"{number}-aaaaaaa", number, a=text)
    assert versions(history, "9-aaaaaaa", seen_from(5)) == {"1", "3"}


def test_what_is_in_no_current_release_has_no_versions(history):
    history.out("1-aaaaaaa", 1, a="1", b="x")
    history.out("2-aaaaaaa", 2, b="x")
    assert versions(history, "2-aaaaaaa", seen_from(1)) == set()


def test_more_is_read_as_it_comes_and_all_again_when_a_store_was_replaced(history):
    history.out("1-aaaaaaa", 1, a="1")
    assert versions(history, "1-aaaaaaa", seen_from(1)) == {"1"}
    history.out("2-aaaaaaa", 2, a="2")
    assert versions(history, "2-aaaaaaa", seen_from(1)) == {"1", "2"}
    (history.store.folder / "releases" / "1-aaaaaaa.json").unlink()
    assert versions(history, "2-aaaaaaa", seen_from(1)) == {"2"}


def test_a_release_that_went_back_leaves_the_newer_ones_seen(history):
    history.out("1-aaaaaaa", 1, a="1")
    history.out("2-aaaaaaa", 2, a="2")
    assert versions(history, "1-aaaaaaa", seen_from(1)) == {"1", "2"}
    assert versions(history, "1-aaaaaaa", seen_from(25)) == {"1"}, "what is coming is not seen before its time"


@pytest.mark.parametrize("unreadable", ["", "[]"])
def test_a_release_that_cannot_be_dated_or_read_shows_less_not_more(history, unreadable):
    history.out("1-aaaaaaa", 1, a="1")
    history.out("2-aaaaaaa", 0, a="2")
    history.out("3-aaaaaaa", 3, a="3")
    if unreadable:
        (history.store.folder / "releases" / "2-aaaaaaa.json").write_text(unreadable)
    assert versions(history, "3-aaaaaaa", seen_from(2)) == ({"3"} if unreadable else {"2", "3"})
