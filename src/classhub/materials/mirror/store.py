"""One course's folder in the mirror's store: blobs, every release of the term, which one is current, what was looked at.

Blobs come first, then the release, then the pointer to it: whoever reads finds all that a release names.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from classhub.materials import manifest as manifests
from classhub.materials.manifest import Malformed, Manifest
from classhub.materials.mirror import whole_file
from classhub.materials.mirror.blobs import Blobs

NAME = re.compile(r"(\d{1,9})-[0-9a-f]{7}")
"""Of a release: its number, and the begin of the digest of all that is in it."""
UNUSED_S = 7 * 86400
"""A blob that no release names, as of one that was held back and withdrawn, goes after this time."""


class Busy(Exception):
    """Somebody else is at work on this course's folder."""


class Store:
    """STORE/COURSE. Others may read at any time; who writes holds the lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = Blobs(folder / "blobs")

    @contextmanager
    def locked(self, wait_s: float = 10) -> Iterator[None]:
        """Raises Busy. The kernel frees it, whatever becomes of us."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("releases", "cache", "commits"):
            (self.folder / name).mkdir(exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _wait_for(handle, wait_s)
            self._mend()
            yield
        finally:
            os.close(handle)

    def _mend(self) -> None:
        """A pointer that leads nowhere leads to the last good release again, so that what follows has one before it."""
        name = self.current_name()
        if name and name != self._pointer():
            self.point_to(name)

    # --- releases

    def names(self) -> list[str]:
        """Of all releases, oldest first."""
        found = [match for path in (self.folder / "releases").glob("*.json") if (match := NAME.fullmatch(path.stem))]
        return [match[0] for match in sorted(found, key=lambda match: int(match[1]))]

    def current_name(self) -> str:
        """Empty before the first release. Where the pointer leads nowhere, the last good release."""
        name = self._pointer()
        if NAME.fullmatch(name) and (self.folder / "releases" / f"{name}.json").is_file():
            return name
        found = self._last_good()
        return found.release if found else ""

    def current(self) -> Manifest | None:
        return self.release(self._pointer()) or self._last_good()

    def _pointer(self) -> str:
        """A disk that fails or fills leaves it empty, or full of anything."""
        try:
            return (self.folder / "current").read_text(errors="replace").strip()
        except OSError:
            return ""

    def _last_good(self) -> Manifest | None:
        """The one that was told of last, else the newest that can be read: nobody is left without, as long as there is one."""
        told = str(self.status().get("release", ""))
        return next(filter(None, map(self.release, [told, *reversed(self.names())])), None)

    def release(self, name: str) -> Manifest | None:
        return _manifest(self.folder / "releases" / f"{name}.json") if NAME.fullmatch(name) else None

    def next_name(self, digest: str) -> str:
        """digest: of all that is in the release."""
        names = self.names()
        number = int(names[-1].partition("-")[0]) if names else 0
        return f"{number + 1}-{digest[:7]}"

    def publish(self, release: Manifest) -> None:
        """Make it the current one. It is there whole before anybody is led to it."""
        self.blobs.keep()
        path = self.folder / "releases" / f"{release.release}.json"
        whole_file.write(path, manifests.to_json(release).encode())
        self._remember(release)
        self.point_to(release.release)

    def point_to(self, name: str) -> None:
        whole_file.write(self.folder / "current", f"{name}\n".encode())

    def _remember(self, release: Manifest) -> None:
        known = {path: list(digests) for path, digests in self.published().items()}
        for path, entry in release.files.items():
            if entry.digest not in known.setdefault(path, []):
                known[path].append(entry.digest)
        whole_file.write_json(self.folder / "published.json", known)

    def published(self) -> Mapping[str, list[str]]:
        """Every digest that was ever published at a path, oldest first."""
        return whole_file.read_json(self.folder / "published.json") or self._published_by_releases()

    def _published_by_releases(self) -> dict[str, list[str]]:
        """As published.json would say, were it there."""
        found: dict[str, list[str]] = {}
        for release in filter(None, map(self.release, self.names())):
            for path, entry in release.files.items():
                if entry.digest not in found.setdefault(path, []):
                    found[path].append(entry.digest)
        return found

    # --- a release that waits

    def hold(self, release: Manifest) -> None:
        self.blobs.keep()
        whole_file.write(self.folder / "held.json", manifests.to_json(release).encode())

    def held(self) -> Manifest | None:
        return _manifest(self.folder / "held.json")

    def drop_held(self) -> None:
        (self.folder / "held.json").unlink(missing_ok=True)

    # --- what was looked at

    def status(self) -> dict[str, Any]:
        return whole_file.read_json(self.folder / "status.json")

    def write_status(self, status: Mapping[str, Any]) -> None:
        whole_file.write_json(self.folder / "status.json", status, lasting=False)

    def cached(self, name: str) -> dict[str, Any]:
        """What can be found out again, as the digests of a source's files; empty if it is not known."""
        return whole_file.read_json(self.folder / "cache" / f"{name}.json")

    def cache(self, name: str, value: Mapping[str, Any]) -> None:
        whole_file.write_json(self.folder / "cache" / f"{name}.json", value, lasting=False)

    # --- trees of commits

    def tree(self, commit: str) -> dict[str, str] | None:
        """Path -> digest; None if nobody asked for it yet."""
        return whole_file.read_json(self.folder / "commits" / f"{commit}.json").get("files")

    def keep_tree(self, commit: str, files: Mapping[str, str]) -> None:
        self.blobs.keep()
        whole_file.write_json(self.folder / "commits" / f"{commit}.json", {"files": files})

    def sweep(self, now: float | None = None) -> None:
        """Remove what killed writers left, and blobs that are in no release, tree or held release. Under the lock."""
        for path in [*self.blobs.left_parts(), *self.folder.glob("*/.part-*"), *self.folder.glob(".part-*")]:
            path.unlink(missing_ok=True)
        used = self._used()
        until = (time.time() if now is None else now) - UNUSED_S
        for path in self.blobs.all():
            if path.name not in used and path.stat().st_mtime < until:
                path.unlink(missing_ok=True)

    def _used(self) -> set[str]:
        used = {digest for digests in self.published().values() for digest in digests}
        for release in filter(None, [*map(self.release, self.names()), self.held()]):
            used |= {entry.digest for entry in release.files.values()}
        for path in (self.folder / "commits").glob("*.json"):
            used |= set((self.tree(path.stem) or {}).values())
        return used


def _manifest(path: Path) -> Manifest | None:
    try:
        return manifests.from_json(path.read_bytes())
    except (OSError, Malformed):
        return None


def _wait_for(handle: int, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy from None
            time.sleep(0.05)
