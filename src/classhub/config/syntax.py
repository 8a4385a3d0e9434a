"""PyYAML's complaints in an admin's words. Nothing here repeats what the file says: it may be a secret."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from classhub.config.compose import Trouble

Tokens = Callable[[], Iterable[Any]]
"""Scans the text again, up to the error."""


def explain(error: Any, text: str, tokens: Tokens) -> Trouble:
    """error: a yaml.MarkedYAMLError. tokens: to look for a quote left open."""
    lines = text.split("\n")
    problem = _spot(error.problem_mark) or _spot(error.context_mark) or (1, 1)
    context = _spot(error.context_mark) or problem
    words = f"{error.context or ''}: {error.problem or ''}"
    line = lines[problem[0] - 1] if problem[0] <= len(lines) else ""
    return (
        _tab(problem, line)
        or _quote(words, context, problem, line, tokens)
        or _first_character(words, context, problem, line)
        or _colon(words, context, problem, line)
        or _bracket(words, context)
        or _indentation(words, problem, line)
        or _unknown(error, problem)
    )


def _spot(mark: Any) -> tuple[int, int] | None:
    return (mark.line + 1, mark.column + 1) if mark is not None else None


def _tab(problem: tuple[int, int], line: str) -> Trouble | None:
    indentation = line[: len(line) - len(line.lstrip())]
    here = line[problem[1] - 1 : problem[1]]
    if "\t" not in indentation and here != "\t":
        return None
    column = (indentation.index("\t") if "\t" in indentation else problem[1] - 1) + 1
    fix = "Replace the tab by spaces, two for each level, and set your editor to do so."
    return Trouble(problem[0], column, "A tab is used where YAML allows spaces only.", "", fix, "CH1102")


def _quote(words: str, context: tuple[int, int], problem: tuple[int, int], line: str, tokens: Tokens) -> Trouble | None:
    why = "Everything up to the next quote is taken as its text."
    if "quoted scalar" in words and "escape" in words:
        fix = "Use single quotes ('...'), where a backslash is just a backslash, or write it twice."
        at_letter = line[problem[1] - 2 : problem[1] - 1] == "\\"  # as the pure Python parser marks it
        return Trouble(
            problem[0],
            problem[1] - at_letter,
            "This backslash sequence has no meaning between double quotes.",
            "",
            fix,
            "CH1105",
        )
    start = context if "quoted scalar" in words else _open_quote(problem, tokens)
    if start is None:
        return None
    return Trouble(
        *start,
        "The quote that opens here is not closed.",
        why,
        "Add the closing quote at the end of the text.",
        "CH1104",
    )


def _open_quote(problem: tuple[int, int], tokens: Tokens) -> tuple[int, int] | None:
    """A text over several lines that ends right before the problem was most likely closed by the next text's quote."""
    import yaml

    found = None
    try:
        for token in tokens():
            end = _spot(token.end_mark) or (0, 0)
            if end > problem:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                start = _spot(token.start_mark) or end
                found = start if start[0] < end[0] == problem[0] else None
    except yaml.YAMLError:
        pass  # The error that is being explained, met again.
    return found


_FIRST = {
    "*": "YAML takes * at the start of a value for the name of an anchor; a mark like ***X*** left by hand is one too.",
    "&": "YAML takes & at the start of a value for the name of an anchor.",
    "!": "YAML takes ! at the start of a value for a tag.",
    "%": "YAML takes % at the start for a directive.",
    "@": "YAML keeps @ for itself.",
    "`": "YAML keeps ` for itself.",
    "|": "A text block starts with | alone on the rest of its line.",
    ">": "A text block starts with > alone on the rest of its line.",
    "-": "YAML takes a - and a space for an item of a list, which needs a line of its own.",
    "?": "YAML takes a ? and a space for a key.",
}
_FIRST_WORDS = re.compile(
    "scanning an alias|scanning an anchor|a tag|directive|cannot start any token|block scalar|(keys|entries) are not allowed"
)


def _first_character(words: str, context: tuple[int, int], problem: tuple[int, int], line: str) -> Trouble | None:
    if not _FIRST_WORDS.search(words):
        return None
    at = context if context[0] == problem[0] else problem
    character = line[at[1] - 1 : at[1]]
    if character not in _FIRST:
        return None
    message = f"A value cannot start with {character} like this."
    fix = (
        "Write the value itself, in quotes if it starts with *."
        if character == "*"
        else "If it is text, put it in quotes."
    )
    return Trouble(*at, message, _FIRST[character], fix, "CH1106")


def _colon(words: str, context: tuple[int, int], problem: tuple[int, int], line: str) -> Trouble | None:
    if "could not find expected ':'" in words:
        fix = "Write `key: value`, with a space after the colon, or `- value` for an item of a list."
        return Trouble(*context, "This line is neither `key: value` nor an item of a list.", "", fix, "CH1107")
    if "mapping values are not allowed" not in words:
        return None
    before = line[: problem[1] - 1]
    if re.search(r":\s", before):
        message = "There is a second colon in this line."
        return Trouble(*problem, message, "A colon and a space begin a value.", "Put the value in quotes.", "CH1107")
    column = len(line) - len(line.lstrip()) + 1
    why = "The line above already ended with a value, or has no colon."
    fix = "Start the line in the same column as its neighbours, or give the line above its colon."
    return Trouble(problem[0], column, "This key stands where none can be.", why, fix, "CH1103")


def _bracket(words: str, context: tuple[int, int]) -> Trouble | None:
    for kind, bracket, end in (("flow sequence", "[", "]"), ("flow mapping", "{", "}")):
        if kind in words:
            fix = f"Add the missing {end}, or the comma between two items."
            return Trouble(*context, f"The bracket {bracket} that opens here is not closed.", "", fix, "CH1108")
    return None


def _indentation(words: str, problem: tuple[int, int], line: str) -> Trouble | None:
    if not re.search("expected key|expected '-' indicator|expected <block end>|not allowed in this context", words):
        return None
    if line.lstrip().startswith("- ") and "block mapping" in words:
        message = "An item of a list stands here among keys."
        fix = "Indent it below the key it belongs to."
    elif line.lstrip().startswith(":"):
        message, fix = "The key before this colon is missing.", "Write it, or delete the line."
    else:
        message = f"The indentation does not fit: this line starts in column {len(line) - len(line.lstrip()) + 1}."
        fix = "Start it in the same column as the lines it belongs with."
    return Trouble(*problem, message, "Which key a line belongs to is told by its column alone.", fix, "CH1103")


def _unknown(error: Any, problem: tuple[int, int]) -> Trouble:
    what = re.sub(r"[^a-z<> ].*", "", str(error.problem or "")).strip()
    message = f"This is not YAML: {what}." if what else "This is not YAML."
    return Trouble(
        *problem, message, "", "Compare the line with its neighbours; quotes around the value often help.", "CH1199"
    )
