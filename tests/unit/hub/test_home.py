"""Homes and runtime folders."""

import os
import stat

import pytest

from classhub.hub.home import LOG_BYTES, UnusableHome, ensure_home, fresh_runtime, rotate_log
from deep import nested
from unit.walls.student import needs_root


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
    home = tmp_path / "alice"
    home.mkdir()
    (home / "work").write_text("whose?")
    with pytest.raises(UnusableHome, match=r"chown -R 54321:54321"):
        ensure_home(home, 54321)
    assert home.stat().st_uid == os.geteuid()


@pytest.mark.parametrize("closed", [0, 0o500, 0o355, 0o070])
def test_a_home_that_its_student_closed_is_opened_for_that_student_only(tmp_path, closed):
    home = tmp_path / "alice"
    home.mkdir()
    home.chmod(closed)
    ensure_home(home, None)
    assert stat.S_IMODE(home.stat().st_mode) == closed | 0o700


@needs_root
def test_a_closed_home_of_a_students_account_is_opened(tmp_path):
    ensure_home(tmp_path / "alice", 54321)
    (tmp_path / "alice").chmod(0)
    ensure_home(tmp_path / "alice", 54321)
    found = (tmp_path / "alice").stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (54321, 0o700)


@needs_root
def test_what_takes_the_place_of_a_closed_home_is_not_opened(tmp_path, monkeypatch):
    """Between the look and the opening."""
    ensure_home(tmp_path / "alice", 54321)
    (tmp_path / "alice").chmod(0)
    (tmp_path / "secret").mkdir(mode=0)
    real = os.open

    def swapped(path, *more, **named):
        (tmp_path / "alice").rmdir()
        (tmp_path / "alice").symlink_to(tmp_path / "secret")
        return real(path, *more, **named)

    with monkeypatch.context() as now, pytest.raises(UnusableHome, match=r"chmod u\+rwx"):
        now.setattr(os, "open", swapped)
        ensure_home(tmp_path / "alice", 54321)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0


@needs_root
def test_a_disk_that_opens_nothing_to_root_is_said_with_the_command(tmp_path, monkeypatch):
    ensure_home(tmp_path / "alice", 54321)
    (tmp_path / "alice").chmod(0)

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as now, pytest.raises(UnusableHome, match=r"Permission denied.*chmod u\+rwx"):
        now.setattr(os, "fchmod", refused)
        ensure_home(tmp_path / "alice", 54321)


@needs_root
def test_a_hub_that_was_killed_between_making_a_home_and_handing_it_over_locks_nobody_out(tmp_path, monkeypatch):
    home = tmp_path / "alice"

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as now, pytest.raises(KeyboardInterrupt):
        now.setattr(os, "chown", killed)
        now.setattr(os, "fchown", killed)
        ensure_home(home, 54321)
    assert home.stat().st_uid == 0
    ensure_home(home, 54321)
    found = home.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (54321, 54321, 0o700)


@needs_root
def test_an_empty_home_of_another_student_is_never_handed_over(tmp_path):
    ensure_home(tmp_path / "alice", 54321)
    with pytest.raises(UnusableHome, match="belongs to uid 54321"):
        ensure_home(tmp_path / "alice", 54322)


@needs_root
def test_a_link_in_place_of_a_home_hands_nothing_over(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "alice").symlink_to(tmp_path / "empty")
    with pytest.raises(UnusableHome, match="not a folder"):
        ensure_home(tmp_path / "alice", 54321)
    assert (tmp_path / "empty").stat().st_uid == 0


def test_a_runtime_folder_is_empty_whatever_was_left_in_it(tmp_path):
    folder = fresh_runtime(tmp_path / "u", None)
    (folder / "kernel-1.json").write_text("")
    assert list(fresh_runtime(folder, None).iterdir()) == []


def test_folders_nested_beyond_recursion_do_not_stop_a_start(tmp_path):
    folder = fresh_runtime(tmp_path / "u", None)
    with nested(folder):
        assert list(fresh_runtime(folder, None).iterdir()) == []


def test_of_a_log_as_large_as_a_student_likes_the_end_is_kept(tmp_path):
    log = tmp_path / "alice.log"
    log.write_bytes(b"first\n")
    os.truncate(log, 1 << 33)
    with log.open("ab") as writer:
        writer.write(b"last\n")
    os.close(rotate_log(log))
    kept = tmp_path / "alice.log.previous"
    assert kept.stat().st_size == LOG_BYTES and kept.read_bytes().endswith(b"last\n")
    assert log.stat().st_size == 0
