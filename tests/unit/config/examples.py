"""The chart's own data in ../shared/z2jh: 142 pairs of values and traits, defaults, schema. Tests skip without it."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "z2jh"
PAIRS = sorted(path.stem for path in (SHARED / "values").glob("*.json"))
TAG = "set-by-chartpress"
"""What the pairs have for tags of the chart's own images."""


def needs_shared(test: Any) -> Any:
    """Marks the test, and skips it with a reason where the data is missing."""
    skip = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the examples are not here: {SHARED}")
    return pytest.mark.shared(skip(test))


def shared(name: str) -> Any:
    return json.loads((SHARED / f"{name}.json").read_text())
