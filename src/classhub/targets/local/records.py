"""Logs and events of parts and users on this machine."""

import json
import time
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from classhub.errors import NotFound, NotRunning
from classhub.plan.records import Kind, Record
from classhub.targets.local import logs
from classhub.targets.local.commands import PARTS
from classhub.targets.local.paths import Paths
from classhub.walls import names, uids

LOGGED = (*PARTS, "supervisor")
OWN_SERVER = (
    "a student's server is stopped on the admin page of the hub (Stop Server), or by the student in JupyterLab "
    "(File, Hub Control Panel, Stop My Server); it starts when the student next opens it"
)


def read(paths: Paths, who: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
    """Raises NotFound at once for a name that never was here, NotRunning for a part before the first `up`."""
    if who in LOGGED:
        need_hub(paths)
        return _of_part(paths, who, kind, previous, follow)
    need_user(paths, who)
    slug = slug_of(who)
    if kind is Kind.EVENTS:
        return _events(paths.events / f"{slug}.jsonl", who, follow)
    return _lines(paths.user_logs / f"{slug}.log{'.previous' if previous else ''}", who, follow and not previous)


def need_hub(paths: Paths) -> None:
    """Raises NotRunning when there never was one."""
    if not paths.hub_json.exists():
        raise NotRunning("No hub was started here yet, so nothing is logged.", fix="classhub up")


def slug_of(who: str) -> str:
    """`alice`, or `alice/second` for a named server."""
    user, _, server = who.partition("/")
    return names.slug(user, server)


def need_part(part: str) -> None:
    """Raises NotFound that names the parts."""
    if part not in PARTS:
        near = get_close_matches(part, PARTS, n=1)
        raise NotFound(
            f"There is no part named {part!r}.",
            cause=(f"did you mean {near[0]}? " if near else "") + f"only parts are restarted: {', '.join(PARTS)}",
            fix=f"classhub restart {near[0]}" if near else OWN_SERVER,
        )


def need_user(paths: Paths, who: str) -> None:
    """Raises NotFound, with a near name where there is one."""
    user = who.partition("/")[0]
    known = known_users(paths)
    if user in known:
        return
    near = get_close_matches(user, [*known, *LOGGED], n=1)
    hint = f"did you mean {near[0]}?" if near else "nobody of that name ever had a server here"
    raise NotFound(
        f"There is no user or part named {user!r}.",
        cause=hint,
        fix="classhub users list; parts are " + ", ".join(LOGGED),
    )


def known_users(paths: Paths) -> set[str]:
    """Everybody who ever had a server here: from homes, events and the uid map."""
    folders = [(paths.homes, ""), (paths.events, ".jsonl"), (paths.user_logs, ".log")]
    slugs = {
        path.name.removesuffix(end)
        for folder, end in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.name.endswith(end)
    }
    found = {names.user_of(slug) for slug in slugs}
    return {user for user in found if user} | set(uids.users(paths.uids_json))


def _of_part(paths: Paths, part: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
    if kind is Kind.LOGS:
        return _lines(paths.logs / f"{part}{'.1' if previous else ''}.log", part, follow and not previous)
    lines = _lines(paths.logs / "supervisor.log", part, follow)
    return (record for record in lines if part == "supervisor" or f"The {part} " in record.text)


def _lines(path: Path, source: str, follow: bool) -> Iterator[Record]:
    _wait_for(path, follow)
    if path.exists():
        for line in logs.read_lines(path, follow):
            yield Record(line, None, source)


def _events(path: Path, source: str, follow: bool) -> Iterator[Record]:
    _wait_for(path, follow)
    if not path.exists():
        return
    for line in logs.read_lines(path, follow):
        try:
            event = json.loads(line)
            yield Record(event["text"], event["when"], source)
        except (ValueError, KeyError):
            continue  # cut short by a crash; the next one is whole again


def _wait_for(path: Path, follow: bool) -> None:
    while follow and not path.exists():
        time.sleep(0.2)
