"""A folder that nbgitpuller made: find the commit that its student last had, and take its files as the base.

.git is read once, without git, and never written. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress

from classhub.materials import disk, names, tree
from classhub.materials.manifest import DIGEST
from classhub.materials.merge import MERGEABLE_BYTES, Leaf
from classhub.materials.record import Known, leaf_of
from classhub.materials.run import Run

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
STEPS = 100
"""Commits on the way back from HEAD that are asked for; nbgitpuller makes one a sync."""
LARGEST = 1_000_000
"""Bytes of a file below .git that are read."""


def adopt(run: Run) -> None:
    """Fill an empty record. Untouched copies of any published version count as such even without (raises Offline)."""
    try:
        git = tree.open_below(run.root, ".git")
    except (OSError, tree.InTheWay):
        return
    try:
        for commit in candidates(git):
            files = run.source.tree(commit)
            if files is not None:
                run.record.adopted = commit
                _take(run, files)
                return
    finally:
        disk.close(git)


def _take(run: Run, files: Mapping[str, str]) -> None:
    """What a student has untouched of another published version is left to the rule for copies without a record.

    Only of names that a release could have: the source may lie, and a base is what lets a file be removed.
    """
    files = {path: digest for path, digest in files.items() if not names.why_not(path) and DIGEST.fullmatch(digest)}
    seen = {sight.path: sight for sight in tree.survey(run.root, files, run.record, 0)}
    for path, digest in files.items():
        local = seen[path].local
        if local is not None and local.digest != digest and run.is_published(path)(local.digest):
            continue
        entry = run.manifest.files.get(path)
        is_link = local == Leaf("link", digest) or (entry is not None and leaf_of(entry) == Leaf("link", digest))
        run.record.paths[path] = Known(Leaf("link" if is_link else "file", digest), size=MERGEABLE_BYTES - 1)
        run.record.changed = True


def candidates(git: int) -> Iterator[str]:
    """Commits to ask for: HEAD and what it grew from, the nearest first; then what was last fetched."""
    head = _text(git, "HEAD")
    branch = head[len("ref: ") :].strip() if head.startswith("ref: ") else ""
    start = _resolve(git, branch) if branch else _commit(head)
    yield from _ancestors(git, start)
    name = branch.rpartition("refs/heads/")[2]
    fetched = _resolve(git, f"refs/remotes/origin/{name}") if name else ""
    if fetched:
        yield fetched


def _ancestors(git: int, start: str) -> Iterator[str]:
    """As far as they lie about as single objects: those that nbgitpuller made do."""
    waiting, seen = deque([start] if start else []), {start}
    for _ in range(STEPS):
        if not waiting:
            return
        commit = waiting.popleft()
        yield commit
        for parent in _parents(git, commit):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)


def _parents(git: int, commit: str) -> list[str]:
    content = _read(git, f"objects/{commit[:2]}/{commit[2:]}")
    with suppress(zlib.error):
        lines = zlib.decompressobj().decompress(content, LARGEST).partition(b"\0")[2].split(b"\n\n")[0].splitlines()
        return [
            found for line in lines if line.startswith(b"parent ") and (found := _commit(line[7:].decode("latin-1")))
        ]
    return []


def _resolve(git: int, ref: str) -> str:
    """Loose, else packed; "" if there is none."""
    if ".." in ref.split("/"):
        return ""
    loose = _commit(_text(git, ref))
    if loose:
        return loose
    for line in _text(git, "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name == ref:
            return _commit(commit)
    return ""


def _commit(text: str) -> str:
    return text.strip() if COMMIT.fullmatch(text.strip()) else ""


def _text(git: int, path: str) -> str:
    return _read(git, path).decode("utf-8", "surrogateescape")


def _read(git: int, path: str) -> bytes:
    """Empty if it cannot be read, whatever the reason."""
    folder, name = tree.split(path)
    try:
        opened = tree.open_below(git, folder)
    except (OSError, ValueError, tree.InTheWay):
        return b""
    try:
        descriptor = disk.open_file(opened, name)
        try:
            if disk.state_of(descriptor).st_size > LARGEST:
                return b""
            return b"".join(disk.pieces(descriptor))
        finally:
            disk.close(descriptor)
    except (OSError, ValueError, disk.Changed):
        return b""
    finally:
        disk.close(opened)
