"""A deployment folder's courses as the mirror is told of them: plain values for JSON, read by materials/mirror/settings.py."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classhub.config.model import Config, Course
from classhub.materials.links import repository_key


def mirror_settings(config: Config, store: Path, *, imports_here: bool) -> dict[str, Any]:
    """store: the folder of all releases. imports_here: students' kernels run on the mirror's interpreter."""
    return {
        "store": os.fspath(store),
        "imports_here": imports_here,
        "courses": [course_settings(one) for one in config.courses],
        "repositories": [repository_key(one) for one in config.settings.material_repositories],
    }


def course_settings(course: Course) -> dict[str, Any]:
    values = asdict(course)
    return {name: _plain(value) for name, value in values.items() if name not in ("raw", "timezone")}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return os.fspath(value) if isinstance(value, Path) else value
