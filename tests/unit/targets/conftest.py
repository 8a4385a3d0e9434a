"""A deployment's folders, empty."""

from pathlib import Path

import pytest

from classhub.targets.local.paths import Paths, ensure_folders


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "run").mkdir(mode=0o700)
    made = Paths(tmp_path / ".classhub", tmp_path / "run" / "x", tmp_path / ".classhub" / "homes")
    ensure_folders(made)
    return made
