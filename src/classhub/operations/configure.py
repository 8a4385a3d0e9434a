"""Show one setting, or change it: checked before it is written, and nothing else of its file touched."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classhub.config.document import Where
from classhub.config.edit import edit
from classhub.config.edit.typed import below
from classhub.config.load import load, shown
from classhub.config.reading import parse
from classhub.config.secret import hidden, holds_secret, masked, named, secrets
from classhub.config.secret_names import holds_only_secrets, is_secret
from classhub.config.spelling import dotted
from classhub.errors import Edit, Finding, Mistakes, NotFound, Refused
from classhub.operations.corrected_line import corrected_line
from classhub.operations.rewriting import read, rewrite
from classhub.operations.settings_files import SettingsFiles
from classhub.targets.local.alone import alone

SECRETS = "secrets.yaml"


@dataclass(frozen=True)
class Setting:
    """One setting as it is in force. file is empty for a default, a folder for all courses; line is 0 then."""

    key: str
    value: Any
    file: str
    line: int


@dataclass(frozen=True)
class Changed:
    """What was written: nothing where lines is empty and done is False."""

    file: str
    line: int
    lines: str
    """As they stand there now; "" for what was taken out and for a secret."""
    done: bool
    notes: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()


def get(folder: Path, where: Where, show_secrets: bool = False) -> Setting:
    """Raises NotFound, with near names."""
    files = SettingsFiles(folder)
    where = below(where, files.in_force)
    value: Any = files.in_force
    for part in where:
        inside = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        if not inside:
            raise _no_such(files, where)
        value = value[part]
    if not show_secrets:
        value = masked(
            value, where, hidden([files.document(name) for name in files.values if holds_only_secrets(name)])
        )
    standing = files.standing(where)
    if not standing:
        return Setting(dotted(where), value, "", 0)
    if where == ("courses",):
        return Setting(dotted(where), value, shown(folder / "courses"), 0)
    name, way = standing[-1]
    document = files.document(name)
    return Setting(dotted(where), value, document.file, document.place(way)[0])


def _no_such(files: SettingsFiles, where: Where) -> NotFound:
    near = files.near(where)
    fix = f"Did you mean {', or '.join(near)}?" if near else "See what there is: `classhub config get hub`."
    return NotFound(f"{dotted(where)} has no value here.", "no file sets it and it has no default", fix)


def change(
    folder: Path,
    environ: Mapping[str, str],
    wanted: Edit,
    *,
    file: str = "",
    waiting: Callable[[str], None] = lambda _: None,
) -> Changed:
    """wanted: "set" or "remove", of a key in the tree of all files.

    Raises Mistakes, with nothing written, when the folder would have new errors; Refused.
    """
    where, do = wanted.where, wanted.do
    with alone(_guard(folder), waiting):
        files = SettingsFiles(folder)
        name, way = _place(files, wanted, file)
        before = read(folder / name)
        text = _text(before or b"", name)
        edited = Edit(do, way, wanted.new)
        new = edit(text, edited)
        if new == text:
            return Changed(shown(folder / name), 0, "", done=False)
        warnings = _check(folder, environ, name, new.encode())
        notes = _notes(files, wanted, name)
        rewrite(folder / name, before, new.encode(), private=holds_only_secrets(name))
    is_shown = (
        not holds_only_secrets(name)
        and not holds_secret(where, wanted.new)
        and masked(wanted.new, where, named([])) == wanted.new
    )
    lines = corrected_line(text, edited) if is_shown else ""
    line = _line(new, way) if do == "set" else 0
    return Changed(shown(folder / name), line, lines, True, notes, warnings)


def _guard(folder: Path) -> Path:
    """What `up` locks; without a hub of ours, the folder itself. Its first `up` says whose `.classhub` is."""
    state = folder.parent / ".classhub"
    return state if os.access(state, os.R_OK) else folder


def _place(files: SettingsFiles, wanted: Edit, file: str) -> tuple[str, Where]:
    """The file to change, and the way within it."""
    where, do = wanted.where, wanted.do
    names, inner = files.candidates(where)
    if file:
        names = (files.checked(file),)
        inner = inner if names == files.candidates(where)[0] else where
    secret = _is_secret(files, wanted)
    apart = [one for one in names if holds_only_secrets(one)]
    if secret and not apart:
        raise Refused(f"{dotted(where)} is a secret; {names[0]} is not the place for it.", "", f"--file {SECRETS}")
    standing = [name for name in names if files.document(name).has(below(inner, files.document(name).values))]
    if do == "remove" and not standing:
        raise NotFound(f"{dotted(where)} stands in no file.", "what is in force is the default", "Nothing is to do.")
    name = apart[-1] if secret else standing[-1] if standing else names[0]
    return name, below(inner, files.document(name).values)


def _is_secret(files: SettingsFiles, wanted: Edit) -> bool:
    """In a file of ours, a course's for one, only what its name says: it has no place in secrets.yaml."""
    named = is_secret(wanted.where) or next(secrets(wanted.new, wanted.where), None) is not None
    is_value = SECRETS in files.candidates(wanted.where)[0]
    return wanted.do == "set" and (named or (is_value and holds_secret(wanted.where, wanted.new)))


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Refused(f"{name} cannot be edited: it is not UTF-8 text.", "", "Save it as UTF-8.") from error


def _line(text: str, way: Where) -> int:
    document = parse(text.encode(), "", [])
    return document.place(way)[0] if document else 0


def _check(folder: Path, environ: Mapping[str, str], name: str, content: bytes) -> tuple[Finding, ...]:
    """New warnings. Raises Mistakes with the new errors."""
    known = {_same(finding) for finding in _findings(folder, environ, {})}
    found = _findings(folder, environ, {name: content})
    new = [finding for finding in found if finding.severity != "note" and _same(finding) not in known]
    errors = [finding for finding in new if finding.severity == "error"]
    if errors:
        mistakes = Mistakes(errors)
        mistakes.what = "Nothing was written: this change would be a mistake."
        raise mistakes
    return tuple(new)


def _findings(folder: Path, environ: Mapping[str, str], instead: Mapping[str, bytes]) -> tuple[Finding, ...]:
    try:
        return load(folder, environ, instead).findings
    except Mistakes as error:
        return error.findings


def _same(finding: Finding) -> tuple[str, str, Where, str]:
    """Wherever its line has gone to."""
    return finding.file, finding.code, finding.path, finding.message


def _notes(files: SettingsFiles, wanted: Edit, name: str) -> tuple[str, ...]:
    """Other files that have the key too: which one wins, and a secret that is left in the open."""
    where, do = wanted.where, wanted.do
    key = dotted(where)
    others = [one for one, _ in files.standing(where) if one != name]
    if not others:
        return ()
    if name == SECRETS and _is_secret(files, wanted):
        return (f"{others[0]} has it too. Take it out there: classhub config set {key} --remove --file {others[0]}",)
    names = files.candidates(where)[0]
    if name in names and names.index(others[-1]) > names.index(name):
        return (f"{others[-1]} has it too, and wins.",)
    return (f"{others[-1]} has it too, and now holds.",) if do == "remove" else ()
