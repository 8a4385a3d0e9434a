"""What the home holds of a course, and what a link's path became."""

import json

import pytest

from classhub.materials.manifest import Entry, Manifest, to_json
from classhub.server import copies

HERE = Entry("file", "0" * 64, 1)


def release(**more):
    return Manifest("comp141", "r1", {"labs/now.txt": HERE, "w2/lab.txt": HERE}, **more)


@pytest.mark.parametrize(
    "renames, asked, now",
    [
        ({}, "labs/now.txt", "labs/now.txt"),
        ({"labs/old.txt": "labs/now.txt"}, "labs/old.txt", "labs/now.txt"),
        ({"a": "b", "b": "labs/now.txt"}, "a", "labs/now.txt"),
        ({"w1": "w2"}, "w1/lab.txt", "w2/lab.txt"),
        ({"a": "b", "b": "a"}, "a", "a"),
        ({"labs/now.txt": "gone"}, "labs/now.txt", "labs/now.txt"),
        ({"a": "../.ssh/id", "b": "/etc/passwd"}, "a", "a"),
    ],
)
def test_a_path_is_followed_to_what_it_is_called_now(renames, asked, now):
    assert copies.now_called(release(renames=renames), asked) == now


def test_without_a_release_a_path_is_what_it_is():
    assert copies.now_called(None, "a") == "a"


@pytest.mark.parametrize(
    "times, seconds",
    [
        ([], None),
        (["2027-01-11T09:00:40-06:00", "2027-01-11T08:00:30-07:00"], 30),
        (["2027-01-11T15:01:00Z"], 60),
        (["2027-01-11T14:59:00Z"], copies.LATE_S),
        (["soon", "2027-01-11T09:00:00"], None),
    ],
)
def test_the_next_release_time_counts_in_any_time_zone(times, seconds):
    now = copies.moment_of("2027-01-11T15:00:00+00:00").timestamp()
    assert copies.opens_in_s(release(coming=dict(enumerate(times))), now) == seconds


def test_records_of_the_home_are_read_and_nonsense_is_nothing(tmp_path):
    state = copies.state_of(tmp_path, "comp141")
    assert copies.manifest_of(tmp_path, "comp141") is None and copies.folder_in_use(tmp_path, "comp141") is None
    state.mkdir(parents=True)
    (state / "manifest.json").write_text(to_json(release()))
    (state / "result.json").write_text(json.dumps({"folder": "comp141"}))
    assert copies.manifest_of(tmp_path, "comp141").release == "r1"
    assert copies.folder_in_use(tmp_path, "comp141") is None, "the student removed it"
    (tmp_path / "comp141").mkdir()
    assert copies.folder_in_use(tmp_path, "comp141") == "comp141"
    for text in ("{", "[]", '{"folder": 7}', '{"folder": "\\u0000"}', "[" * 100_000):
        (state / "manifest.json").write_text(text)
        (state / "result.json").write_text(text)
        assert copies.manifest_of(tmp_path, "comp141") is None and copies.folder_in_use(tmp_path, "comp141") is None


def test_a_name_that_no_disk_can_hold_is_not_there(tmp_path):
    assert not copies.is_there(tmp_path, "comp141", "x" * 5000)
    assert not copies.is_there(tmp_path, "comp141", "a\0b")
