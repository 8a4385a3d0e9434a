"""What the rules say of a release, as the mirror tells it: counted, and in a line each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from classhub.materials.mirror.lint.given import in_a_line

Told = Mapping[str, Any]


def errors(told: Iterable[Told]) -> list[Told]:
    return [one for one in told if one["severity"] == "error"]


def line(one: Told) -> str:
    place = f"{one['path']}:{one['line']}" if one.get("line") else one["path"]
    return in_a_line(f"{one['severity']} {one['rule']} {f'{place}: ' if place else ''}{one['reason']}")


def counted(told: Iterable[Told]) -> str:
    """As "2 errors and 1 warning"; empty without any."""
    kinds = [one["severity"] for one in told]
    found = ((kinds.count(kind), kind) for kind in ("error", "warning"))
    return " and ".join(f"{count} {kind}{'' if count == 1 else 's'}" for count, kind in found if count)
