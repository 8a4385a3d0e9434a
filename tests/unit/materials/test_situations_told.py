"""docs/explanation/material.md says what a student sees in each situation, and each line is kept by a test."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "explanation" / "material.md"


def told() -> list[str]:
    return re.findall(r"\| `(test_\w+)` \|$", PAGE.read_text(), re.MULTILINE)


def names_in(*files: Path) -> set[str]:
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)}


def test_each_line_has_a_test():
    there = names_in(*Path(__file__).parent.glob("test_*.py"), *(TESTS / "materials").rglob("test_*.py"))
    assert set(told()) <= there and len(told()) > 60


def test_each_situation_has_a_line():
    situations = names_in(Path(__file__).parent / "test_situations.py")
    assert situations <= set(told())
    assert len(told()) == len(set(told()))
