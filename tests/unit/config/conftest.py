"""Situations: deployment folders with one thing or another in them."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def folder_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes config/ with these files (name to content) and goes to where it lies; config.yaml is empty if not given."""

    def make(files: dict[str, str | bytes] | None = None) -> Path:
        folder = tmp_path / "config"
        for name, content in {"config.yaml": "", **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            path.chmod(0o600)
        monkeypatch.chdir(tmp_path)
        return folder

    return make
