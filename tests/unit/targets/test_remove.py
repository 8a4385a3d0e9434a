"""`remove` never takes a home, wherever homes lie or once lay."""

import pytest

from classhub.targets.local.paths import Paths, ensure_folders
from classhub.targets.local.stopping import remove_state


@pytest.mark.parametrize("now", ["homes", "students", "data/homes", "../elsewhere", "logs/homes"])
def test_homes_of_now_and_of_before_stay(tmp_path, now):
    state = tmp_path / ".classhub"
    (tmp_path / "run").mkdir(mode=0o700)
    (state / now).mkdir(parents=True)
    paths = Paths(state, tmp_path / "run" / "x", (state / now).resolve())
    for homes in (state / "homes", state / "students", paths.homes):
        (homes / "alice").mkdir(parents=True, exist_ok=True)
        (homes / "alice" / "work").write_text("mine")
    (state / "hub.json").write_text("{}")
    (state / "uids.json").write_text("{}")
    remove_state(paths, lambda sentence: None)
    for homes in (state / "homes", state / "students", paths.homes):
        assert (homes / "alice" / "work").read_text() == "mine"
    assert not (state / "hub.json").exists() and (state / "uids.json").exists()


def test_all_folders_of_ours_go(tmp_path):
    state = tmp_path / ".classhub"
    (tmp_path / "run").mkdir(mode=0o700)
    paths = Paths(state, tmp_path / "run" / "x", state / "homes")
    ensure_folders(paths)
    remove_state(paths, lambda sentence: None)
    assert [path.name for path in state.iterdir()] == ["homes"]
