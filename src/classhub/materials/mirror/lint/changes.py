"""What a release does to the one that students have."""

from collections.abc import Iterator, Mapping

from classhub.materials.manifest import Entry
from classhub.materials.mirror.lint.given import Given, Remark

MUST_WAIT = ("empty-release", "drops-half")
"""Rules that always hold a release back until somebody confirms it."""


def empty_release(given: Given) -> Iterator[Remark]:
    if not given.files:
        reason = "It holds no file."
        yield Remark(
            "error", "empty-release", "", reason, "Push the material, or correct `folder` and `branch` of the course."
        )


def drops_half(given: Given) -> Iterator[Remark]:
    before = given.before or {}
    gone = [path for path in before if path not in given.files and path not in given.renames]
    if given.files and 2 * len(gone) > len(before):
        reason = f"{len(gone)} of {len(before)} files are no longer in it, as {gone[0]}."
        yield Remark("error", "drops-half", "", reason, "If that is meant: classhub course publish.")


def linked_file(given: Given) -> Iterator[Remark]:
    """Links are told of only if the file was there: what is not written yet breaks nothing."""
    before = given.before or {}
    for path in given.linked:
        if not _has(before, path) or _has(given.files, path):
            continue
        if new := given.renames.get(path):
            reason = f"It is now {new}. Links to it are led there; its assignment still names the old path."
            yield Remark(
                "error",
                "linked-file-renamed",
                path,
                reason,
                f"Write path: {new} into the course's file, or rename it back.",
            )
        else:
            reason = "It is gone, and links lead to it."
            yield Remark("error", "linked-file-removed", path, reason, "Bring it back, or take its assignment out.")


def _has(files: Mapping[str, Entry], path: str) -> bool:
    return path in files or any(one.startswith(path + "/") for one in files)
