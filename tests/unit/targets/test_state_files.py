"""Damaged files are named, kept, and come with a way out."""

import sqlite3

import pytest

from classhub.errors import OutsideFailed
from classhub.targets.local.state_files import need_sound_database, read_json


@pytest.mark.parametrize("content", [b'{"a": 1', b"\xff", b"[]", b'{"a": 1}', b""])
def test_what_cannot_be_used_is_damaged(tmp_path, content):
    path = tmp_path / "a file.json"
    path.write_bytes(content)
    with pytest.raises(OutsideFailed) as told:
        read_json(path, ("a", "b"))
    assert f"mv '{path}' '{path}.damaged' && classhub up" in told.value.fix
    assert path.read_bytes() == content


def test_what_is_not_there_is_no_damage(tmp_path):
    (tmp_path / "a file").write_text("")
    for path in (tmp_path / "nothing", tmp_path / "a file" / "below"):
        with pytest.raises(FileNotFoundError):
            read_json(path)
    need_sound_database(tmp_path / "nothing")


def test_a_sound_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "a ? database"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    before = path.read_bytes()
    need_sound_database(path)
    assert path.read_bytes() == before


def test_a_damaged_database_is_told(tmp_path):
    path = tmp_path / "jupyterhub.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(OutsideFailed, match="is damaged: file is not a database"):
        need_sound_database(path)
