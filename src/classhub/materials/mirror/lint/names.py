"""What a path alone tells."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from classhub.materials.mirror.lint.given import Given, Remark
from classhub.materials.names import folded

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SOLUTIONS = {"solution", "solutions", "soln", "solns", "answers", "answerkey", "rubric", "gradebook", "grades"}
_EXAMS = {"exam", "exams", "midterm", "midterms"}
_HARMLESS = {"practice", "sample", "review", "old", "past", "mock", "example", "guide", "prep"}
LARGE = 5_000_000


def solution_name(given: Given) -> Iterator[Remark]:
    for path in given.files:
        words = [word.lower() for word in _WORD.findall(path)]
        found = next((word for word in words if word in _SOLUTIONS), "") or _exam(words) or _key(path, words)
        if found and not given.is_timed(path):
            reason = f"Its name says {found}, and every student gets it."
            yield Remark(
                "error", "solution-name", path, reason, "Keep it elsewhere, or give it a release time as an assignment."
            )


def _exam(words: list[str]) -> str:
    return "" if _HARMLESS.intersection(words) else next((word for word in words if word in _EXAMS), "")


def _key(path: str, words: list[str]) -> str:
    """lab01_sol.ipynb, answer-key.pdf."""
    stem = path.rpartition("/")[2].partition(".")[0].lower()
    if re.search(r"[_-]sol$", stem):
        return "sol"
    return "answer key" if any(pair == ("answer", "key") for pair in pairwise(words)) else ""


def name_clash(given: Given) -> Iterator[Remark]:
    """Files and folders whose names are one to macOS and Windows."""
    for same in _folded(given).values():
        if len(same) > 1:
            first, *others = sorted(same)
            for other in others:
                reason = f"On some disks it is the same name as {first}."
                yield Remark(
                    "error", "name-clash", other, reason, "Rename one of the two, with its folder if that is it."
                )


def _folded(given: Given) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in given.files:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            part = "/".join(parts[:depth])
            found[folded(part)].add(part)
    return found


def non_ascii_name(given: Given) -> Iterator[Remark]:
    for path in given.files:
        if not path.isascii():
            reason = "Its name has letters beyond a to z, which some programs and links get wrong."
            yield Remark("warning", "non-ascii-name", path, reason, "Use plain letters, digits, - and _.")


def big_file(given: Given) -> Iterator[Remark]:
    for path, entry in given.files.items():
        if entry.size > LARGE:
            reason = f"It has {entry.size / 1e6:.0f} MB, and every student gets a copy."
            yield Remark(
                "warning", "big-file", path, reason, "Make it smaller, or put it into a folder that all can read."
            )
