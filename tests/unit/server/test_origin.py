"""The courses in a mirror's folder, as a student's server without a mirror reads them."""

import json

import pytest

from classhub.materials.fetch import HandedSource, HttpSource
from classhub.materials.source import Offline
from classhub.server import settings
from classhub.server.courses import Course
from classhub.server.origin import StoreOrigin, origin_of
from unit.materials.stores import publish


@pytest.fixture
def store(tmp_path):
    publish(tmp_path, "comp141", "r1", {"lab1.ipynb": b"old"}, title="Computing")
    publish(tmp_path, "comp141", "r2", {"lab1.ipynb": b"new"}, title="Computing", folder="comp141-fall")
    return tmp_path


def test_courses_are_listed_with_their_release(store):
    (store / "empty").mkdir()
    (store / "comp141" / "status.json").write_text(
        json.dumps({"repositories": ["https://git.college.edu/comp141.git"]})
    )
    (found,) = StoreOrigin(store).courses()
    assert found == Course("comp141", "Computing", "comp141-fall", "r2", ("git.college.edu/comp141",))


def test_a_course_that_cannot_be_read_is_listed_and_harms_no_other(store):
    publish(store, "broken", "r1", {"a": b""})
    (store / "broken" / "releases" / "r1.json").write_text("[]")
    assert [(one.name, one.title) for one in StoreOrigin(store).courses()] == [("broken", ""), ("comp141", "Computing")]


def test_a_new_release_is_seen(store):
    origin = StoreOrigin(store)
    assert [one.release for one in origin.courses()] == ["r2"]
    publish(store, "comp141", "r3", {"lab1.ipynb": b"newer"}, title="Computing II")
    assert [(one.release, one.title) for one in origin.courses()] == [("r3", "Computing II")]


def test_no_folder_is_told_in_words(tmp_path):
    with pytest.raises(Offline, match=r"cannot be read: No such file"):
        StoreOrigin(tmp_path / "none").courses()


def test_a_mirror_of_this_machine_hands_over_files_where_it_is_told_so(tmp_path):
    environment = {
        settings.WHERE: "http://127.0.0.1:1/services/material",
        settings.FILES: "/run/classhub/1/m/files.sock",
    }
    for given, kind in ((environment, HandedSource), ({**environment, settings.FILES: ""}, HttpSource)):
        found = settings.from_environment(given)
        assert type(origin_of(found, tmp_path).source("comp141")) is kind
