"""Small files of ours in a student's state folder: written whole, and read without waiting for whatever has their name.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write(path: Path, text: str) -> None:
    """Beside it, then in its place. ASCII or UTF-8. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path, most: int) -> bytes | None:
    """None for what is no plain file of at most so many bytes: a pipe of that name would keep us waiting. Never raises."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= most else None
    except (OSError, ValueError):
        return None


def read_json(path: Path, most: int) -> dict[str, Any]:
    """Empty for what is no JSON object, or cannot be read."""
    try:
        found = json.loads(read(path, most) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
