"""Kernels that start from now on find a course's library; the college's own path stays behind it."""

import json
import logging
import os
from pathlib import Path

import pytest

from classhub.materials import library
from classhub.materials.manifest import Entry, Manifest, to_json
from classhub.materials.source import Offline
from classhub.server.libraries import Libraries

LOG = logging.getLogger("test")


class Source:
    """Tells of a library that lies in a folder both can see."""

    def __init__(self, folder: Path, name: str = "abc123") -> None:
        self.folder = folder / name
        self.folder.mkdir(parents=True)
        (self.folder / "dice.py").write_text("SIDES = 6\n")
        manifest = Manifest("comp141", name, {"dice.py": Entry("file", "0" * 64, 10)})
        self.told = {
            **{"id": name, "tag": library.interpreter_tag(), "pure": True, "folder": str(self.folder)},
            "manifest": json.loads(to_json(manifest)),
        }

    def library(self):
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@pytest.fixture
def path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/opt/college")

    def now() -> list[str]:
        return os.environ.get("PYTHONPATH", "").split(os.pathsep)

    return now


def test_a_library_stands_before_the_colleges_own_path(tmp_path, path):
    source = Source(tmp_path / "lib")
    Libraries(tmp_path, LOG).update("comp141", source)
    assert path() == [str(source.folder), "/opt/college"]


def test_the_next_start_has_it_before_the_mirror_answers(tmp_path, path):
    source = Source(tmp_path / "lib")
    Libraries(tmp_path, LOG).update("comp141", source)
    os.environ["PYTHONPATH"] = "/opt/college"
    Libraries(tmp_path, LOG).begin(["comp141", "bio101"])
    assert path() == [str(source.folder), "/opt/college"]


def test_a_new_library_takes_the_place_of_the_old_one(tmp_path, path):
    shelf = Libraries(tmp_path, LOG)
    shelf.update("comp141", Source(tmp_path / "lib", "abc123"))
    newer = Source(tmp_path / "lib", "def456")
    shelf.update("comp141", newer)
    assert path() == [str(newer.folder), "/opt/college"]


def test_a_course_that_has_none_any_more_leaves_the_path(tmp_path, path):
    shelf, source = Libraries(tmp_path, LOG), Source(tmp_path / "lib")
    shelf.update("comp141", source)
    source.told = {}
    shelf.update("comp141", source)
    assert path() == ["/opt/college"]
    Libraries(tmp_path, LOG).begin(["comp141"])
    assert path() == ["/opt/college"]


@pytest.mark.parametrize("trouble", [Offline("The mirror is away."), {"id": "../x"}])
def test_a_mirror_that_is_away_or_lies_leaves_the_last_good_one(tmp_path, path, trouble):
    shelf, source = Libraries(tmp_path, LOG), Source(tmp_path / "lib")
    shelf.update("comp141", source)
    source.told = trouble
    shelf.update("comp141", source)
    assert path() == [str(source.folder), "/opt/college"]


def test_no_path_at_all_is_left_as_none(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    Libraries(tmp_path, LOG).begin(["comp141"])
    assert "PYTHONPATH" not in os.environ


def test_a_folder_of_a_mirror_is_a_source_without_libraries(tmp_path, path):
    Libraries(tmp_path, LOG).update("comp141", object())
    assert path() == ["/opt/college"]


def test_trouble_is_said_once(tmp_path, path, caplog):
    shelf, source = Libraries(tmp_path, LOG), Source(tmp_path / "lib")
    source.told = Offline("The mirror is away.")
    with caplog.at_level(logging.INFO, "test"):
        shelf.update("comp141", source)
        shelf.update("comp141", source)
    assert len(caplog.records) == 1


def test_a_course_that_left_the_list_leaves_the_path_now_and_at_the_next_start(tmp_path, path):
    shelf = Libraries(tmp_path, LOG)
    shelf.update("comp141", Source(tmp_path / "lib", "abc123"))
    kept = Source(tmp_path / "lib", "def456")
    shelf.update("bio101", kept)
    shelf.keep_only({"bio101"})
    assert path() == [str(kept.folder), "/opt/college"]
    os.environ["PYTHONPATH"] = "/opt/college"
    Libraries(tmp_path, LOG).begin(["comp141", "bio101"])
    assert path() == [str(kept.folder), "/opt/college"]
