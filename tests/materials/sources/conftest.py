"""Situations: an instructor's repository, and the store that a course has in the mirror."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from classhub.materials.mirror.store import Store
from materials.sources.upstream import Upstream


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream.make(tmp_path / "upstream")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store" / "comp141")
    with made.locked():
        yield made
