"""Course material comes into a home once, whole, and never over a student's work."""

import json
import logging

import pytest

from classhub.server import welcome


@pytest.fixture
def material(tmp_path):
    folder = tmp_path / "material"
    (folder / "labs" / "__pycache__").mkdir(parents=True)
    (folder / "labs" / "lab01.ipynb").write_text("{}")
    (folder / "labs" / "lab01.ipynb").chmod(0o444)
    return folder


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_the_first_time_brings_all_and_the_student_may_write(material, home):
    assert welcome.deliver(material, home, "comp141", "comp141")
    lab = home / "comp141" / "labs" / "lab01.ipynb"
    assert lab.read_text() == "{}" and lab.stat().st_mode & 0o600 == 0o600
    assert not (home / "comp141" / "labs" / "__pycache__").exists()
    assert [path.name for path in home.iterdir()] == ["comp141", ".classhub"] or not list(home.glob("*.part"))


def test_a_second_time_brings_nothing_even_when_the_student_deleted_it(material, home):
    welcome.deliver(material, home, "comp141", "comp141")
    (home / "comp141" / "labs" / "lab01.ipynb").unlink()
    assert not welcome.deliver(material, home, "comp141", "comp141")
    assert not (home / "comp141" / "labs" / "lab01.ipynb").exists()


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_has_the_folders_name_already_is_never_touched(material, home, kind):
    place = home / "comp141"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to("nowhere")
    assert not welcome.deliver(material, home, "comp141", "comp141")
    assert not (place / "labs").exists()


def test_a_home_that_cannot_be_written_stops_nothing(material, home, monkeypatch, caplog):
    (home / "blocked").write_text("")
    monkeypatch.setenv("HOME", str(home / "blocked"))
    monkeypatch.setenv(welcome.COURSES, json.dumps([{"name": "c", "material": str(material), "folder": "c"}]))
    with caplog.at_level(logging.WARNING):
        welcome.deliver_in_background(logging.getLogger("t")).join()
    assert "could not be copied" in caplog.text


def test_missing_material_leaves_no_trace(home, tmp_path):
    with pytest.raises(OSError):
        welcome.deliver(tmp_path / "gone", home, "comp141", "comp141")
    assert list(home.iterdir()) == []
