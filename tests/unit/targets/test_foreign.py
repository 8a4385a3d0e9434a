"""Root and another account's hub."""

import os
from pathlib import Path

import pytest

from classhub.errors import OutsideFailed, Refused
from classhub.targets.local.paths import Paths, ensure_folders, refuse_foreign, runtime_folder


def test_root_finds_the_hub_of_an_ordinary_user_and_does_not_change_it(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root sees another's hub")
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
