"""How the hub is, and what needs a hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError, Mistakes, NotRunning
from classhub.plan.running import Part, Running, State

if TYPE_CHECKING:
    from classhub.targets.interface import Target

CLOCK_S = 0.02
"""Times of files come from a clock that ticks every 1 to 10 ms."""
_LOOKED: dict[tuple[object, ...], str] = {}
"""What was found out about the folder, for `status --watch`: to read it costs more than all the rest."""


def status(target: Target, folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Running:
    """What is there now. Where nothing ever ran: stopped, no address.

    folder: config/; its notes then say when the hub does not run as the files there say.
    """
    running = target.inspect() or Running(State.STOPPED, "")
    if folder is None or not is_up(running):
        return running
    note = _folder_note(target, running, folder, environ or {})
    return replace(running, notes=(*running.notes, note)) if note else running


def _folder_note(target: Target, running: Running, folder: Path, environ: Mapping[str, str]) -> str:
    """A folder that nobody touched since the settings were written is not read again."""
    touched = _touched(folder)
    if touched and running.written and touched < running.written - CLOCK_S:
        return ""
    key = (str(folder), touched, running.revision, running.settings_digest)
    if key not in _LOOKED:
        _LOOKED.clear()
        _LOOKED[key] = _look(target, running, folder, environ)
    return _LOOKED[key]


def _touched(folder: Path) -> float:
    """The newest change of a file or of its name, seconds since the epoch; 0 where that cannot be told."""
    try:
        found = [folder, *folder.rglob("*")]  # files of values may lie in folders of their own
        return max(max(seen.st_mtime, seen.st_ctime) for seen in map(os.stat, found))
    except OSError:
        return 0


def _look(target: Target, running: Running, folder: Path, environ: Mapping[str, str]) -> str:
    """Never fails: how the hub is does not depend on what somebody is writing just now."""
    from classhub.config.load import load
    from classhub.plan.changes import steps_ahead

    goes_on = f"the hub goes on with revision {running.revision}"
    try:
        now = target.inspect(load(folder, environ))
    except Mistakes as error:
        count = sum(one.count for one in error.findings)
        return f"{folder.name}/ has {count} mistake{'s' if count != 1 else ''}; {goes_on}: `classhub check`."
    except ClasshubError as error:
        return f"{error.what} Meanwhile {goes_on}."
    except Exception as error:  # noqa: BLE001
        return f"{folder.name}/ cannot be read ({type(error).__name__}); {goes_on}: `classhub check`."
    if now is None or not steps_ahead(now):
        return ""
    return f"{folder.name}/ was changed since; `classhub plan` shows what `classhub up` would do."


def is_up(running: Running | None) -> bool:
    """True while any part of a hub lives, also one that is starting or failing."""
    return running is not None and running.state is not State.STOPPED


def needs_hub(target: Target, start: str = "classhub up") -> Running:
    """What runs; NotRunning when nothing does. start: the command that would change that."""
    running = target.inspect()
    if running is None or not is_up(running):
        raise NotRunning("No hub runs here.", fix=start)
    return running


def advice(running: Running) -> list[str]:
    """Sentences on what needs a hand, each with the next command."""
    lines = [_failure(part) for part in running.parts if part.state is State.FAILING]
    if is_up(running) and not running.supervised:
        lines.append("Nobody watches the parts: the supervisor is gone. Next: `classhub up` adopts them.")
    if not is_up(running) and running.servers:
        lines.append("Students' servers still run without a hub. Next: `classhub up`, or `classhub down`.")
    return [*lines, *running.notes]


def _failure(part: Part) -> str:
    reason = (part.reason or "no reason known").rstrip(".")
    return f"The {part.name} keeps failing: {reason}. Next: `classhub logs {part.name}`."
