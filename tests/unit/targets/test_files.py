"""What lies in .classhub: folders, history, logs, machine.json."""

import errno
import json
import os
import socket
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from classhub.errors import NotFound, OutsideFailed
from classhub.targets.local import history, logs, machine
from classhub.targets.local.homes import LocalHomes, measure
from classhub.targets.local.paths import Paths, ensure_folders, runtime_folder
from deep import nested


def test_every_folder_is_private(paths):
    for folder in (
        paths.state,
        paths.logs,
        paths.user_logs,
        paths.servers,
        paths.history,
        paths.sockets,
        paths.runtime,
    ):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_place_of_the_state_folder_is_said(tmp_path):
    (tmp_path / ".classhub").write_text("")
    made = Paths(tmp_path / ".classhub", tmp_path / "run" / "x", tmp_path / ".classhub" / "homes")
    (tmp_path / "run").mkdir(mode=0o700)
    with pytest.raises(OutsideFailed, match=r"\.classhub"):
        ensure_folders(made)


def test_sockets_fit_whatever_the_deployments_path(tmp_path):
    deep = tmp_path / ("x" * 200) / ".classhub"
    assert len(os.fsencode(runtime_folder(deep) / "s" / ("a" * 60 + ".sock"))) <= 107
    assert runtime_folder(deep) == runtime_folder(deep) != runtime_folder(tmp_path)


def test_history_keeps_the_newest_fifty_and_their_settings(tmp_path):
    for number in range(60):
        history.add(tmp_path, {"number": number}, f"change {number}")
    kept = history.revisions(tmp_path)
    assert [one.number for one in kept] == list(range(11, 61))
    assert history.settings_of(tmp_path, 60) == {"number": 59}
    with pytest.raises(NotFound):
        history.settings_of(tmp_path, 1)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())


def test_a_log_that_grew_is_cut_while_its_writer_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "PART_LOG_BYTES", 1000)
    log = tmp_path / "hub.log"
    with log.open("ab") as writer:
        writer.write(b"old line\n" * 500)
        writer.flush()
        logs.shrink_all(tmp_path)
        writer.write(b"new line\n")
    assert log.read_bytes() == b"new line\n"
    assert (tmp_path / "hub.1.log").read_bytes().endswith(b"old line\n")
    assert (tmp_path / "hub.1.log").stat().st_size <= 1000


def test_a_full_disk_leaves_the_newest_half_of_a_log_and_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "PART_LOG_BYTES", 1000)
    for name in ("hub.log", "proxy.log"):
        (tmp_path / name).write_bytes(b"old line\n" * 500 + b"the last\n")
    real = Path.write_bytes

    def full(path, content):
        real(path, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    logs.shrink_all(tmp_path)
    for name in ("hub.log", "proxy.log"):
        assert (tmp_path / name).stat().st_size == 500
        assert (tmp_path / name).read_bytes().endswith(b"old line\nthe last\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hub.log", "proxy.log"], "no half-written copy stays"


def test_a_log_that_cannot_be_shrunk_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "PART_LOG_BYTES", 1000)
    (tmp_path / "a.log").symlink_to(tmp_path / "a.log")
    (tmp_path / "hub.log").write_bytes(b"line\n" * 500)
    logs.shrink_all(tmp_path)
    assert (tmp_path / "hub.log").stat().st_size == 0


