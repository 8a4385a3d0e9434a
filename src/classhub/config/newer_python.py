"""Python that only a newer release can read: what came with 3.12, 3.13 and 3.14, written as an older one reads it.

Nothing is run. Where the rewritten text can be parsed, it is not a mistake that stopped the parser, but our age.
"""

import re
import sys
import warnings
from collections.abc import Callable

from classhub.config.chart.upgrade import order

Version = tuple[int, int]
OURS: Version = (sys.version_info.major, sys.version_info.minor)


def of_chart(chart: str) -> Version:
    """Of the chart's hub image (facts/z2jh.md section 1)."""
    release = order(chart)
    return (3, 14) if release >= (5, 0, 0) else (3, 12) if release >= (4, 0, 0) else (3, 11)


def is_read_by(source: str, theirs: Version, ours: Version = OURS) -> bool:
    """Whether `theirs` can read what `ours` cannot, as far as it is a matter of their age."""
    try:
        older = _older(source, theirs, ours)
        with warnings.catch_warnings(action="ignore"):
            compile(older, "hub.extraConfig", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return older != source


def _older(source: str, theirs: Version, ours: Version) -> str:
    for since, rewrite in _REWRITES:
        if ours < since <= theirs:
            source = rewrite(source)
    return source


_TEXT = re.compile(r"""(?i)\#[^\n]*|(?<![\w'"])(?P<prefix>[rbuft]{0,2})(?P<quote>'''|\"{3}|'|")""")
"""A comment, or the beginning of a text."""


def _without_f_strings(source: str, letter: str = "f") -> str:
    """Each f-string becomes an empty text: 3.12 allows quotes, backslashes and comments within its braces."""
    parts, start = [], 0
    while found := _TEXT.search(source, start):
        end = _end(source, found)
        if end is None:
            break
        is_meant = found["quote"] and letter in found["prefix"].lower()
        parts += [source[start : found.start()], '""'] if is_meant else [source[start:end]]
        start = end
    return "".join([*parts, source[start:]])


def _end(source: str, found: re.Match[str]) -> int | None:
    """Behind the closing quote, or the comment; None where nothing closes it."""
    quote, at, depth = found["quote"], found.end(), 0
    if not quote:
        return at
    has_braces = bool({"f", "t"} & set(found["prefix"].lower()))
    while at < len(source):
        if depth == 0 and source.startswith(quote, at):
            return at + len(quote)
        if depth and (inner := _TEXT.match(source, at)):
            end = _end(source, inner)
            if end is None:
                return None
            at = end
        elif has_braces and depth == 0 and source[at : at + 2] in ("{{", "}}"):
            at += 2
        else:
            depth += has_braces * ((source[at] == "{") - (source[at] == "}" and depth > 0))
            at += 2 if source[at] == "\\" and depth == 0 else 1
    return None


def _without_types(source: str) -> str:
    """`type X = int` becomes an assignment, and `def f[T](a)` and `class A[T]` lose their brackets."""
    source = re.sub(r"(?m)^(\s*)type\s+(\w+)\s*(\[[^\]\n]*\])?\s*=", r"\1\2 =", source)
    return re.sub(r"(?m)^(\s*(?:async\s+)?(?:def|class)\s+\w+)\s*\[[^\]\n]*\]", r"\1", source)


def _bracketed(source: str) -> str:
    """`except A, B:` as it was written before 3.14."""
    return re.sub(r"(?m)^(\s*except\*?\s+)([\w.]+(?:\s*,\s*[\w.]+)+)\s*:", r"\1(\2):", source)


_REWRITES: tuple[tuple[Version, Callable[[str], str]], ...] = (
    ((3, 12), _without_f_strings),
    ((3, 12), _without_types),
    ((3, 14), lambda source: _without_f_strings(source, "t")),
    ((3, 14), _bracketed),
)
