"""Root and another account's hub."""

import os
import subprocess
from pathlib import Path

import pytest

from classhub.errors import OutsideFailed, Refused
from classhub.targets.local.owners import as_root, refuse_foreign
from classhub.targets.local.paths import Paths, ensure_folders, runtime_folder
from unit.walls.student import needs_root


@needs_root
def test_root_finds_the_hub_of_an_ordinary_user_and_does_not_change_it(tmp_path):
    state = tmp_path / ".classhub"
    state.mkdir()
    assert runtime_folder(state).parent == Path("/run/classhub")
    os.chown(state, 47190, 47190)
    assert runtime_folder(state).parent == Path("/tmp/classhub-47190")
    with pytest.raises(Refused, match=r"belongs to uid 47190, and you are root") as refused:
        refuse_foreign(state, "classhub down")
    assert refused.value.fix.endswith("sudo -u '#47190' classhub down")
    with pytest.raises(OutsideFailed, match="belongs to uid 47190"):
        ensure_folders(Paths(state, runtime_folder(state), state / "homes"))
    assert list(state.iterdir()) == [] and not Path("/tmp/classhub-47190").exists()


@pytest.fixture
def clone(tmp_path):
    """A clone in which nobody started a hub yet: its state folder, not made."""
    (tmp_path / "Makefile").touch()
    return tmp_path / ".classhub"


def has_run(state):
    (state / "homes" / "alice").mkdir(parents=True)
    (state / "hub.json").touch()


def test_an_ordinary_user_is_told_to_start_it_as_root_only_where_that_works(clone):
    assert as_root(clone) == "start it as root: sudo make up"
    (clone / "homes").mkdir(parents=True)  # an `up` that was refused
    assert as_root(clone) == f"start it as root: sudo chown -hR root {clone} && sudo make up"
    has_run(clone)
    told = as_root(clone)
    assert "a hub belongs to one account, and this one is yours: go on alone" in told
    assert "sudo mkdir /srv/classhub && sudo tar" in told and "&& sudo make -C /srv/classhub up" in told


def refusal(state):
    with pytest.raises(OutsideFailed) as refused:
        ensure_folders(Paths(state, runtime_folder(state), state / "homes"))
    return refused.value.fix


@needs_root
def test_root_in_the_folder_of_a_users_trial_is_told_of_a_copy_and_the_copy_is_roots(clone, monkeypatch):
    has_run(clone)
    (clone.parent / "config").mkdir()
    (clone.parent / "config" / "config.yaml").touch()
    (clone.parent / "Makefile").write_text('up:\n\t@echo "$(CURDIR) comes up"\n')
    for path in (clone.parent, *clone.parent.rglob("*")):
        os.chown(path, 47190, 47190)
    fix = refusal(clone)
    assert fix.startswith(
        "start it as uid 47190 (sudo -u '#47190' classhub up), or start a copy of this folder as root"
    )
    copy = clone.parent.with_name("a copy")
    command = fix.partition("\n")[2].replace("/srv/classhub", f"'{copy}'")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert f"\n{copy} comes up\n" in done.stdout
    assert {path.name for path in copy.rglob("*")} == {"Makefile", "config", "config.yaml"}
    assert {path.stat().st_uid for path in copy.rglob("*")} == {0}
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=False).returncode, "never over another hub"


@needs_root
def test_a_hub_of_roots_that_was_copied_is_handed_over_by_what_one_refusal_says(clone):
    has_run(clone)
    (clone / "homes" / "alice" / "work").touch()
    (clone / "uids.json").write_text('{"alice": 50001, "bob": 50002}')
    for path in (clone, *clone.rglob("*")):
        os.chown(path, 47190, 47190)
    subprocess.run(["sh", "-ec", refusal(clone).partition(":\n")[2]], check=True)
    ensure_folders(Paths(clone, clone.parent / "run", clone / "homes"))
    assert {path.stat().st_uid for path in (clone, clone / "hub.json", clone / "homes")} == {0}
    assert {path.stat().st_uid for path in (clone / "homes").rglob("*")} == {50001}
