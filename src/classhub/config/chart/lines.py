"""VERSION.keys as a tree of lines; a file that is based on another one changes that one's tree."""

import re
from pathlib import Path

_BASED_ON = re.compile(r"^based on: (.+)$", re.MULTILINE)
_ABBREVIATION = re.compile(r"^\{\{(.+?)\}\}: (.+)$\n", re.MULTILINE)


class Line:
    """What stands after a name's colon, and the lines indented below it."""

    __slots__ = ("below", "must", "rest")

    def __init__(self, rest: str = "", must: bool = False) -> None:
        self.rest = rest
        self.must = must
        self.below: dict[str, Line] = {}


def tree(version: str, tag: str) -> Line:
    """tag takes the place of {{chart}}."""
    texts = _texts(version)
    abbreviations = {"chart": tag}
    for text in texts:
        abbreviations.update(_ABBREVIATION.findall(text))
    root = Line()
    for text in texts:
        _read(_spelled_out(text, abbreviations), root)
    return root


def _spelled_out(text: str, abbreviations: dict[str, str]) -> str:
    text = _ABBREVIATION.sub("", text)
    for name, value in abbreviations.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _texts(version: str) -> list[str]:
    """Of the version and of all that it is based on; those first."""
    text = (Path(__file__).parent / f"{version}.keys").read_text(encoding="utf-8")
    based_on = _BASED_ON.search(text)
    if based_on is None:
        return [text]
    return [*_texts(based_on[1]), text.replace(based_on[0], "")]


def _read(text: str, root: Line) -> None:
    stack = [(-1, root)]
    for line in text.splitlines():
        bare = line.lstrip()
        if not bare or bare[0] == "#":
            continue
        indent = len(line) - len(bare)
        while stack[-1][0] >= indent:
            stack.pop()
        name, _, rest = bare.partition(":")
        stack.append((indent, _put(stack[-1][1], name, rest.strip())))


def _put(parent: Line, name: str, rest: str) -> Line:
    bare = name.rstrip("!")
    line = parent.below.get(bare)
    if rest == "gone":
        return parent.below.pop(bare)
    if line is None:
        line = parent.below[bare] = Line(rest, bare != name)
    elif rest.startswith("="):
        line.rest = f"{line.rest.partition(' = ')[0]} {rest}"
    elif rest:
        line.rest = rest
    return line
