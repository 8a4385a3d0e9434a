"""Names: those that are never delivered, and those given to copies that lie beside a student's file.

Student's side: standard library only, Python 3.9. A name is bytes, as in git; in text it is decoded with surrogateescape.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator

TEMPORARY = b".classhub-"
"""Begin of the names of files that are still being written; whoever holds a course's lock may remove them."""

STATE = ".classhub"
LONGEST = 255
"""Bytes in one name on every file system that matters."""

INVISIBLE = dict.fromkeys(
    map(ord, "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u206a\u206b\u206c\u206d\u206e\u206f\ufeff")
)
"""Characters that macOS leaves out of names, so that ".g\\u200cit" would be .git there."""


_PART = r"[a-fh-zA-FH-Z0-9](?:[A-Za-z0-9_ .-]{0,100}[A-Za-z0-9])?(?<!(?i:\.jupyterlab-workspace))"
PLAIN = re.compile(f"(?:{_PART}/)*{_PART}")
"""Most paths: no rule is about them, and a look at each part would take a good part of a first delivery."""


def to_bytes(path: str) -> bytes:
    """Raises UnicodeEncodeError for a path that no disk can hold."""
    return path.encode("utf-8", "surrogateescape")


def to_text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def why_not(path: str) -> str:
    """Why a path is not delivered, for a person; "" if it is."""
    return "" if PLAIN.fullmatch(path) else refused(path) or clutter(path)


def refused(path: str) -> str:
    """Why a path must not be written by anybody's release; "" if it may."""
    try:
        raw = to_bytes(path)
    except UnicodeEncodeError:
        return "the name has characters that no disk can hold"
    if b"\0" in raw:
        return "the name has a NUL"
    for part in raw.split(b"/"):
        why = _refused_part(part)
        if why:
            return why
    return ""


def _refused_part(part: bytes) -> str:
    if part in (b"", b".", b".."):
        return "the path leaves the course's folder"
    if len(part) > LONGEST:
        return "the name is longer than 255 bytes"
    if part[:1] not in b".gG" and part.isascii():
        return ""
    if part.startswith(TEMPORARY) or part.lower() == b".classhub":
        return "the name is one of ClassHub's own"
    return "the name is one that git takes for its own" if _is_git(part) else ""


def _is_git(part: bytes) -> bool:
    """Every spelling of .git on any disk: letter case, 8.3 names, dots and blanks at the end, streams, invisible signs."""
    text = to_text(part).translate(INVISIBLE).casefold().split(":")[0].rstrip(". ")
    return text in (".git", "git~1")


def refused_link(path: str, target: str) -> str:
    """Why a symbolic link must not be made; "" if its target stays inside the course's folder."""
    try:
        is_name = bool(target) and b"\0" not in to_bytes(target)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        return "the link leads nowhere"
    landing = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if target.startswith("/") or landing.split("/")[0] == "..":
        return "the link leads out of the course's folder"
    if _goes_down_and_up(target):
        return "the link goes into a folder and out of it again"
    if any(_is_git(part) for part in to_bytes(landing).split(b"/")):
        return "the link leads into .git"
    return ""


def _goes_down_and_up(target: str) -> bool:
    """What it goes into may be a link itself, and ".." then leads elsewhere than the names say."""
    parts = [part for part in target.split("/") if part not in ("", ".")]
    return ".." in parts[next((at for at, part in enumerate(parts) if part != ".."), len(parts)) :]


def clutter(path: str) -> str:
    """Why a path is nothing to hand out; "" if it is."""
    for part in path.lower().split("/"):
        why = CLUTTER.get(part) or _left_by_a_program(part)
        if why:
            return why
    return ""


CLUTTER = {
    ".ipynb_checkpoints": "a checkpoint of Jupyter's",
    ".ds_store": "made by macOS",
    "__pycache__": "made by Python",
}


def _left_by_a_program(name: str) -> str:
    if name.endswith("~") or name.startswith(".#") or (name[0:1] == "#" == name[-1:]):
        return "an editor's backup"
    if name.startswith(".") and name.endswith(".swp"):
        return "an editor's backup"
    return "a workspace of JupyterLab's" if name.endswith(".jupyterlab-workspace") else ""


def folded(path: str) -> str:
    """Equal for two paths that are one on a disk that does not tell letter case or unicode forms apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def beside(name: bytes, digest: str, count: int = 1) -> bytes:
    """Of the new version that lies beside a student's own. The same content has the same name."""
    return _tagged(name, ".new-" + digest[:7], count)


def aside(name: bytes, day: str, count: int = 1) -> bytes:
    """Of a student's own file that makes room; day as 2027-01-11."""
    return _tagged(name, ".mine-" + day, count)


def _tagged(name: bytes, tag: str, count: int) -> bytes:
    stem, extension = posixpath.splitext(name)
    tail = (tag if count == 1 else f"{tag}-{count}").encode() + extension[:100]
    room = LONGEST - len(tail)
    if len(stem) > room:
        # Cut between characters: half a character is no name for some disks.
        stem = stem[:room].decode("utf-8", "ignore").encode() or stem[:room]
    return stem + tail


def folder_beside(name: bytes, digest: str) -> bytes:
    """Of the folder for new files whose own place the student made a link."""
    return name[: LONGEST - 12] + b".new-" + digest[:7].encode()


def free_names(name: bytes, day: str) -> Iterator[bytes]:
    """Names to try for a student's own, the plain one first."""
    return (aside(name, day, count) for count in range(1, 1000))
