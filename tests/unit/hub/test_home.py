"""Homes and runtime folders."""

import os
import stat

import pytest

from classhub.hub.home import UnusableHome, ensure_home, fresh_runtime
from deep import nested


def test_a_new_home_is_private(tmp_path):
    ensure_home(tmp_path / "alice", None)
    assert stat.S_IMODE((tmp_path / "alice").stat().st_mode) == 0o700


def test_an_existing_home_keeps_its_mode_and_files(tmp_path):
    home = tmp_path / "alice"
    home.mkdir(mode=0o750)
    (home / "work").write_text("mine")
    ensure_home(home, None)
    assert stat.S_IMODE(home.stat().st_mode) == 0o750 and (home / "work").read_text() == "mine"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_said(tmp_path, kind):
    place = tmp_path / "alice"
    place.write_text("") if kind == "file" else place.symlink_to("/")
    with pytest.raises(UnusableHome, match="not a folder"):
        ensure_home(place, None)


def test_a_home_of_another_account_is_said_with_the_command(tmp_path):
    ensure_home(tmp_path / "alice", None)
    with pytest.raises(UnusableHome, match=r"chown -R 54321:54321"):
        ensure_home(tmp_path / "alice", 54321) if os.geteuid() else _as_root(tmp_path)


def _as_root(folder):
    (folder / "bob").mkdir()
    ensure_home(folder / "bob", 54321)


def test_a_runtime_folder_is_empty_whatever_was_left_in_it(tmp_path):
    folder = fresh_runtime(tmp_path / "u", None)
    (folder / "kernel-1.json").write_text("")
    assert list(fresh_runtime(folder, None).iterdir()) == []


def test_folders_nested_beyond_recursion_do_not_stop_a_start(tmp_path):
    folder = fresh_runtime(tmp_path / "u", None)
    with nested(folder):
        assert list(fresh_runtime(folder, None).iterdir()) == []
