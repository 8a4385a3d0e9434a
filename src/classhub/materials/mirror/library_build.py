"""Build a course's library with the students' interpreter, behind the same walls as a student's own programs.

A package's build runs code of the repository: it gets a folder of its own, and nothing of the hub.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.libraries import (
    Broken,
    Wanted,
    below,
    importable,
    is_package,
    is_pure,
    refuse_bad,
    to_install,
)
from classhub.outside.process import Output, ProgramFailed, run

BUILD_TIMEOUT_S = 900
ASK = """
import importlib.metadata, json, sys, sysconfig
names = {name for name in importlib.metadata.packages_distributions()}
print(json.dumps({"tag": f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}", "names": sorted(names)}))
"""
KEPT = ("LANG", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
NOT_OURS = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PIP_LOG")
CREDENTIAL = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True)
class Builder:
    """Whose interpreter builds, and how a program is started as somebody who may do no harm."""

    python: str
    behind: Mapping[str, Any] = field(default_factory=dict)
    """{"command": argv that reads a spec from stdin, "spec": the spec without argv, env and cwd}; empty: as ourselves."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    """Of which pip's own settings and the proxies are kept."""

    @property
    def owner(self) -> int | None:
        uid = self.behind.get("spec", {}).get("uid")
        return int(uid) if uid is not None else None

    def run(self, argv: Sequence[str], place: Path) -> Output:
        """In `place`, which is all that it can write to. Raises ProgramFailed."""
        env = _environment(place, self.environ)
        if not self.behind:
            return run(argv, cwd=place, env=env, inherit=False, timeout_s=BUILD_TIMEOUT_S, new_session=True)
        spec = self.behind["spec"]
        full = {**spec, "argv": list(argv), "env": env, "cwd": str(place), "show": [*spec["show"], str(place)]}
        return run(self.behind["command"], stdin=json.dumps(full) + "\n", timeout_s=BUILD_TIMEOUT_S, new_session=True)


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
    """Asked once. Raises Broken."""
    with _workplace(builder, None) as place:
        try:
            told = json.loads(builder.run([builder.python, "-I", "-c", ASK], place).out)
        except (ProgramFailed, ValueError) as error:
            raise Broken(f"The students' interpreter cannot be asked: {_last_line(error)}") from error
    return Interpreter(told["tag"], frozenset(told["names"]))


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
    with _workplace(builder, into.parent) as place:
        library = place / "lib"
        library.mkdir()
        for folder in wanted.folders:
            _lay_out(manifest, folder, blob, place / "source" / folder if is_package(manifest, folder) else library)
        _give(place, builder.owner)
        sources = [str(place / "source" / folder) for folder in wanted.folders if is_package(manifest, folder)]
        packages = _install([*wanted.requirements], sources, place, builder)
        return _finished(library, into, packages, builder, known)


def _lay_out(manifest: Manifest, folder: str, blob: Callable[[str], Path], target: Path) -> None:
    for path in below(manifest, folder):
        file = target / (path[len(folder) + 1 :] if folder else path)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(blob(manifest.files[path].digest), file)


def _install(requirements: Sequence[str], sources: Sequence[str], place: Path, builder: Builder) -> tuple[str, ...]:
    """pip's own choice, against what the image has; then exactly that."""
    if not requirements and not sources:
        return ()
    pip = [builder.python, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:"]
    report = place / "report.json"
    try:
        builder.run([*pip, "--dry-run", "--report", str(report), *_named(requirements), *sources], place)
        chosen = to_install(json.loads(report.read_text()))
        pins = [f"{name}=={version}" for name, version in chosen.items()]
        if pins or sources:
            exactly = ["--no-deps", "--no-compile", "--target", str(place / "lib"), *pins, *sources]
            builder.run([*pip, *exactly], place)
    except ProgramFailed as error:
        raise Broken(f"pip could not bring it: {_last_line(error)}") from error
    return tuple(f"{name} {version}" for name, version in sorted(chosen.items()))


def _named(requirements: Sequence[str]) -> list[str]:
    """An option would change what pip does. Raises Broken."""
    for one in requirements:
        if one.startswith("-"):
            raise Broken(f"{one} is no requirement. Write a package's name, as numpy>=2.")
    return list(requirements)


def _finished(library: Path, into: Path, packages: tuple[str, ...], builder: Builder, known: frozenset[str]) -> Built:
    files = [path for path in library.rglob("*") if not path.is_symlink() and path.is_file()]
    names = [path.relative_to(library).as_posix() for path in files]
    refuse_bad(importable(names), known, sum(path.stat().st_size for path in files))
    _compile(library, builder)
    _close(library)
    if into.exists():
        shutil.rmtree(into)
    library.rename(into)
    return Built(into, packages, is_pure(names))


def _compile(library: Path, builder: Builder) -> None:
    """So that no kernel compiles anew at each start."""
    argv = [builder.python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(library)]
    with suppress(ProgramFailed):  # a file that is no Python of this version says so when it is imported
        builder.run(argv, library.parent)


def _close(library: Path) -> None:
    """Ours, read-only for all; links go, as they may lead anywhere."""
    for folder, folders, files in os.walk(library, topdown=False):
        for name in (*files, *folders):
            path = Path(folder, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                path.unlink()
                continue
            if os.geteuid() == 0:
                os.chown(path, 0, 0)
            path.chmod(0o555 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o444)
    if os.geteuid() == 0:
        os.chown(library, 0, 0)
    library.chmod(0o755)  # its owner renames it still


@contextmanager
def _workplace(builder: Builder, beside: Path | None) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix=".building-", dir=beside))
    try:
        for name in ("home", "tmp"):
            (place / name).mkdir()
        _give(place, builder.owner)
        yield place
    finally:
        for folder, _, _ in os.walk(place):
            Path(folder).chmod(0o700)
        shutil.rmtree(place, ignore_errors=True)


def _give(place: Path, owner: int | None) -> None:
    if owner is None:
        return
    for folder, folders, files in os.walk(place):
        for name in (".", *folders, *files):
            os.chown(Path(folder, name), owner, owner, follow_symlinks=False)


def _environment(place: Path, environ: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environ.items()
        if name in KEPT or (name.startswith("PIP_") and name not in NOT_OURS)
    }
    own = {"PATH": environ.get("PATH", os.defpath), "HOME": str(place / "home"), "TMPDIR": str(place / "tmp")}
    return {**kept, **own, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}


def _last_line(error: Exception) -> str:
    """Of what the program said, or the sentence itself; an index's password is left out."""
    said = getattr(error, "cause", "") or str(error)
    lines = [line.strip() for line in str(said).splitlines() if line.strip()]
    if "[end of output]" in lines:  # of a build that failed: the line before says what it stumbled over
        telling = lines[: lines.index("[end of output]")]
    else:
        telling = [line for line in lines if line.startswith("ERROR")] or lines or ["it said nothing"]
    return CREDENTIAL.sub("", telling[-1].removeprefix("ERROR: "))[:300]
