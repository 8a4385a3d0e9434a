"""A file that moved is known by its bytes, or by most of its lines; over all releases the old path leads to where it is now."""

from hashlib import sha256

from classhub.materials.manifest import Entry
from classhub.materials.mirror import renames

KEPT: dict[str, bytes] = {}


def files(**texts: str) -> dict[str, Entry]:
    found = {}
    for path, text in texts.items():
        data = text.encode()
        KEPT[sha256(data).hexdigest()] = data
        found[path.replace("__", "/")] = Entry("file", sha256(data).hexdigest(), len(data))
    return found


def moved(before: dict[str, Entry], after: dict[str, Entry]) -> dict[str, str]:
    return renames.moved(before, after, KEPT.__getitem__)


LONG = "\n".join(f"line {number}" for number in range(50))


def test_the_same_bytes_elsewhere_are_the_same_file() -> None:
    assert moved(files(lab1="x", keep="y"), files(labs__lab01="x", keep="y")) == {"lab1": "labs/lab01"}


def test_of_equal_files_the_one_of_the_same_name_is_meant() -> None:
    before = files(a__init="x", b__init="x", lab="x")
    after = files(new__lab="x", new__b__init="x", new__a__init="x")
    assert moved(before, after) == {"a/init": "new/a/init", "b/init": "new/b/init", "lab": "new/lab"}


def test_most_of_the_lines_are_enough() -> None:
    assert moved(files(old=LONG), files(new=LONG + "\nmore")) == {"old": "new"}
    assert moved(files(old=LONG), files(new=LONG[:200] + "\nmore" * 40)) == {}


def test_what_is_empty_or_of_another_kind_is_not_followed() -> None:
    assert moved(files(old=""), files(new="")) == {}
    one, other = files(old=LONG), files(new=LONG + "x")
    assert moved({"lab.py": one["old"]}, {"lab.md": other["new"]}) == {}


def test_a_file_that_stays_is_moved_nowhere() -> None:
    assert moved(files(a="x"), files(a="x", b="x")) == {}


def test_each_file_goes_to_one_place_only() -> None:
    found = moved(files(a=LONG, b=LONG + "\nb"), files(c=LONG + "\nc"))
    assert len(found) == 1


def test_old_paths_lead_on_over_all_releases() -> None:
    now = files(c="1", x="2")
    assert renames.all_over({"a": "b", "gone": "away", "x": "b"}, {"b": "c"}, now) == {"a": "c", "b": "c"}
