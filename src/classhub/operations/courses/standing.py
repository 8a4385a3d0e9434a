"""Who has which release of a course, who is behind, whose copy has both versions, and who never synced. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from classhub.errors import ClasshubError
from classhub.operations.courses import remarks


@dataclass(frozen=True)
class Student:
    name: str
    state: str
    """One of ORDER."""
    release: str
    when: str
    """ISO 8601; empty: never."""
    says: str
    """What the student was told, or why it failed."""


ORDER = ("failed", "conflicts", "behind", "moved aside", "never", "up to date")
"""What needs somebody comes first."""
SHOWN = 3
"""Errors of a release that are told before all else; the rest by `course lint`."""


def students(told: Mapping[str, Any], users: Mapping[str, str]) -> list[Student]:
    """told: the mirror's status. users: of the hub, as listed_users gives them; where everyone takes the course, each counts."""
    found = [_student(one) for one in told["students"]]
    known = {one.name for one in found}
    never = set(told.get("never", ())) | (set(users) if told.get("everyone") else set())
    found += [Student(name, "never", "", "", users.get(name, "")) for name in never - known]
    return sorted(found, key=lambda one: (_is_no_matter(one, users), ORDER.index(one.state), one.name))


def _is_no_matter(one: Student, users: Mapping[str, str]) -> bool:
    excuse = users.get(one.name, "")
    return excuse == "admin" or (one.state == "never" and bool(excuse))


def _student(raw: Mapping[str, Any]) -> Student:
    failed = raw["status"] in ("failed", "offline")
    state = "up to date"
    if failed:
        state = "failed"
    elif any(one["action"] != "aside" for one in raw["conflicts"]):
        state = "conflicts"
    elif raw["is_behind"]:
        state = "behind"
    elif raw["conflicts"]:
        state = "moved aside"
    why = raw["error"].get("text", "") if failed else ""
    return Student(raw["name"], state, raw["release"], raw["when"], why or raw["message"])


def head(told: Mapping[str, Any]) -> list[str]:
    """What is out, what is wrong with it, and how the last look at the source went."""
    course, mirror = told["course"], told.get("mirror", {})
    lines = [f"{course}: release {told['release']}, {told['source']}, since {local(told['published'])}."]
    if not told["release"]:
        lines = [f"{course}: nothing is published yet."]
    held = mirror.get("held")
    if is_earlier(told):
        forward = "" if held else f" To go forward again: `classhub course publish {course}`."
        lines.append(f"This is an earlier release; the newest is {told['newest']}.{forward}")
    if mirror.get("reason"):
        since = mirror.get("failing_since")
        lines.append(f"The source cannot be had{f' since {local(since)}' if since else ''}: {mirror['reason']}")
    if held:
        lines.append(f"Release {held['release']} waits for you: {held.get('why', '')}")
    lines += _remarks(told)
    if held:
        lines.append(f"Next: `classhub course lint {course}`, then `classhub course publish {course}`.")
    if mirror.get("library"):
        lines.append(f"The library stays as it was: {mirror['library']}")
    return lines


def _remarks(told: Mapping[str, Any]) -> list[str]:
    mirror = told.get("mirror", {})
    found, held = mirror.get("remarks", ()), mirror.get("held")
    if not found:
        return []
    errors = remarks.errors(found)
    release = mirror.get("remarks_of") or (held or told)["release"]
    lines = [f"Release {release} has {remarks.counted(found)}{':' if errors else '.'}"]
    lines += [f"  {remarks.line(one)}" for one in errors[:SHOWN]]
    if len(errors) > SHOWN:
        lines.append(f"  and {len(errors) - SHOWN} more")
    return lines if held else [*lines, f"Next: `classhub course lint {told['course']}`."]


def is_earlier(told: Mapping[str, Any]) -> bool:
    """Whether an instructor went back, and the source has something newer."""
    release, newest = told["release"], told.get("newest", "")
    return bool(release and newest) and release not in (newest, told.get("mirror", {}).get("of_source"))


def needs(told: Mapping[str, Any]) -> str:
    """Of a course, in a few words for a table; empty where nobody has to look."""
    mirror = told.get("mirror", {})
    errors = len(remarks.errors(mirror.get("remarks", ())))
    found = {
        "source away": mirror.get("reason"),
        "waits for you": mirror.get("held"),
        f"{errors} error{'' if errors == 1 else 's'}": errors,
        "earlier release": is_earlier(told),
    }
    return ", ".join(word for word, is_so in found.items() if is_so)


def local(iso: str) -> str:
    """A time to the minute by this machine's clock; what is no time stays."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return iso


def listed_users(api: Any) -> dict[str, str]:
    """Names of the hub's users, with what makes it no matter that somebody has nothing; none where it cannot be asked."""
    try:
        with api as hub:
            return {str(user["name"]): _excuse(user) for user in hub.users(include_stopped=True)}
    except ClasshubError:
        return {}


def _excuse(user: Mapping[str, Any]) -> str:
    if user.get("admin"):
        return "admin"
    servers = (user.get("servers") or {}).values()
    return "" if any(one.get("last_activity") or one.get("started") for one in servers) else "no server yet"
