"""What the next release will do to whom, told from what their servers reported."""

from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror import preview


def entry(letter: str) -> Entry:
    return Entry("file", letter * 64, 1)


NOW = Manifest("comp141", "1-aaaaaaa", {"lab.ipynb": entry("a"), "old.md": entry("b"), "data.csv": entry("c")})
NEXT = Manifest(
    "comp141",
    "2-bbbbbbb",
    {"lab.ipynb": entry("d"), "data.csv": entry("c"), "new.md": entry("e")},
    source="commit 1a2b3c4",
    renames={"older.md": "new.md"},
)


def report(*own: str) -> dict:
    return {"release_applied": "1-aaaaaaa", "items": [{"path": path, "action": "kept"} for path in own]}


def test_files_that_are_new_changed_and_gone_are_named():
    told = preview.told(NOW, NEXT, {})
    assert (told["new"], told["changed"], told["removed"]) == (["new.md"], ["lab.ipynb"], ["old.md"])
    assert (told["from"], told["to"], told["renamed"]) == ("1-aaaaaaa", "2-bbbbbbb", {})


def test_a_file_in_which_a_student_wrote_is_told_apart():
    told = preview.told(NOW, NEXT, {"alice": report("lab.ipynb", "old.md"), "bob": report()})
    alice, bob = told["students"]
    assert (alice["touched"], alice["updated"], alice["kept"], alice["removed"]) == (["lab.ipynb"], [], ["old.md"], [])
    assert (bob["touched"], bob["updated"], bob["kept"], bob["removed"]) == ([], ["lab.ipynb"], [], ["old.md"])


def test_the_first_release_is_all_new():
    assert preview.told(None, NEXT, {})["new"] == sorted(NEXT.files)


def test_nothing_new_is_nothing():
    told = preview.told(NOW, NOW, {"alice": report("lab.ipynb")})
    assert not told["new"] and not told["changed"] and not told["removed"]
    assert told["students"][0]["touched"] == []
