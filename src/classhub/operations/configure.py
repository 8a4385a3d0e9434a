"""Show one setting, or change it: checked before it is written, and nothing else of its file touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from classhub.config.document import Where
from classhub.config.edit import edit
from classhub.config.edit.removal import taken_out
from classhub.config.edit.typed import below
from classhub.config.load import load, shown
from classhub.config.login import goes_with_secrets
from classhub.config.reading import parse
from classhub.config.secret import hidden, holds_secret, masked, named, secrets
from classhub.config.secret_names import holds_only_secrets, is_secret
from classhub.config.spelling import dotted, nearest
from classhub.errors import ClasshubError, Edit, Finding, Mistakes, NotFound, Refused, WrongUsage
from classhub.operations import whole_course
from classhub.operations.corrected_line import masked_lines
from classhub.operations.rewriting import read, rewrite
from classhub.operations.settings_files import SettingsFiles

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
    files.candidates(where)  # a course's name is looked at before it is looked for
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
    folder: Path, environ: Mapping[str, str], wanted: Edit, *, file: str = "", typed: str | None = None
) -> Changed:
    """wanted: "set" or "remove", of a key in the tree of all files. Ask while the target is `alone`.

    typed: the value as people typed it. Raises Mistakes, with nothing written, when the folder would have new errors;
    Refused, WrongUsage.
    """
    where, do = wanted.where, wanted.do
    files = SettingsFiles(folder)
    name, way = _place(files, wanted, file)
    path = folder / name
    before = read(path)
    text = _text(before or b"", name)
    new = _edited(text, wanted, way, shown(path))
    if new == text and before is not None:
        return Changed(shown(path), 0, "", done=False)
    try:
        warnings = _check(folder, environ, name, new.encode())
    except Mistakes as error:
        if typed is not None and _is_right(folder, environ, name, text, Edit(do, way, typed)):
            error.what += " As text it would be right: add --string."
        raise
    notes = (*_notes(files, wanted, name), *(_new_course(files, name) if before is None else ()))
    rewrite(path, before, new.encode(), private=holds_only_secrets(name))
    is_shown = (
        not holds_only_secrets(name)
        and not holds_secret(where, wanted.new)
        and masked(wanted.new, where, named([])) == wanted.new
    )
    lines = masked_lines(text, new, way) if is_shown else ""
    line = _line(new, way) if do == "set" else 0
    return Changed(shown(path), line, lines, True, notes, warnings)


def _edited(text: str, wanted: Edit, way: Where, file: str) -> str:
    if not way:
        return whole_course.edited(text, wanted, file)
    return taken_out(text, way) if wanted.do == "remove" else edit(text, Edit("set", way, wanted.new))


def _is_right(folder: Path, environ: Mapping[str, str], name: str, text: str, change: Edit) -> bool:
    try:
        _check(folder, environ, name, edit(text, change).encode())
    except ClasshubError:
        return False
    return True


def _place(files: SettingsFiles, wanted: Edit, file: str) -> tuple[str, Where]:
    """The file to change, and the way within it."""
    where, do = wanted.where, wanted.do
    if where == ("courses",):
        raise WrongUsage("Courses are files, one for each.", "", "Name the course, as in courses.comp141.title.")
    names, inner = files.candidates(where)
    if file:
        names = (files.checked(file),)
        inner = inner if names == files.candidates(where)[0] else where
    secret = _is_secret(files, wanted)
    apart = [one for one in names if holds_only_secrets(one)]
    if secret and not apart:
        raise Refused(f"{dotted(where)} is a secret; {names[0]} is not the place for it.", "", f"--file {SECRETS}")
    standing = [name for name in names if files.has(name, inner)]
    if do == "remove" and not standing:
        raise NotFound(
            f"{dotted(where)} stands in no file.", "what is in force is the default", "There is nothing to remove."
        )
    new = SECRETS if SECRETS in names and goes_with_secrets(where) else names[0]
    name = apart[-1] if secret else standing[-1] if standing else new
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
        return load(folder, environ, instead, in_full=True).findings
    except Mistakes as error:
        return error.findings


def _same(finding: Finding) -> tuple[str, str, Where, str]:
    """Wherever its line has gone to."""
    return finding.file, finding.code, finding.path, finding.message


def _notes(files: SettingsFiles, wanted: Edit, name: str) -> tuple[str, ...]:
    """Other files that have the key too: which one wins, and a secret that is left in the open."""
    where, do, key = wanted.where, wanted.do, dotted(wanted.where)
    others = [one for one, _ in files.standing(where) if one != name]
    if not others:
        return ()
    if name == SECRETS and _is_secret(files, wanted):
        return (f"{others[0]} has it too. Take it out there: classhub config set {key} --remove --file {others[0]}",)
    names = files.candidates(where)[0]
    if name in names and names.index(others[-1]) > names.index(name):
        return (f"{others[-1]} has it too, and wins.",)
    return (f"{others[-1]} has it too, and now holds.",) if do == "remove" else ()


def _new_course(files: SettingsFiles, name: str) -> tuple[str, ...]:
    """A typing error in a course's name makes a course, too."""
    if not name.startswith("courses/"):
        return ()
    file = shown(files.folder / name)
    others = [Path(one).stem for one in files.names if one.startswith("courses/") and one != name]
    meant = nearest(Path(name).stem, others)
    meant = f" If you meant {meant}: rm {quote(file)}" if meant else ""
    return (f"{file} is a new course file.{meant}",)
