"""Failures in the hub's log without the values that they quote: hub.extraConfig may have set any trait to a secret."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "********"
_TRAIT = re.compile(
    r"((?:The '(\w+)' trait\b|trait of|trait contains).*?expected .*?, not (?:the|an?) (\w+)) (.+?)(\.?)$", re.DOTALL
)
_WITHIN = re.compile(r"'(\w+)' trait\b.*?, but a value of (.+) (<class '[\w.]+'>) was specified", re.DOTALL)
_TELLS = re.compile(r"secret|pass|pwd|token|credential|key|consumer|url|environment|args|cmd|command", re.IGNORECASE)
_PLAIN = re.compile(r"'[a-z]{0,12}'|-?\d{1,6}|True|False|None|\[\]|\{\}")
"""What helps who made the mistake, and tells nobody anything."""
_TELLING = 6


def of_trait(message: str) -> str:
    """traitlets' sentence about a wrong type; the value stays where it is short and plain, and the name innocent."""
    if found := _WITHIN.search(message):
        return f"{message[: found.start(2)]}{message[found.start(3) :]}"
    found = _TRAIT.search(message)
    if not found or (_PLAIN.fullmatch(found[4]) and not _TELLS.search(found[2] or "")):
        return message
    return message[: found.end(3)] + found[5]


def of_snippet(message: str, source: str, values: Mapping[str, Any]) -> str:
    """What a snippet's failure says, without texts of the values and of its own that may be secret."""
    known = {text for text in (*_leaves(values), *_literals(source)) if len(text) >= _TELLING}
    for text in sorted((one for one in known if not re.fullmatch(r"[a-z_.]+", one)), key=len, reverse=True):
        message = message.replace(text, MASK)
    return message


def _leaves(value: Any) -> Iterator[str]:
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _leaves(inner)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _literals(source: str) -> Iterator[str]:
    """Long ones with digits in them: a name or a sentence is none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and re.fullmatch(r"(?=\S*\d)\S{8,}", text):
            yield text