def test_a_followed_log_goes_on_through_a_cut_and_a_replacement(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("one\n")
    lines = logs.read_lines(log, follow=True)
    assert next(lines) == "one"
    with log.open("a") as writer:
        writer.write("two\n")
    assert next(lines) == "two"
    log.write_text("3\n")
    assert next(lines) == "3"
    log.replace(tmp_path / "a.old")
    log.write_text("four\n")
    assert next(lines) == "four"


@pytest.mark.parametrize("name", ["alice.log", "alice.log.previous"])
def test_a_students_log_of_eight_gigabytes_is_read_in_its_newest_part_and_then_cut(tmp_path, name):
    """os.ftruncate(1, 1 << 33), in a configuration file of the student's own."""
    log = tmp_path / "users" / name
    log.parent.mkdir()
    log.write_bytes(b"first\n")
    os.truncate(log, 1 << 33)
    with log.open("ab") as writer:
        writer.write(b"\nlast\n")
    assert list(logs.read_lines(log, follow=False))[-1] == "last"
    assert sum(map(len, logs.read_lines(log, follow=False))) < 100, "a hole is nothing to read"
    logs.shrink_all(tmp_path)
    assert sum(file.stat().st_size for file in log.parent.iterdir()) <= logs.USER_LOG_BYTES


def test_a_line_without_an_end_comes_in_pieces(tmp_path):
    log = tmp_path / "hub.log"
    log.write_bytes(b"x" * (logs.LINE_BYTES * 3 + 1) + b"\nlast\n")
    lines = list(logs.read_lines(log, follow=False))
    assert lines[-1] == "last" and "".join(lines[:-1]) == "x" * (logs.LINE_BYTES * 3 + 1)
    assert max(map(len, lines)) <= 2 * logs.LINE_BYTES


def test_a_log_that_grows_while_it_is_read_has_an_end(tmp_path):
    log = tmp_path / "hub.log"
    log.write_bytes(b"line\n" * 100_000)
    lines = logs.read_lines(log, follow=False)
    with log.open("ab") as writer:
        for count, _ in enumerate(lines):
            assert count < 100_000
            writer.write(b"new\n" * 10)


def test_the_machines_ports_and_tokens_stay_and_are_never_shown(tmp_path):
    first = machine.ensure_machine(tmp_path / "machine.json")
    assert machine.ensure_machine(tmp_path / "machine.json") == first
    assert first.classhub_token not in repr(first)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", first.hub_port))
        stranger.listen()
        moved = machine.move_ports(tmp_path / "machine.json", first)
    assert moved.hub_port != first.hub_port and moved.classhub_token == first.classhub_token


@pytest.mark.parametrize("text", ["", "{", "[]", '{"hub_port": 1}'])
def test_a_damaged_machine_file_is_never_replaced_in_silence(tmp_path, text):
    file = tmp_path / "machine.json"
    file.write_text(text)
    with pytest.raises(OutsideFailed, match="damaged"):
        machine.ensure_machine(file)
    assert file.read_text() == text


def test_homes_are_listed_by_owner_with_blocks_counted_once(paths):
    home = paths.homes / "alice@college.edu"
    home.mkdir()
    (home / "data").write_bytes(os.urandom(100_000))
    os.link(home / "data", home / "again")
    with (home / "sparse").open("wb") as file:
        file.truncate(10**9)
    (home / "out").symlink_to("/")
    (paths.homes / "jane%2Edoe").mkdir()
    found = LocalHomes(paths).list(sizes=True)
    assert found[0].owner == "alice@college.edu"
    assert 100_000 <= (found[0].size_bytes or 0) < 300_000
    assert LocalHomes(paths).list()[0].size_bytes is None


def test_a_home_nested_beyond_recursion_is_measured(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with nested(home):
        assert measure(home)[0] >= 0
        json.dumps(measure(home))


class Vanishing:
    """os.scandir, of a folder that a student empties as soon as it was read."""

    def __init__(self, folder: str | Path) -> None:
        with os.scandir(folder) as entries:
            self.entries = list(entries)
        for entry in self.entries:
            if entry.name.startswith("gone"):
                Path(entry.path).unlink()

    def __enter__(self):
        return iter(self.entries)

    def __exit__(self, *error: object) -> None:
        pass


def test_files_that_a_student_deletes_meanwhile_are_passed_over(tmp_path, monkeypatch):
    (tmp_path / "stays").mkdir()
    (tmp_path / "stays" / "data").write_bytes(os.urandom(100_000))
    for number in range(3):
        (tmp_path / f"gone{number}").write_text("")
    monkeypatch.setattr("classhub.targets.local.homes.os", SimpleNamespace(**{**vars(os), "scandir": Vanishing}))
    assert measure(tmp_path)[0] >= 100_000
    assert not list(tmp_path.glob("gone*"))


@pytest.mark.parametrize("sizes", [True, False])
def test_a_home_that_is_moved_away_meanwhile_is_not_listed(paths, monkeypatch, sizes):
    for name in ("alice", "bob"):
        (paths.homes / name).mkdir()
    found = LocalHomes(paths)
    monkeypatch.setattr(
        "classhub.targets.local.homes.names.user_of",
        lambda slug: (paths.homes / "alice").is_dir() and (paths.homes / "alice").rename(paths.state / "a") and slug,
    )
    assert [home.owner for home in found.list(sizes)] == ["bob"]
