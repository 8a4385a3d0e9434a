"""A deployment folder and the in-memory target on it."""

from pathlib import Path

import pytest

from doubles.target_memory import MemoryTarget

CONFIG = """\
hub:
  config:
    Authenticator:
      admin_users: [rk@college.edu]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """config/ with one admin and nothing else."""
    made = tmp_path / "config"
    made.mkdir()
    (made / "config.yaml").write_text(CONFIG)
    return made


@pytest.fixture
def target(folder: Path) -> MemoryTarget:
    return MemoryTarget(folder)
