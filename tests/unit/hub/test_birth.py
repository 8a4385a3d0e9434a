"""A server's process is born whole, with its entry, or not at all."""

import sys
from pathlib import Path

import pytest

from classhub.hub import birth, registry
from classhub.walls import identity
from unit.hub.births import alive_in, deployment, is_empty, order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def folder():
    with deployment() as place:
        yield place


def left(folder) -> list[str]:
    """In the registry, among the sockets and the runtime folders."""
    return [path.name for part in ("servers", "runtime/s", "runtime/u") for path in (folder / part).iterdir()]


def test_a_server_is_born_with_its_entry_and_its_socket(folder):
    child, entry = birth.start(order(folder), rescue=False)
    assert alive_in(folder) == [child.pid] == [entry.process.pid]
    assert registry.read_all(folder / "servers") == [entry]
    assert Path(entry.socket).exists()
    registry.clear(folder / "servers", entry, patience_s=2)
    child.wait()
    assert is_empty(folder) and not registry.read_all(folder / "servers") and not Path(entry.socket).exists()


@pytest.mark.parametrize("script", ["#!/bin/sh\nexec sleep 100\n", "#!/bin/sh\nsleep 100 & sleep 100 & wait\n"])
def test_a_full_disk_under_the_registry_leaves_no_unknown_process(folder, monkeypatch, script):
    born = []

    def full(_, entry):
        born.append(entry.process)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(registry, "write", full)
    with pytest.raises(OSError, match="No space left"):
        birth.start(order(folder, script), rescue=False)
    assert len(born) == 1 and not identity.is_alive(born[0])
    assert is_empty(folder) and left(folder) == []
    assert (folder / "homes" / "alice@college.edu").is_dir()


def test_a_process_that_ends_at_once_is_said_and_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(identity, "of", lambda pid: None)
    with pytest.raises(OSError, match="ended at once with exit code 7"):
        birth.start(order(folder, "#!/bin/sh\nexit 7\n"), rescue=False)
    assert left(folder) == []


def test_a_program_that_is_not_there_leaves_nothing(folder):
    wrong = order(folder)
    (folder / "python").unlink()
    with pytest.raises(FileNotFoundError):
        birth.start(wrong, rescue=False)
    assert left(folder) == []


def test_a_server_of_the_same_name_that_still_runs_is_ended_first(folder):
    """The hub was killed in the middle of a start, say, and knows nothing of it."""
    first, before = birth.start(order(folder), rescue=False)
    second, now = birth.start(order(folder), rescue=False)
    first.wait()
    assert alive_in(folder) == [second.pid]
    assert registry.read_all(folder / "servers") == [now] != [before]
    assert Path(now.socket).exists()


def test_other_servers_of_the_user_live_on(folder):
    first, _ = birth.start(order(folder), rescue=False)
    second, _ = birth.start(order(folder, server="exam"), rescue=False)
    assert set(alive_in(folder)) == {first.pid, second.pid}


def test_the_late_end_of_an_earlier_server_leaves_its_successor_alone(folder):
    _, before = birth.start(order(folder), rescue=False)
    second, now = birth.start(order(folder), rescue=False)
    registry.clear(folder / "servers", before)
    assert alive_in(folder) == [second.pid]
    assert registry.read_all(folder / "servers") == [now] and Path(now.socket).exists()
