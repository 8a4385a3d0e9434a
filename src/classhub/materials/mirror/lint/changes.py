"""What a release does to the one that students have."""

from collections.abc import Iterator, Mapping

from classhub.materials.manifest import Entry
from classhub.materials.mirror.lint.given import Given, Remark
from classhub.materials.names import folded

MUST_WAIT = ("empty-release", "drops-half", "hidden-path-gone", "hidden-path-spelt")
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


def hidden_path(given: Given) -> Iterator[Remark]:
    """What hides a file names it by its path: where the path leads nowhere, students would get the file at once.

    A path that never led anywhere is of a file that is still to be written, unless one is there that it probably means.
    """
    for path, what in given.hidden.items():
        if _has(given.files, path):
            continue
        if _has(given.before or {}, path):
            new = given.renames.get(path, "") or _folder_now(given.renames, path)
            reason = f"{what} hides it from students, and it is gone{f': probably it is {new} now' if new else ''}."
            fix = f"Write {new or 'the new path'} into the course's file, or rename it back. If it is to go: classhub course publish."
            yield Remark("error", "hidden-path-gone", path, reason, fix)
        elif meant := _meant(given, path):
            reason = f"{what} is to hide it from students, and there is no such path. Probably {meant} is meant."
            yield Remark("error", "hidden-path-spelt", path, reason, f"Write {meant} into the course's file.")
        else:
            reason = f"{what} is to hide it from students, and there is no such path yet."
            yield Remark("warning", "hidden-path-none", path, reason, "Correct the path, if the file is there already.")


def _folder_now(renames: Mapping[str, str], path: str) -> str:
    """Of a folder: where most of what was in it lies now, if it kept its inner order."""
    inside = {old: new for old, new in renames.items() if old.startswith(path + "/")}
    moved = (new.removesuffix(old[len(path) :]) for old, new in inside.items() if new.endswith(old[len(path) :]))
    return next(moved, "") or next(iter(inside.values()), "")


def _meant(given: Given, path: str) -> str:
    """Another spelling of the path, the path as seen from above `folder`, or from further in."""
    below = path.removeprefix(given.folder.strip("/") + "/") if given.folder else path
    if below != path and _has(given.files, below):
        return below
    places = {folded(place): place for one in given.files for place in _places(one)}
    if found := places.get(folded(path)) or places.get(folded(below)):
        return found
    further = [place for key, place in places.items() if key.endswith("/" + folded(path))]
    return further[0] if len(further) == 1 else ""


def _places(path: str) -> Iterator[str]:
    """The file and each folder that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _has(files: Mapping[str, Entry], path: str) -> bool:
    return path in files or any(one.startswith(path + "/") for one in files)
