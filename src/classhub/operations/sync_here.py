"""`classhub sync`: bring a source's material into a folder of this machine, without a hub and without asking anybody.

What is fetched is kept under ~/.classhub, so that the next run asks one question, and works offline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from classhub.config.course_material import ARCHIVES
from classhub.materials import result as results
from classhub.materials.fetch import FolderSource
from classhub.materials.mirror import whole_file
from classhub.materials.mirror.archive_source import ArchiveSource
from classhub.materials.mirror.folder_source import FolderSource as Folder
from classhub.materials.mirror.git_source import GitSource, tree
from classhub.materials.mirror.publish import Look, Looking
from classhub.materials.mirror.settings import Course, Source
from classhub.materials.mirror.store import Busy, Store
from classhub.materials.result import Result
from classhub.materials.sync import sync

if TYPE_CHECKING:
    from classhub.materials.mirror.candidate import Reader

BUDGET_S = 600.0
"""Somebody waits for it, and may stop it."""


@dataclass(frozen=True)
class Wanted:
    """source: an address or path without any secret. user, secret: that stood in the address."""

    kind: str
    source: str
    branch: str = ""
    user: str = ""
    secret: str = ""

    @property
    def name(self) -> str:
        """Of the course that it is here: readable, and another one for each source and branch."""
        last = re.split(r"[/:]", self.source.split("?")[0].rstrip("/"))[-1]
        for ending in (".git", *ARCHIVES):
            last = last.removesuffix(ending)
        plain = re.sub(r"[^A-Za-z0-9]+", "-", last).strip("-")[:30] or "material"
        return f"{plain}-{sha256(f'{self.source} {self.branch}'.encode(errors='surrogateescape')).hexdigest()[:8]}"


def sync_here(source: str, folder: Path, branch: str = "", *, home: Path, here: Path) -> Result:
    """home: with .classhub. here: where relative paths start. Never raises for what source and disk do."""
    started = datetime.now(UTC)
    wanted = meant(source, branch, here)
    target = here / folder.expanduser()
    state = home / ".classhub" / ".folders" / f"{target.name or 'root'}-{_short(str(target))}"
    if blocking := _in_the_way(target):
        return _nothing(wanted, f"{blocking} is a file, and no folder.", started, state, at_fault="folder")
    try:
        look = _look(wanted, home)
    except Busy:
        look = Look("unavailable", reason="Another run is at work on the same source.")
    except OSError as error:
        look = Look("unavailable", reason=f"{home / '.classhub'} cannot be written: {error.strerror}.")
    look = replace(look, reason=_with_address(look.reason, wanted))
    if not Store(_sources(home) / wanted.name).current_name():
        return _nothing(wanted, look.reason, started, state)
    material = _Fetched(_sources(home), wanted)
    found = sync(material, home, wanted.name, folder=str(target), state=state, budget_s=BUDGET_S)
    return _of_last_time(found, look) if look.reason else found


class _Fetched(FolderSource):
    """What was fetched; of a repository also what was in earlier commits, for a folder that git or nbgitpuller made."""

    def __init__(self, store: Path, wanted: Wanted) -> None:
        super().__init__(store, wanted.name)
        self._mirror, self._wanted = Store(store / wanted.name), wanted

    def tree(self, commit: str) -> Mapping[str, str] | None:
        source = _reader(self._wanted)
        if not isinstance(source, GitSource):
            return None
        with suppress(Busy), self._mirror.locked():
            return tree(self._mirror, source, commit)
        return None


def is_address(text: str) -> bool:
    """Or a path: False for an address whose host or port can be none."""
    try:
        return "://" not in text or urlsplit(text).port != 0
    except ValueError:
        return False


def overlap(source: str, folder: Path, branch: str, here: Path) -> bool:
    """Of a source that is a folder here: one of the two lies in the other, so each run would bring what the last one brought."""
    try:
        wanted = meant(source, branch, here)
        if wanted.kind != "folder":
            return False
        from_, to = Path(wanted.source).resolve(), (here / folder.expanduser()).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or no name for this disk
        return False
    return from_.is_relative_to(to) or to.is_relative_to(from_)


def _in_the_way(target: Path) -> Path | None:
    """A file where the folder, or one above it, would be."""
    try:
        return next((one for one in (target, *target.parents) if one.is_file()), None)
    except (OSError, ValueError):
        return None


def _with_address(reason: str, wanted: Wanted) -> str:
    """Which repository it is about; what may hold a secret is left out of its address."""
    if wanted.kind != "git":
        return reason
    shown = re.sub(
        r"^(\w[\w+.-]*://)?[^/]*@", r"\1", wanted.source.split("?")[0] if "://" in wanted.source else wanted.source
    )
    start = "The repository "
    return f"{start}{shown} {reason.removeprefix(start)}" if reason.startswith(start) else reason


def meant(text: str, branch: str, here: Path) -> Wanted:
    """A secret in the address is taken out of it: addresses are kept and shown."""
    if "://" in text:
        parts = urlsplit(text)
        user, secret = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme in ("http", "https") and parts.username is not None:
            text = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
            user, secret = (user, secret) if secret else ("", user)
        else:
            user = secret = ""
        is_archive = parts.scheme in ("http", "https") and parts.path.lower().endswith(ARCHIVES) and not branch
        return Wanted("archive" if is_archive else "git", text, branch, user, secret)
    path = here / Path(text).expanduser()
    if not path.exists() and re.match(r"[^/]+:", text):
        return Wanted("git", text, branch)
    if path.is_file() or (not branch and not path.is_dir() and path.name.lower().endswith(ARCHIVES)):
        return Wanted("archive", str(path))
    is_repository = bool(branch) or path.suffix == ".git"
    return Wanted("git" if is_repository else "folder", str(path.absolute()), branch)


def _look(wanted: Wanted, home: Path) -> Look:
    folder = home / ".classhub"
    folder.mkdir(mode=0o700, exist_ok=True)
    course = Course(wanted.name, source=Source(wanted.kind, wanted.source, wanted.branch))
    return Looking(course, Store(_sources(home) / wanted.name), confirm=True).look(_reader(wanted))


def _reader(wanted: Wanted) -> Reader:
    if wanted.kind == "git":
        return GitSource(wanted.source, wanted.branch, user=wanted.user, secret=wanted.secret)
    return ArchiveSource(wanted.source) if wanted.kind == "archive" else Folder(Path(wanted.source))


def _sources(home: Path) -> Path:
    """No course's name begins with a dot, so none of the engine's own folders is met."""
    return home / ".classhub" / ".sources"


def _short(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]


def _nothing(wanted: Wanted, why: str, started: datetime, state: Path, at_fault: str = "source") -> Result:
    """The source was never had, or has no folder to go to: a record all the same."""
    found = Result(
        course=wanted.name,
        status="offline" if at_fault == "source" else "failed",
        started=started.isoformat(timespec="seconds"),
        seconds=round((datetime.now(UTC) - started).total_seconds(), 3),
        error={"code": at_fault, "text": why},
        message=f"Nothing was changed. {why}",
    )
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(state / "result.json", results.to_json(found).encode(), lasting=False)
    except OSError:
        return replace(found, status="failed")
    return found


def _of_last_time(found: Result, look: Look) -> Result:
    """What was fetched before is as good as it was; that it may be old is said."""
    told = found.message or "Nothing to do"
    message = f"{told.rstrip('.')}. This is the material as it was fetched last: {look.reason}"
    return replace(found, error=found.error or {"code": "source", "text": look.reason}, message=message)
