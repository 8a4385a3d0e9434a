"""What is probably not meant to reach students, before it is published: the rules over a course's source as it is now."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classhub.errors import NotFound, OutsideFailed
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.lint.given import Remark
from classhub.materials.mirror.modules import importable
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.settings import Course, Source, Who, from_json
from classhub.materials.mirror.store import Store

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.outside.mirror_api import MirrorApi

HIDDEN = "hidden-path-"


@dataclass(frozen=True)
class Linted:
    course: str
    remarks: tuple[Remark, ...]
    folder: str = ""
    """Where its files lie on this machine, as it is shown; empty for a source elsewhere."""
    content: str = ""
    """The end of the name that a release of just this has, whatever its number."""
    waits: str = ""
    """The release of the hub's mirror that holds just this and waits."""

    @property
    def has_errors(self) -> bool:
        return any(one.severity == "error" for one in self.remarks)


def of_folder(folder: Path) -> Linted:
    """Of any folder, without a deployment."""
    course = Course(folder.absolute().name, source=Source("folder", str(folder.absolute())), students=Who())
    return _linted(course, imports_here=False)


def of_courses(folder: Path, environ: Mapping[str, str], name: str = "") -> Iterator[Linted]:
    """Of one course of a deployment folder, else of all that have material. Raises NotFound, Mistakes."""
    from classhub.operations.loading import load

    config = load(folder, environ)
    settings = from_json(json.dumps(_settings(config)))
    chosen = [one for one in settings.courses if one.source and name in ("", one.name)]
    if name and not chosen:
        _not_there(name, config)
    for course in chosen:
        yield _linted(course, imports_here=config.settings.target == "local")


def _settings(config: Config) -> dict[str, object]:
    from classhub.plan.mirror_settings import mirror_settings

    return mirror_settings(config, Path(), imports_here=False)


def _not_there(name: str, config: Config) -> None:
    names = [one.name for one in config.courses]
    if name in names:
        fix = f"Write material: material/{name} into config/courses/{name}.yaml."
        raise NotFound(f"The course {name} has no material.", "its file names none", fix)
    cause = f"the courses here are {', '.join(names)}" if names else "there is no course here"
    raise NotFound(f"There is no course {name} and no folder of that name.", cause, "classhub check")


def _linted(course: Course, imports_here: bool) -> Linted:
    """In a store of its own that goes again: nothing is published. Raises OutsideFailed."""
    from classhub.config.load import shown

    assert course.source is not None
    folder = Path(course.source.source, course.source.folder) if course.source.kind == "folder" else None
    reader = FolderSource(folder, quiet_s=0) if folder else None
    with tempfile.TemporaryDirectory(prefix="classhub-lint-") as store:
        found = Looking(course, Store(Path(store) / course.name), importable if imports_here else None).look(reader)
    if found.what == "unavailable":
        raise OutsideFailed(f"The material of {course.name} cannot be read.", found.reason)
    is_here = course.source.kind == "folder"
    shown_folder = shown(Path(course.source.source, course.source.folder)) if is_here else ""
    return Linted(course.name, found.remarks, shown_folder, found.release.partition("-")[2])


def with_mirror(one: Linted, door: MirrorApi) -> Linted:
    """With what the mirror found in the same material, as it knows the release before it. Raises OutsideFailed, NotFound, Refused."""
    told = door.lint(one.course)
    if not one.content or str(told.get("release", "")).partition("-")[2] != one.content:
        return one
    theirs = [_remark(raw) for raw in told["remarks"]]
    known = {_about(remark) for remark in theirs}
    # Of a path that hides nothing the mirror knows more: whether students had it before.
    hidden = {remark.path for remark in theirs if remark.rule.startswith(HIDDEN)}
    ours = [
        remark
        for remark in one.remarks
        if _about(remark) not in known and not (remark.rule.startswith(HIDDEN) and remark.path in hidden)
    ]
    together = sorted([*theirs, *ours], key=lambda remark: remark.severity != "error")
    waits = told["release"] if told["release"] == told.get("held") else ""
    return replace(one, remarks=tuple(together), waits=waits)


def _remark(raw: Mapping[str, Any]) -> Remark:
    return Remark(**{field.name: raw[field.name] for field in fields(Remark) if field.name in raw})


def _about(remark: Remark) -> tuple[str, str, int]:
    return remark.rule, remark.path, remark.line


def as_json(found: Sequence[Linted]) -> list[dict[str, object]]:
    """What scripts get; the keys stay."""
    return [
        {
            "course": one.course,
            "severity": remark.severity,
            "rule": remark.rule,
            "path": remark.path,
            "line": remark.line,
            "reason": remark.reason,
            "fix": remark.fix,
        }
        for one in found
        for remark in one.remarks
    ]


def as_github(found: Sequence[Linted]) -> list[str]:
    """Workflow commands: GitHub shows each beside its line. The rule stands where `check` has its code."""
    from classhub.errors import Finding
    from classhub.operations.check import as_github as lines

    return lines(
        [
            Finding(
                severity=remark.severity,
                file=os.path.normpath(os.path.join(one.folder, remark.path)),  # noqa: PTH118 - shown, and never opened
                line=remark.line,
                column=1,
                message=remark.reason,
                fix=remark.fix,
                code=remark.rule,
            )
            for one in found
            for remark in one.remarks
        ]
    )
