"""Read one YAML file as Helm reads it. What is wrong with it becomes findings, whatever its bytes are."""

import stat
from pathlib import Path
from typing import Any

from classhub.config.compose import Composer, Hopeless, Trouble
from classhub.config.document import Document
from classhub.config.syntax import explain
from classhub.errors import Finding

LARGEST = 1024 * 1024
"""Bytes. A Kubernetes Secret, where the chart keeps the values, holds no more."""


def read(path: Path, shown: str, mistakes: list[Finding]) -> Document | None:
    """The file, or None if nothing of it can be used. Whatever is wrong is added to mistakes under the name `shown`."""
    try:
        data = _bytes(path)
    except OSError as error:
        mistakes.append(_unreadable(error, shown))
        return None
    except ValueError as error:
        mistakes.append(Finding("error", shown, 0, 0, str(error), "", "Put a plain file in its place.", "CH1002"))
        return None
    if len(data) > LARGEST:
        mistakes.append(_too_large(path, shown))
        return None
    return parse(data, shown, mistakes)


def _bytes(path: Path) -> bytes:
    """At most one byte more than allowed. Raises ValueError for what is no file: opening a pipe would wait for ever."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise ValueError("This is a folder; a file is needed.")
    if not stat.S_ISREG(mode):
        raise ValueError("This is a device, a pipe or a socket; a file is needed.")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _unreadable(error: OSError, shown: str) -> Finding:
    if isinstance(error, FileNotFoundError):
        return Finding(
            "error", shown, 0, 0, "The file does not exist.", "", "Create it, or take its name out.", "CH1001"
        )
    if isinstance(error, PermissionError):
        why, fix = "It belongs to somebody else, or its mode forbids it.", f"ls -l {shown}, then chown or chmod u+r it."
        return Finding("error", shown, 0, 0, "You may not read this file.", why, fix, "CH1001")
    reason = error.strerror or "unknown reason"
    return Finding("error", shown, 0, 0, f"The file cannot be read: {reason}.", "", f"ls -l {shown}", "CH1001")


def _too_large(path: Path, shown: str) -> Finding:
    size = path.stat().st_size / LARGEST
    why = "A Kubernetes Secret, where the chart keeps these values, holds no more."
    fix = "Take out what is large: course material belongs in material/, programs in the image."
    return Finding("error", shown, 0, 0, f"The file has {size:.1f} MiB; 1 MiB is the most.", why, fix, "CH1003")


def parse(data: bytes, shown: str, mistakes: list[Finding]) -> Document | None:
    """The same for bytes at hand. An empty file is an empty mapping."""
    troubles: list[Trouble] = []
    text = _text(data, troubles)
    document = _document(text, shown, troubles) if text is not None else None
    mistakes.extend(Finding("error", shown, *trouble) for trouble in troubles)
    return document


def _text(data: bytes, troubles: list[Trouble]) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        fix = "Save it as UTF-8 in your editor, or: iconv -f latin1 -t utf-8 OLD > NEW"
        message = "The file is not UTF-8 text from here on."
        troubles.append(Trouble(*_spot(before), message, "Helm reads nothing else.", fix, "CH1004"))
        return None
    found = _forbidden(text)
    if found is not None:
        message = f"The character number {ord(text[found])} (a control character) stands here."
        why = "YAML does not allow it; it often comes in by copying from a terminal or a PDF."
        troubles.append(Trouble(*_spot(text[:found]), message, why, "Delete it.", "CH1005"))
        return None
    return text


def _spot(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _forbidden(text: str) -> int | None:
    """Index of the first character that YAML forbids."""
    import re

    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return found.start() if found else None


def _document(text: str, shown: str, troubles: list[Trouble]) -> Document | None:
    import yaml  # late: a quarter of the command line's start

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = Composer()
    try:
        composer.feed(yaml.parse(text, Loader=loader))
    except Hopeless:
        return None
    except yaml.MarkedYAMLError as error:
        composer.troubles.append(explain(error, text, lambda: yaml.scan(text, Loader=loader)))
        return None
    except yaml.YAMLError:
        composer.troubles.append(
            Trouble(1, 1, "This is not YAML.", "", "Compare it with `classhub init`'s example.", "CH1199")
        )
        return None
    finally:
        troubles.extend(composer.troubles)
    return _mapping(composer, shown, troubles)


def _mapping(composer: Composer, shown: str, troubles: list[Trouble]) -> Document | None:
    root = composer.root
    if root is None or (root.value is None and root.items is None):
        return Document(shown)
    if root.entries is None:
        why = "The top of the file must be lines of the form `key: value`."
        fix = "Write a colon and a space after each key, and no `- ` before the outermost ones."
        troubles.append(Trouble(root.line, root.column, "This file is not a mapping.", why, fix, "CH1116"))
        return None
    return Document(shown, root.value, root)
