"""Build a course's library with the students' interpreter, behind the same walls as a student's own programs.

A package's build runs code of the repository. Steps that have an index's password run none of it, and of what the builder
made only plain files are taken, into a folder of ours.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from classhub.materials.manifest import Manifest
from classhub.materials.mirror import foreign
from classhub.materials.mirror.libraries import (
    MOST_BYTES,
    Broken,
    Wanted,
    below,
    importable,
    is_package,
    is_pure,
    refuse_bad,
    to_install,
    too_large,
)
from classhub.materials.mirror.library_builder import CREDENTIAL, PREFIX, Builder, Place, has_passwords
from classhub.outside.process import ProgramFailed

ASK = """
import importlib.metadata, json, sys, sysconfig
names = {name for name in importlib.metadata.packages_distributions()}
print(json.dumps({"tag": f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}", "names": sorted(names)}))
"""
MOST_REPORT = 1 << 24
WHEEL = re.compile(r"[A-Za-z0-9_][\w.+!-]*\.whl")
UNUSUAL = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What is raised by reading what somebody else wrote."""


@dataclass(frozen=True)
class Interpreter:
    tag: str
    """As cpython-311-linux-x86_64."""
    names: frozenset[str]
    """What can be imported there besides the standard library."""


@dataclass(frozen=True)
class Built:
    folder: Path
    """Read-only, whole."""
    packages: tuple[str, ...]
    """As "babypandas 1.2"; of the index only."""
    pure: bool


def interpreter(builder: Builder) -> Interpreter:
    """Asked once. Raises Broken, OSError."""
    with builder.place(None) as place:
        try:
            told = json.loads(place.run([builder.python, "-I", "-c", ASK]).out)
            return Interpreter(str(told["tag"]), frozenset(map(str, told["names"])))
        except (ProgramFailed, *UNUSUAL) as error:
            raise Broken(f"The students' interpreter cannot be asked: {_last_line(error)}") from error


def build(
    wanted: Wanted,
    manifest: Manifest,
    blob: Callable[[str], Path],
    into: Path,
    *,
    builder: Builder,
    known: frozenset[str],
) -> Built:
    """Build into the folder `into`, which appears only when it is whole.

    blob: where a digest's bytes are. known: what can be imported in the students' image. Raises Broken, OSError.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    for left in into.parent.glob(f"{PREFIX}*"):  # of a mirror that was killed: one course is built once at a time
        foreign.remove(left)
    with builder.place(into.parent) as place:
        packages = [folder for folder in wanted.folders if is_package(manifest, folder)]
        for folder in wanted.folders:
            is_built = folder in packages
            _lay_out(
                manifest, folder, blob, place.folder / ("source" if is_built else "lib") / (folder if is_built else "")
            )
        needs = [one for folder in packages for one in _needs_to_build(manifest, folder, blob)]
        place.give()
        chosen = _install(wanted.requirements, [place.folder / "source" / one for one in packages], needs, place)
        _compile(place)
        return _finished(place, into, chosen, known)


def _lay_out(manifest: Manifest, folder: str, blob: Callable[[str], Path], target: Path) -> None:
    for path in below(manifest, folder):
        file = target / (path[len(folder) + 1 :] if folder else path)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(blob(manifest.files[path].digest), file)


def _needs_to_build(manifest: Manifest, folder: str, blob: Callable[[str], Path]) -> list[str]:
    """What a package's build needs, as its pyproject.toml says; pip's own default without one."""
    entry = manifest.files.get(f"{folder}/pyproject.toml" if folder else "pyproject.toml")
    needs: object = ["setuptools", "wheel"]
    if entry is not None:
        with suppress(OSError, *UNUSUAL):
            needs = tomllib.loads(blob(entry.digest).read_text(encoding="utf-8"))["build-system"]["requires"]
    return [one for one in needs if isinstance(one, str) and not one.startswith("-")] if isinstance(needs, list) else []


def _install(
    requirements: Sequence[str], sources: Sequence[Path], needs: Sequence[str], place: Place
) -> tuple[str, ...]:
    """pip's own choice, against what the image has; then exactly that."""
    if not requirements and not sources:
        return ()
    try:
        wheels = _wheels(sources, needs, place)
        chosen = _chosen([*_named(requirements), *wheels], place)
        if chosen or wheels:
            exactly = ["--no-deps", "--no-compile", "--target", str(place.folder / "lib")]
            pins = [f"{name}=={version}" for name, version in chosen.items()]
            place.download([*_pip(place, "install"), *exactly, *pins, *wheels])
    except ProgramFailed as error:
        raise Broken(f"pip could not bring it: {_last_line(error)}") from error
    return tuple(f"{name} {version}" for name, version in sorted(chosen.items()))


def _pip(place: Place, verb: str) -> list[str]:
    return [place.builder.python, "-I", "-m", "pip", verb, "--quiet", "--no-input", "--only-binary", ":all:"]


def _wheels(sources: Sequence[Path], needs: Sequence[str], place: Place) -> list[str]:
    """Built of the packages in the material: the one step that runs their code, and the one without a password.

    Where there is a password, what a build needs is fetched before.
    """
    if not sources:
        return []
    found = place.folder / "out" / "needed"
    links = []
    if needs and has_passwords(place.builder.environ):
        place.download([*_pip(place, "download"), "--dest", str(found), *needs])
        links = ["--find-links", str(found)]
    built = place.folder / "out" / "built"
    place.run([*_pip(place, "wheel"), "--no-deps", *links, "--wheel-dir", str(built), *map(str, sources)])
    return sorted(str(wheel) for wheel in built.glob("*.whl") if WHEEL.fullmatch(wheel.name))


def _chosen(what: Sequence[str], place: Place) -> dict[str, str]:
    """From the index: name -> version. Raises ProgramFailed, Broken."""
    report = place.folder / "out" / "report.json"
    place.download([*_pip(place, "install"), "--dry-run", "--report", str(report), *what])
    data = foreign.read(report, MOST_REPORT, place.owner)
    try:
        return to_install(json.loads(data or b""), own=(place.folder / "out" / "built").as_uri())
    except UNUSUAL as error:
        raise Broken("What pip chose cannot be read: its report is no JSON of the form that it is to have.") from error


def _named(requirements: Sequence[str]) -> list[str]:
    """An option would change what pip does. Raises Broken."""
    for one in requirements:
        if one.startswith("-"):
            raise Broken(f"{one} is no requirement. Write a package's name, as numpy>=2.")
    return list(requirements)


def _compile(place: Place) -> None:
    """So that no kernel compiles anew at each start."""
    argv = [place.builder.python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    with suppress(ProgramFailed):  # a file that is no Python of this version says so when it is imported
        place.run([*argv, str(place.folder / "lib")])


def _finished(place: Place, into: Path, packages: tuple[str, ...], known: frozenset[str]) -> Built:
    """A tree of our own; the builder's is thrown away."""
    with _making(into.parent) as ours:
        copy = foreign.Copy(place.owner, 2 * MOST_BYTES)
        try:
            copy.take(place.folder / "lib", ours)
        except foreign.TooMuch:
            raise Broken(too_large(2 * MOST_BYTES)) from None
        except OSError as error:
            raise Broken(f"The build left something that cannot be taken: {error.strerror}.") from error
        names = [name for name in copy.names if "__pycache__" not in name.split("/")]
        refuse_bad(importable(names), known, sum((ours / name).stat().st_size for name in names))
        ours.chmod(0o755)  # its owner renames it still
        if into.exists():
            foreign.remove(into)
        ours.rename(into)
    return Built(into, packages, is_pure(names))


@contextmanager
def _making(beside: Path) -> Iterator[Path]:
    """Gone, if it was not renamed."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}whole-", dir=beside))
    try:
        yield folder
    finally:
        if folder.exists():
            foreign.remove(folder)


def _last_line(error: Exception) -> str:
    """Of what the program said, or the sentence itself; an index's password is left out."""
    said = getattr(error, "cause", "") or str(error)
    lines = [line.strip() for line in str(said).splitlines() if line.strip()]
    if "[end of output]" in lines:  # of a build that failed: the line before says what it stumbled over
        telling = lines[: lines.index("[end of output]")]
    else:
        telling = [line for line in lines if line.startswith("ERROR")] or lines or ["it said nothing"]
    return CREDENTIAL.sub("", telling[-1].removeprefix("ERROR: "))[:300]
