"""A course's libraries: what is to be built, told apart from what is there, and what may not be delivered. Pure.

A library is a folder of Python packages beside the material, never in a student's folder. It is built once for all.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.settings import Course

MOST_BYTES = 300_000_000
"""More belongs in the students' image: each home of students holds a copy."""
BUILT_BY = ("pyproject.toml", "setup.py", "setup.cfg")
COMPILED = (".so", ".pyd", ".dylib")
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")


class Broken(Exception):
    """The library cannot be built or may not be delivered; the one before stays. The text is one or two sentences."""


@dataclass(frozen=True)
class Wanted:
    """What `libraries:` of a course asks for, of one release of its material."""

    requirements: tuple[str, ...]
    """As pip takes them: numpy>=2."""
    folders: tuple[str, ...]
    """Of the material, without slash at the end: "" is all of it."""
    id: str
    """The same for the same requirements, files and interpreter; empty when nothing is asked for."""

    @property
    def empty(self) -> bool:
        return not (self.requirements or self.folders)


def wanted(libraries: Sequence[str], manifest: Manifest, python: str) -> Wanted:
    """libraries: requirements, and folders of the material as ./tools. python: as "cpython-311-x86_64".

    Raises Broken for a folder that the release does not have.
    """
    folders = tuple(_folder(one) for one in libraries if one.startswith("."))
    requirements = tuple(one for one in libraries if not one.startswith("."))
    if missing := [folder for folder in folders if not below(manifest, folder)]:
        raise Broken(f"There is no folder {missing[0] or '.'} in the material. `libraries` of the course names it.")
    files = {
        folder: sorted((path, manifest.files[path].digest) for path in below(manifest, folder)) for folder in folders
    }
    text = json.dumps([sorted(requirements), files, python])
    return Wanted(requirements, folders, hashlib.sha256(text.encode()).hexdigest()[:16] if libraries else "")


def _folder(text: str) -> str:
    """Raises Broken for one outside of the material."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts or text.startswith("..") or (not text.startswith("./") and text != "."):
        raise Broken(f"{text} is no folder of the material. Write it from there, as ./tools.")
    return "/".join(parts)


def below(manifest: Manifest, folder: str) -> list[str]:
    """Its files; links are left out."""
    prefix = f"{folder}/" if folder else ""
    return [path for path, entry in manifest.files.items() if path.startswith(prefix) and not entry.is_link]


def is_package(manifest: Manifest, folder: str) -> bool:
    """Built by pip; any other folder's modules are taken as they are."""
    return any((f"{folder}/{name}" if folder else name) in manifest.files for name in BUILT_BY)


def to_install(report: Mapping[str, Any], own: str) -> dict[str, str]:
    """Of `pip install --dry-run --report`: name -> version of what comes from an index. What the image has is not in it.

    own: address of the folder of wheels that were built here. Raises ValueError, LookupError, TypeError, AttributeError.
    """
    found = {}
    for one in report.get("install", []):
        if not str(one["download_info"]["url"]).startswith(f"{own}/"):
            name, version = str(one["metadata"]["name"]), str(one["metadata"]["version"])
            if not PIN.fullmatch(name) or not PIN.fullmatch(version):
                raise ValueError("a name or a version that is none")
            found[name] = version
    return found


def kept_back(course: Course, now: datetime) -> tuple[str, ...]:
    """Paths of the material that are not for everybody of the course, or not yet."""
    later = (
        one.path
        for one in course.assignments
        if any(datetime.fromisoformat(when) > now for when in one.release.values())
    )
    return (*later, *(folder for one in course.sections for folder in one.folders))


def refuse_kept_back(folders: Iterable[str], hidden: Iterable[str]) -> None:
    """A library goes to all of the course at once. hidden: what kept_back says. Raises Broken."""
    for folder in folders:
        for path in hidden:
            if not folder or f"{path}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{path}/"):
                raise Broken(
                    f"The library ./{folder} would give everybody {path}, which is for a section alone or has a release time "
                    "to come. Keep packages in a folder of their own, and name that in `libraries`."
                )


def refuse_bad(names: Iterable[str], installed: Iterable[str], size: int) -> None:
    """names: what can be imported from the library. installed: the same of the students' image. Raises Broken."""
    for name in sorted(set(names)):
        if name in sys.stdlib_module_names:
            raise Broken(f"{name} is the name of a module of Python itself: every program that imports it would break.")
        if name in installed:
            raise Broken(
                f"The students' image has {name} already, and the library would hide it. Rename it, or leave it out."
            )
    if size > MOST_BYTES:
        raise Broken(too_large(size))


def too_large(size: int) -> str:
    return (
        f"The library has {size // 1_000_000} MB or more, or too many files. What is that large belongs in the students' "
        "image: config/Dockerfile."
    )


def importable(paths: Iterable[str]) -> set[str]:
    """Top names of modules and packages among these files: tools.py, tools/__init__.py, tools.cpython-311.so."""
    found = set()
    for path in paths:
        first, slash, rest = path.partition("/")
        if not slash and path.endswith((".py", *COMPILED)):
            found.add(first.partition(".")[0])
        elif slash and rest.endswith((".py", *COMPILED)) and "." not in first and first not in ("bin", "__pycache__"):
            found.add(first)
    return found


def is_pure(paths: Iterable[str]) -> bool:
    """Runs on any interpreter of its version's line, not only on the one it was built with."""
    return not any(path.endswith(COMPILED) for path in paths)
