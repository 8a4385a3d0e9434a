"""Who has which release of a course, who is behind, whose copy has both versions, and who never synced. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.errors import ClasshubError


@dataclass(frozen=True)
class Student:
    name: str
    state: str
    """"up to date", "behind", "conflicts", "failed" or "never"."""
    release: str
    when: str
    """ISO 8601; empty: never."""
    says: str
    """What the student was told, or why it failed."""


ORDER = ("failed", "conflicts", "behind", "never", "up to date")
"""What needs somebody comes first."""


def students(told: Mapping[str, Any], users: Iterable[str]) -> list[Student]:
    """told: the mirror's status. users: of the hub, where everyone takes the course."""
    found = [_student(one) for one in told["students"]]
    known = {one.name for one in found}
    never = set(told.get("never", ())) | (set(users) if told.get("everyone") else set())
    found += [Student(name, "never", "", "", "") for name in never - known]
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.name))


def _student(raw: Mapping[str, Any]) -> Student:
    failed = raw["status"] in ("failed", "offline")
    state = "up to date"
    if failed:
        state = "failed"
    elif raw["conflicts"]:
        state = "conflicts"
    elif raw["is_behind"]:
        state = "behind"
    why = raw["error"].get("text", "") if failed else ""
    return Student(raw["name"], state, raw["release"], raw["when"], why or raw["message"])


def head(told: Mapping[str, Any]) -> list[str]:
    """What is out, and how the last look at the source went."""
    mirror = told.get("mirror", {})
    lines = [f"{told['course']}: release {told['release']}, {told['source']}, since {told['published']}."]
    if not told["release"]:
        lines = [f"{told['course']}: nothing is published yet."]
    if mirror.get("reason"):
        since = mirror.get("failing_since")
        lines.append(f"The source cannot be had{f' since {since}' if since else ''}: {mirror['reason']}")
    if held := mirror.get("held"):
        lines.append(f"Release {held['release']} waits for you: {held.get('why', '')}")
        lines.append(f"Next: `classhub course lint {told['course']}`, then `classhub course publish {told['course']}`.")
    if mirror.get("library"):
        lines.append(f"The library stays as it was: {mirror['library']}")
    return lines


def listed_users(api: Any) -> Sequence[str]:
    """Names of the hub's users; none where they cannot be asked."""
    try:
        with api as hub:
            return [str(user["name"]) for user in hub.users()]
    except ClasshubError:
        return ()
