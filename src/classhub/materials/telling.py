"""A sync in words: one line for the student, one for each reason. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from classhub.materials.result import Item

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EACCES: "its permissions do not allow it",
    errno.EPERM: "its permissions do not allow it",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk has an error",
    errno.ENAMETOOLONG: "the name is too long for this disk",
    errno.EINVAL: "this disk cannot hold the name",
    errno.EILSEQ: "this disk cannot hold the name",
    errno.EBUSY: "it is in use",
    errno.ESTALE: "the disk lost it for a moment",
}
COUNTED = (
    ("new", "new"),
    ("restored", "brought back"),
    ("updated", "updated"),
    ("merged", "merged with your changes"),
    ("removed", "removed"),
)
NOTHING_NEW = "Nothing new."
NOW_CALLED = "in the course it is now called "


def reason(error: OSError) -> str:
    return REASONS.get(error.errno or 0) or (error.strerror or type(error).__name__).lower()


def where(error: BaseException) -> str:
    """Of a mistake of ours: its kind and line, and nothing of what it was working on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} in {file}:{trace.tb_lineno}"


MORE = {"offline": "the rest follows when the course material can be reached", "budget": "more to come"}


def line(items: Iterable[Item], trouble: Mapping[str, str]) -> str:
    """As "3 new, 1 updated, kept your lab1 and put the new one beside"."""
    items = list(items)
    more = MORE.get(trouble.get("code", ""))
    counts = Counter(item.action for item in items)
    parts = [f"{counts[action]} {words}" for action, words in COUNTED if counts[action]]
    parts += _beside([item for item in items if item.action == "beside"])
    parts += _aside([item for item in items if item.action == "aside"])
    parts += _renamed(items)
    parts += _blocked([item for item in items if item.action == "blocked"])
    parts += [more] if more else []
    return ", ".join(parts) or NOTHING_NEW


def _renamed(items: Sequence[Item]) -> list[str]:
    """Whoever had it, edited or not, looks for it under its old name."""
    found = [(item.path, item.why[len(NOW_CALLED) :]) for item in items if item.why.startswith(NOW_CALLED)]
    said = [f"{_short(old)} is now called {_short(new)}" for old, new in found[:3]]
    return said + ([f"{len(found) - 3} more have other names"] if len(found) > 3 else [])


def _beside(items: Sequence[Item]) -> list[str]:
    if not items:
        return []
    return [f"kept your {_names(items)} and put the new {'one' if len(items) == 1 else 'ones'} beside"]


def _aside(items: Sequence[Item]) -> list[str]:
    back = [item for item in items if item.where == item.path]
    moved = [item for item in items if item.where != item.path]
    parts = [f"kept your own {_names(back)}"] if back else []
    if len(moved) == 1:
        return [*parts, f"your own {_short(moved[0].path)} is now {_printable(moved[0].where.rpartition('/')[2])}"]
    return [*parts, f"moved your own {_names(moved)} to new names"] if moved else parts


def _blocked(items: Sequence[Item]) -> list[str]:
    return [f"{_names(items)} could not be brought: {items[0].why}"] if items else []


def _names(items: Sequence[Item]) -> str:
    shown = [_short(item.path) for item in items[:3]]
    if len(items) > 3:
        return ", ".join(shown) + f" and {len(items) - 3} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _short(path: str) -> str:
    name = path.rpartition("/")[2]
    return _printable(name[: -len(".ipynb")] if name.endswith(".ipynb") else name)


def _printable(name: str) -> str:
    """A name that cannot be written in text is shown with question marks."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)
