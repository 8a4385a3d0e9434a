"""Look over a deployment folder, or files of values, before anything changes; and write the fixes that are certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from classhub.config.chart.schema import Schema
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
from classhub.outside import chart_package, git

MOST_FIXES = 1000


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
    """All of them; where the fix is certain it is the corrected line. Raises NotFound, Refused, WrongUsage."""
    return [with_line(finding) for finding in _look(wanted, _tracked(wanted))]


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


def _look(wanted: Wanted, tracked: Tracked) -> list[Finding]:
    if wanted.chart:
        refuse_unknown(wanted.chart)
    unusable: list[Finding] = []
    schemas = partial(_schema, wanted, unusable)
    _, found = look(
        wanted.folder, wanted.environ, files=wanted.files, chart=wanted.chart, tracked=tracked, schemas=schemas
    )
    return [*unusable, *found]


def _schema(wanted: Wanted, unusable: list[Finding], version: str) -> Schema | None:
    path = wanted.schema or chart_package.cached(version, wanted.environ)
    if path is None:
        return None
    try:
        package = chart_package.read(path)
        own = parse(package.defaults, "", []) if package.defaults else None
        return Schema(package.schema, own.values if own else defaults(known(version)))
    except (chart_package.Unusable, ValueError) as error:
        message = f"The chart's own schema is not asked. {error}"
        fetch = "helm pull jupyterhub --repo https://hub.jupyter.org/helm-chart/ --version"
        fix = f"Fetch it again: {fetch} {version} --destination {shown(path.absolute().parent)}"
        kind = "error" if wanted.schema else "warning"
        unusable.append(Finding(kind, shown(path.absolute()), 0, 0, message, "", fix, "CH1209"))
        return None


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


def fix(wanted: Wanted) -> list[Finding]:
    """Write every fix that is certain, one after the other; those that were written come back."""
    tracked = _tracked(wanted)  # no fix changes what git keeps
    written: list[Finding] = []
    passed: set[tuple[str, object]] = set()
    while len(written) < MOST_FIXES:
        left = [one for one in _look(wanted, tracked) if one.edit and (one.file, one.path) not in passed]
        if not left:
            break
        passed.add((left[0].file, left[0].path))
        done = with_line(left[0])
        if _write(left[0]):
            written.append(done)
    return written


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
        }
        for one in found
    ]


def as_github(found: Sequence[Finding]) -> list[str]:
    """Workflow commands: GitHub shows each beside its line."""
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    lines = []
    for one in found:
        place = f"file={_property(one.file)},line={max(one.line, 1)},col={max(one.column, 1)},title={one.code}"
        text = "\n".join(part for part in (one.message, one.why, one.fix and f"Fix: {one.fix}") if part)
        lines.append(f"::{kinds[one.severity]} {place}::{_data(text)}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
