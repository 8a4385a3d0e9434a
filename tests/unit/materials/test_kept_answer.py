"""The manifest that a student's side keeps, where anybody may write into it."""

import json
import os
from pathlib import Path

import pytest

from classhub.materials import kept_answer, manifest
from unit.materials.stores import release

URL = "http://127.0.0.1:8000/services/material /courses/comp141"
MADE = release("comp141", "r1", {"a": b"1", "na\udcefve": b"2"})
CONTENT = manifest.to_json(MADE).encode()


@pytest.fixture
def kept(tmp_path):
    kept_answer.save(tmp_path / "manifest.json", URL, '"e1"', CONTENT)
    return tmp_path / "manifest.json"


def test_it_comes_back_as_it_was_and_is_itself_a_manifest(kept):
    assert kept_answer.load(kept, URL) == ('"e1"', CONTENT)
    assert manifest.from_json(kept.read_bytes()) == MADE
    assert kept.stat().st_mode & 0o777 == 0o600


def test_it_is_of_one_address_only(kept):
    assert kept_answer.load(kept, URL + "x") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-5],
        lambda content: content.replace(b'"e1', b'"e2'),
        lambda content: content.replace(b"comp141", b"comp142"),
        lambda content: b"[]",
        lambda content: b"[" * 100_000,
        lambda content: b"\xff",
        lambda content: json.dumps({"etag": 1, "sum": None}).encode(),
    ],
)
def test_what_somebody_changed_is_not_believed(kept, change):
    kept.write_bytes(change(kept.read_bytes()))
    assert kept_answer.load(kept, URL) is None


def test_where_it_cannot_be_written_nothing_happens(tmp_path):
    kept_answer.save(None, URL, '"e"', CONTENT)
    kept_answer.save(tmp_path / "no" / "folder", URL, '"e"', CONTENT)
    assert list(tmp_path.iterdir()) == []


def test_what_has_its_name_makes_room_and_is_never_waited_for(tmp_path):
    place = tmp_path / "manifest.json"
    for make in (Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)):
        make(place)
        assert kept_answer.load(place, URL) is None
        kept_answer.save(place, URL, '"e"', CONTENT)
        assert kept_answer.load(place, URL) == ('"e"', CONTENT)
        place.unlink()
    assert len(list(tmp_path.iterdir())) == 3, "all that lay there, under another name"
