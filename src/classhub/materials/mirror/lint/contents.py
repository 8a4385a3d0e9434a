"""What a file's text tells."""

import re
from collections.abc import Iterator

from classhub.materials.mirror.lint.given import Given, Remark
from classhub.materials.mirror.lint.notebook import sources

_SOLUTION = re.compile(r"^[ \t]*#+ *(BEGIN (?:HIDDEN TESTS|SOLUTION))", re.MULTILINE)
_ABSOLUTE = re.compile(r"""["'](?:/(?:home|Users|mnt|media)/[\w.-]+/|[A-Za-z]:(?:\\\\|\\|/)(?:Users|Documents)\b)""")


def conflict_markers(given: Given) -> Iterator[Remark]:
    for path, text in given.texts.items():
        if "<<<<<<< " in text and (line := _conflict(text)):
            reason = "A merge was left half done in it (<<<<<<<)."
            yield Remark("error", "conflict-markers", path, reason, "Choose one of the two versions.", line)


def _conflict(text: str) -> int:
    """The line of the first of three markers that follow each other; 0 without. In a notebook they are lines of its JSON, too."""
    began, is_halfway = 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("<<<<<<< "):
            began, is_halfway = number, False
        elif line == "=======" and began:
            is_halfway = True
        elif line.startswith(">>>>>>> ") and is_halfway:
            return began
    return 0


def solution_inside(given: Given) -> Iterator[Remark]:
    for path, text in given.texts.items():
        if "BEGIN " not in text or given.is_timed(path):
            continue
        notebook = given.notebooks.get(path)
        found = next(filter(None, map(_SOLUTION.search, sources(notebook) if notebook else [text])), None)
        if found:
            reason = f"It is the instructor's version: it has a part marked {found[1]}."
            yield Remark(
                "error", "solution-inside", path, reason, "Hand out the version that nbgrader makes for students."
            )


def absolute_path(given: Given) -> Iterator[Remark]:
    for path, code in given.code.items():
        if found := _ABSOLUTE.search(code):
            reason = f"It names a path of one machine: {found[0][1:]}..."
            yield Remark(
                "warning", "absolute-path", path, reason, 'Name it from the file itself, as "data/rainfall.csv".'
            )
