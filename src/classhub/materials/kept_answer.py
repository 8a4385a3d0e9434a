"""The last manifest that came over HTTP, so that a mirror need not send it again. Student's side: standard library, Python 3.9.

It is the manifest's own JSON with two keys more, and is believed only where its sum is right: it lies in a student's home.
"""
# ruff: noqa: PTH105, PTH108

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path


def load(path: Path | None, url: str) -> tuple[str, bytes] | None:
    """ETag and manifest, as `save` was given them for this address."""
    try:
        content = path.read_bytes() if path is not None else b""
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
    temporary = f"{path}.{os.urandom(6).hex()}"
    with suppress(OSError):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(head.encode() + manifest[1:])
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)


def _sum(url: str, etag: str, manifest: bytes) -> str:
    return hashlib.sha256(json.dumps([url, etag]).encode() + manifest).hexdigest()
