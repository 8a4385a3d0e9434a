"""Paths of the source that are in no release: each says why."""

from collections.abc import Iterator

from classhub.materials.mirror.lint.given import Given, Remark

_FIXES = {
    "refused-name": "Give it another name.",
    "escaping-link": "Put the file itself in the link's place.",
    "submodule": "Copy its files into the repository.",
    "lfs-pointer": "Push the file: git lfs push --all origin. Or keep it in git itself.",
    "special-file": "Take it out.",
    "too-large": "Put it where students can download it, and name the address.",
    "unreadable": "Let the hub's account read it: chmod o+r, and o+x for folders.",
    "clutter": "Take it out, and list it in .gitignore.",
}
_WARNINGS = ("clutter",)


def left(given: Given) -> Iterator[Remark]:
    for path, what in given.left.items():
        severity = "warning" if what.rule in _WARNINGS else "error"
        yield Remark(
            severity, what.rule, path, f"It is not handed out. {what.why}", _FIXES.get(what.rule, "Take it out.")
        )
