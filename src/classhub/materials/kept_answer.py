"""The last manifest that came over HTTP, so that a mirror need not send it again. Student's side: standard library, Python 3.9.

It is the manifest's own JSON with two keys more, and is believed only where its sum is right: it lies in a student's home.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from classhub.materials import own_file

LARGEST = 256 << 20
"""Bytes."""


def load(path: Path | None, url: str) -> tuple[str, bytes] | None:
    """ETag and manifest, as `save` was given them for this address."""
    try:
        content = (own_file.read(path, LARGEST) if path is not None else None) or b""
        raw = json.loads(content)
        etag, whole = raw["etag"], b"{" + content.partition(b"\n")[2]
        return (str(etag), whole) if raw["sum"] == _sum(url, etag, whole) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def save(path: Path | None, url: str, etag: str, manifest: bytes) -> None:
    """Without a word where that cannot be: it only saves a download."""
    if path is None or not etag or not manifest.startswith(b"{"):
        return
    head = json.dumps({"sum": _sum(url, etag, manifest), "etag": etag})[:-1] + ",\n"
    with suppress(OSError):
        own_file.write(path, head.encode() + manifest[1:])


def _sum(url: str, etag: str, manifest: bytes) -> str:
    return hashlib.sha256(json.dumps([url, etag]).encode() + manifest).hexdigest()
