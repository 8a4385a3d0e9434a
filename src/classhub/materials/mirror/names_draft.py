"""Stands in for materials/names.py, with its signatures."""

import posixpath
import unicodedata
from fnmatch import fnmatchcase

CLUTTER = {
    ".ipynb_checkpoints": "a checkpoint of Jupyter's",
    ".ds_store": "made by macOS",
    "__pycache__": "made by Python",
    "*~": "an editor's backup",
    ".*.swp": "an editor's backup",
    ".#*": "an editor's lock",
    "#*#": "an editor's backup",
    "*.jupyterlab-workspace": "a workspace of JupyterLab's",
}


def to_bytes(path: str) -> bytes:
    """Raises UnicodeEncodeError for a path that no disk can hold."""
    return path.encode("utf-8", "surrogateescape")


def to_text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def refused(path: str) -> str:
    """Why a path must not be written; "" if it may."""
    try:
        parts = to_bytes(path).split(b"/")
    except UnicodeEncodeError:
        return "the name has characters that no disk can hold"
    if b"\0" in b"/".join(parts):
        return "the name has a NUL"
    return next((why for part in parts if (why := _refused_part(part))), "")


def _refused_part(part: bytes) -> str:
    if part in (b"", b".", b".."):
        return "the path leaves the course's folder"
    if len(part) > 255:
        return "the name is longer than 255 bytes"
    if part.startswith(b".classhub-") or part.lower() == b".classhub":
        return "the name is one of ClassHub's own"
    return "the name is one that git takes for its own" if _is_git(part) else ""


def _is_git(part: bytes) -> bool:
    return to_text(part).casefold().split(":")[0].rstrip(". ") in (".git", "git~1")


def refused_link(path: str, target: str) -> str:
    """Why a symbolic link must not be made; "" if it stays inside."""
    if not target or "\0" in target:
        return "the link leads nowhere"
    landing = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if target.startswith("/") or landing.split("/")[0] == "..":
        return "the link leads out of the course's folder"
    return "the link leads into .git" if any(_is_git(part) for part in to_bytes(landing).split(b"/")) else ""


def clutter(path: str) -> str:
    """Why a path is nothing to hand out; "" if it is."""
    parts = path.lower().split("/")
    return next((why for part in parts for pattern, why in CLUTTER.items() if fnmatchcase(part, pattern)), "")


def folded(path: str) -> str:
    """Equal for two paths that are one on a disk that does not tell letter case or unicode forms apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
