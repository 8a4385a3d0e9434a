"""Look over a deployment folder, or files of values, before anything changes; and write the fixes that are certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from classhub.config.chart.schema import Refusal, Schema
from classhub.config.chart.table import defaults, known, refuse_unknown
from classhub.config.edit import edit
from classhub.config.load import look, shown
from classhub.config.meaning.secret import Tracked
from classhub.config.reading import parse
from classhub.config.secret_names import holds_only_secrets
from classhub.config.spelling import dotted
from classhub.errors import Finding, Refused
from classhub.operations.corrected_line import corrected_line
from classhub.operations.rewriting import read, rewrite
from classhub.outside import chart_package, git, json_schema

MOST_FIXES = 1000
MOST_REREAD = 2 * 2**20
"""Bytes. Each corrected line, and each fix that is written, reads its file anew: 130 times one of 500 lines."""


@dataclass(frozen=True)
class Wanted:
    """folder: config/, absolute. files: values in place of the folder's. chart: an upgrade to this version.

    schema: the chart's package, or its values.schema.json; None: the package, if it is in a cache.
    """

    folder: Path
    environ: Mapping[str, str]
    files: tuple[Path, ...] = ()
    chart: str = ""
    schema: Path | None = None


def findings(wanted: Wanted) -> list[Finding]:
    """All of them, of too many alike the number; where the fix is certain it is the corrected line, while that is quick.

    Raises NotFound, Refused, WrongUsage.
    """
    left = _Effort()
    return [with_line(finding) if left.takes(finding) else finding for finding in _look(wanted, _tracked(wanted))]


class _Effort:
    """What may still be read again."""

    def __init__(self) -> None:
        self._left = MOST_REREAD

    def takes(self, finding: Finding) -> bool:
        if finding.edit is not None:
            with suppress(OSError):
                self._left -= Path(finding.file).stat().st_size
        return self._left >= 0


def _tracked(wanted: Wanted) -> Tracked:
    """Asks git once for each folder that a file of values stands in; the files may be of several repositories."""
    asked: dict[Path, Callable[[str], bool] | None] = {}

    def is_tracked(name: str) -> bool | None:
        path = wanted.folder / name
        if path.parent not in asked:
            asked[path.parent] = git.tracked(path.parent) if path.parent.is_dir() else None
        known = asked[path.parent]
        return known(path.name) if known else None

    return is_tracked


def _look(wanted: Wanted, tracked: Tracked, ask: bool = True) -> list[Finding]:
    """ask: the chart's own schema too."""
    if wanted.chart:
        refuse_unknown(wanted.chart)
    unusable: list[Finding] = []
    schemas = partial(_schema, wanted, unusable) if ask else None
    _, found = look(
        wanted.folder, wanted.environ, files=wanted.files, chart=wanted.chart, tracked=tracked, schemas=schemas
    )
    return [*unusable, *found]


def _schema(wanted: Wanted, unusable: list[Finding], version: str) -> Schema | None:
    path = wanted.schema or chart_package.cached(version, wanted.environ)
    if path is None:
        return None
    kind = "error" if wanted.schema else "warning"
    unused = partial(_unused, path, version, kind)
    try:
        package = chart_package.read(path)
    except chart_package.Unusable as error:
        unusable.append(unused(error))
        return None

    own = parse(package.defaults, "", []) if package.defaults else None
    ask = partial(_ask, package.schema, unusable, unused)
    return Schema(ask, own.values if own else defaults(known(version)))


def _ask(
    schema: str, unusable: list[Finding], unused: Callable[[Exception], Finding], values: Mapping[str, object]
) -> list[Refusal]:
    try:
        found = json_schema.refusals(schema, values)
    except json_schema.Unanswered as error:
        unusable.append(unused(error))
        return []
    return [Refusal(tuple(one["where"]), one["kind"], one.get("message", "")) for one in found]


def _unused(path: Path, version: str, kind: str, error: Exception) -> Finding:
    message = f"The chart's own schema is not asked. {error}"
    fetch = "helm pull jupyterhub --repo https://hub.jupyter.org/helm-chart/ --version"
    fix = f"Fetch it again: {fetch} {version} --destination {shown(path.absolute().parent)}"
    return Finding(kind, shown(path.absolute()), 0, 0, message, "", fix, "CH1209")


def with_line(finding: Finding) -> Finding:
    """Of a file as it is on the disk: the corrected line for its fix, where that is certain."""
    if finding.edit is None:
        return finding
    try:
        line = corrected_line(_text(finding), finding.edit)
    except (Refused, OSError, UnicodeDecodeError):
        return finding
    return replace(finding, fix=line.strip("\n")) if line else finding


def _text(finding: Finding) -> str:
    return Path(finding.file).read_text(encoding="utf-8")


class Fixed(list[Finding]):
    """Those that were written."""

    is_cut_short = False
    """More can be written by the next run."""


def fix(wanted: Wanted) -> Fixed:
    """Write every fix that is certain, one after the other, as far as a run goes."""
    tracked = _tracked(wanted)  # no fix changes what git keeps
    written, effort = Fixed(), _Effort()
    passed: set[tuple[str, object, str]] = set()
    while True:
        left = [
            one
            for one in _look(wanted, tracked, ask=False)
            if one.edit and (one.file, one.path, one.code) not in passed
        ]
        if not left:
            return written
        if len(written) >= MOST_FIXES or not effort.takes(left[0]):
            written.is_cut_short = True
            return written
        passed.add((left[0].file, left[0].path, left[0].code))
        done = with_line(left[0])
        if _write(left[0]):
            written.append(done)


def _write(finding: Finding) -> bool:
    """False where it turns out not to be certain in this file."""
    path = Path(finding.file)
    before = read(path)
    if before is None or finding.edit is None:
        return False
    try:
        after = edit(before.decode(), finding.edit).encode()
    except (Refused, UnicodeDecodeError):
        return False
    if after == before:
        return False
    rewrite(path, before, after, private=holds_only_secrets(path.name))
    return True


def as_json(found: Sequence[Finding]) -> list[dict[str, object]]:
    """What scripts get; the keys stay."""
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "path": dotted(one.path),
            "message": one.message,
            "why": one.why,
            "fix": one.fix,
            "count": one.count,
        }
        for one in found
    ]


def as_github(found: Sequence[Finding]) -> list[str]:
    """Workflow commands: GitHub shows each beside its line."""
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    lines = []
    for one in found:
        place = f"file={_property(one.file)},line={max(one.line, 1)},col={max(one.column, 1)},title={one.code}"
        text = "\n".join(part for part in (one.message, one.why, one.fix and f"Fix: {one.fix.strip()}") if part)
        lines.append(f"::{kinds[one.severity]} {place}::{_data(text)}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
