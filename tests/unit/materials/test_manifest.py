"""A release as it arrives: it may come from a server that lies, and each part is looked at."""

import json
from dataclasses import replace

import pytest

from classhub.materials.manifest import Entry, Malformed, Manifest, from_json, to_json

WHOLE = {
    "classhub": 1,
    **dict.fromkeys(("course", "release", "title", "folder", "published", "source"), "x"),
    **{name: {"a": "b"} for name in ("renames", "coming", "left")},
    "hidden": ["0" * 32],
    "files": {"a.txt": ["file", "0" * 64, 1], "l": ["link", "0" * 64, 1, "a"]},
}
ODD = (
    None,
    True,
    7,
    -1,
    1.5,
    10**400,
    "",
    "x",
    [],
    ["x"],
    [["x"]],
    list("0" * 64),
    {},
    {"x": 1},
    {"file": 1, "x": 2, "y": 3},
)


def places(part, way=()):
    """Of each part of it, and of each part of those."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*way, key)
        yield from places(value, (*way, key))


def changed(way, value):
    copy = json.loads(json.dumps(WHOLE))
    part = copy
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = value
    return copy


def is_whole(found: Manifest) -> bool:
    words = (found.course, found.release, found.title, found.folder, found.published, found.source, *found.hidden)
    pairs = [pair for one in (found.renames, found.coming, found.left) for pair in one.items()]
    entries = [(type(one.kind), type(one.digest), type(one.size), type(one.target)) for one in found.files.values()]
    texts = [*words, *found.files, *(text for pair in pairs for text in pair)]
    return all(isinstance(text, str) for text in texts) and set(entries) <= {(str, str, int, str)}


def test_a_whole_one_is_read():
    found = from_json(json.dumps(WHOLE))
    assert found.files["l"] == Entry("link", "0" * 64, 1, "a") and found.left == {"a": "b"}
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize("way", list(places(WHOLE)), ids=str)
def test_any_part_that_is_something_else_is_refused_or_read_as_what_it_must_be(way):
    for value in ODD:
        try:
            found = from_json(json.dumps(changed(way, value)))
        except Malformed:
            continue
        assert is_whole(found), (way, value)


@pytest.mark.parametrize("digest", [list("0" * 64), {str(at): 0 for at in range(64)}, "0" * 63, "G" * 64, 7])
def test_a_digest_is_text_of_64_hex_digits(digest):
    with pytest.raises(Malformed):
        from_json(json.dumps(changed(("files", "a.txt", 1), digest)))


@pytest.mark.parametrize("way, value", [(("classhub",), True), (("hidden",), "ab"), (("files", "a.txt"), {"file": 1})])
def test_what_only_looks_alike_is_refused(way, value):
    with pytest.raises(Malformed):
        from_json(json.dumps(changed(way, value)))


@pytest.mark.parametrize("given", [json.dumps(WHOLE, indent=2), json.dumps(WHOLE).encode()])
def test_one_that_was_read_is_given_on_as_it_was(given):
    assert to_json(from_json(given)) == (given if isinstance(given, str) else given.decode())


def test_a_change_of_one_that_was_read_is_told():
    changed = replace(from_json(json.dumps(WHOLE)), title="Computer Science I")
    assert from_json(to_json(changed)) == changed


def test_names_beyond_ascii_are_told_in_ascii():
    named = {**WHOLE, "files": {"größe.txt": ["file", "0" * 64, 1]}}
    told = to_json(from_json(json.dumps(named, ensure_ascii=False)))
    assert told.isascii() and list(from_json(told).files) == ["größe.txt"]


def test_a_byte_order_mark_is_passed_over():
    """As an editor of Windows may leave it in a store."""
    assert from_json(b"\xef\xbb\xbf" + json.dumps(WHOLE).encode()) == from_json(json.dumps(WHOLE))


def test_another_encoding_is_refused():
    with pytest.raises(Malformed):
        from_json(json.dumps(WHOLE).encode("utf-16"))
