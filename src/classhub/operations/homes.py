"""Students' homes: find them, and what must be known before one is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classhub.errors import NotFound, Refused

if TYPE_CHECKING:
    from classhub.plan.records import Home
    from classhub.targets.interface import Target, Tell


def listing(target: Target, sizes: bool, orphaned: bool, tell: Tell) -> tuple[Home, ...]:
    """orphaned: only those whose owner the hub does not know. Raises Refused where that cannot be told."""
    found = target.homes().list(sizes, tell)
    if not orphaned:
        return found
    if found and all(home.orphaned is None for home in found):
        raise Refused("Whose owner is gone cannot be told now.", "the hub does not answer", "classhub status")
    return tuple(home for home in found if home.orphaned)


def to_delete(target: Target, name: str) -> Home:
    """The home of this name (its `path`), else the only one of this owner, "alice" or "alice/server"."""
    found = target.homes().list()
    exact = [home for home in found if home.path == name]
    mine = exact or [home for home in found if home.owner and name in (home.owner, f"{home.owner}/{home.server}")]
    if len(mine) > 1:
        names = ", ".join(home.path for home in mine)
        raise Refused(f"{name} has {len(mine)} homes: {names}.", "", "name the one that is meant")
    if not mine:
        raise NotFound(f"There is no home {name!r}.", "", "classhub homes list")
    return mine[0]


def what_goes(home: Home) -> str:
    """The question's text: what cannot be undone, and whom it touches."""
    whose = (
        f"of {home.owner}{f', server {home.server}' if home.server else ''}"
        if home.owner
        else "of nobody in particular"
    )
    stays = (
        f" {home.owner} is still a user: their next start must make a new, empty home. Where that start then waits for a "
        "disk, remove the user and let them sign in again."
        if home.orphaned is False and not home.instead
        else ""
    )
    return f"This deletes the home {home.path} {whose} with all files on it, for good.{stays}"


def note(home: Home) -> str:
    """What is particular about it, in a few words."""
    if home.shared:
        return "no mark of an owner"
    found = [
        *(["owner is gone"] if home.orphaned else []),
        *([f"not in use: the hub mounts {home.instead}"] if home.instead else []),
        *(["name from before KubeSpawner 7"] if home.legacy else []),
    ]
    return "; ".join(found)
