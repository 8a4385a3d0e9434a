"""What a mirror tells beside manifests, parsed with a look at each part. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from classhub.materials.source import Offline

LARGEST = 32_000_000
"""Bytes of a manifest, and of each other list."""


def parsed(content: bytes) -> Any:
    """Of JSON. Raises Offline."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Offline("Where the material should be there is something else.") from error


def published(raw: Any) -> Mapping[str, frozenset[str]]:
    """By path all digests that were ever published. Raises Offline."""
    try:
        return {_text(path): frozenset(map(_text, digests)) for path, digests in raw.items()}
    except (AttributeError, TypeError) as error:
        raise Offline("The list of what was published is none.") from error


def tree(raw: Any) -> Mapping[str, str]:
    """By path the digest. Raises Offline."""
    try:
        return {_text(path): _text(digest) for path, digest in raw["files"].items()}
    except (AttributeError, LookupError, TypeError) as error:
        raise Offline("The list of a commit's files is none.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value
