"""A key whose parent line is still a comment, so that it stands in something else: `#local:` above `  port: 8001`."""

import re
from collections.abc import Callable
from dataclasses import replace

from classhub.errors import Finding

_CODES = ("CH1103", "CH1201", "CH1302", "CH1901")
"""What such a key looks like: it fits nowhere, or is unknown where it stands."""
MOST_LOOKED_UP = 100
"""Findings of a look, and lines above each."""
_HIDDEN = re.compile(r"(?P<before> *)#(?P<after> *)(?P<name>[A-Za-z_][\w.-]*):\s*(#.*)?$")


def told(findings: list[Finding], text: Callable[[str], str]) -> list[Finding]:
    """With the cause, of those that have this one. text: of a file, by its name in the findings."""
    lines: dict[str, list[str]] = {}
    found, left = [], MOST_LOOKED_UP
    for finding in findings:
        if finding.code not in _CODES or finding.column < 2 or not left:
            found.append(finding)
            continue
        left -= 1
        if finding.file not in lines:
            lines[finding.file] = text(finding.file).split("\n")
        found.append(_with_parent(finding, lines[finding.file]))
    return found


def _with_parent(finding: Finding, lines: list[str]) -> Finding:
    hidden = parent_above(lines, finding.line, finding.column - 1)
    if hidden is None:
        return finding
    line, name = hidden
    message = f"{finding.message} Its parent line, {name}: in line {line}, is still a comment."
    fix = f"Take the # in line {line} away too: {name}:"
    return replace(finding, message=message, fix=fix, edit=None)


def parent_above(lines: list[str], line: int, indent: int) -> tuple[int, str] | None:
    """Line, from 1, and name of a commented key that would hold what stands in `line`, so far in."""
    for number in range(min(line, len(lines)) - 1, max(line - MOST_LOOKED_UP, 0), -1):
        above = lines[number - 1]
        hidden = _HIDDEN.match(above)
        if hidden and len(hidden["before"]) + max(len(hidden["after"]) - 1, 0) < indent:
            return number, hidden["name"]
        bare = above.strip()
        if bare and not bare.startswith("#") and len(above) - len(above.lstrip()) < indent:
            return None
    return None
