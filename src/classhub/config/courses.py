"""courses/NAME.yaml -> Course. A course is added by adding a file."""

import re
from pathlib import Path
from typing import Any

from classhub.config.belongs import OF_A_COURSE
from classhub.config.document import Document, Where
from classhub.config.fields import Fields
from classhub.config.model import Course
from classhub.config.names_in_one import names_in_one
from classhub.config.spelling import dotted
from classhub.errors import Edit, Finding

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")


def course(document: Document, name: str, folder: Path, mistakes: list[Finding]) -> Course:
    """name: the file's, without .yaml. folder: config/, absolute; material is relative to the folder that holds it."""
    fields = Fields(document, mistakes)
    fields.only(*OF_A_COURSE, file="courses/NAME.yaml")
    if not is_name(name):
        fix = "Rename the file: letters, digits, dots and dashes, as comp141.yaml."
        mistakes.append(
            Finding("error", document.file, 0, 0, "This cannot be the name of a course.", "", fix, "CH1921")
        )
    _outer_types(fields)
    return Course(
        name=name,
        title=fields.text("title", name),
        material=_material(fields, folder),
        folder=_folder(fields, name),
        raw=document.values,
    )


def is_name(text: str) -> bool:
    """May this be a course's name?"""
    return bool(_NAME.fullmatch(text))


def _outer_types(fields: Fields) -> None:
    """What later parts of ClassHub read; their insides are checked there."""
    fields.items("libraries", str, "text, as numpy>=2")
    _people(fields)
    fields.items("meetings", dict, "a mapping, as days: [Mon, Wed]")
    fields.entries("assignments", dict, "a mapping, as path: labs/lab01.ipynb")


def _people(fields: Fields) -> None:
    for role, people in fields.entries("people", str | list, "a name or a list of names").items():
        for index, entry in enumerate(people) if isinstance(people, list) else [(None, people)]:
            meant = names_in_one(entry, may_have_spaces=True) if isinstance(entry, str) else None
            if meant:
                below: Where = ("people", role) if index is None else ("people", role, index)
                new = meant if index is None else [*people[:index], meant[0], *people[index + 1 :], *meant[1:]]
                edit = Edit("set", (*fields.where, "people", role), new)
                message = f"{dotted(below)} is several names in one."
                fix = f"Write each name on a line of its own, below {role}:, after a dash."
                fields.wrong_inside(below, "CH1414", message, "Nobody has that name.", fix, edit=edit)


def _material(fields: Fields, folder: Path) -> Path | None:
    text = fields.text("material")
    if not text or "\0" in text:
        return None
    path = folder.parent / text
    if not path.is_dir():
        why = f"Students would get nothing. The path starts at {folder.parent}."
        fix = "Create the folder, or correct the path."
        fields.wrong("material", "CH1922", f"There is no folder {text}.", why, fix)
    return path


def _folder(fields: Fields, default: str) -> str:
    name = fields.text("folder", default)
    if name in ("", ".", "..") or "/" in name or name.startswith(".") or "\0" in name:
        why = "It is made in each student's home, and must be seen there."
        fields.wrong("folder", "CH1923", "folder must be one plain folder name.", why, f"folder: {default}")
        return default
    return name


def clashes(courses: list[tuple[Document, Course]]) -> list[Finding]:
    """Two courses that would share one folder in a student's home."""
    found: list[Finding] = []
    first: dict[str, Any] = {}
    for document, one in courses:
        other = first.setdefault(one.folder, document.file)
        if other != document.file:
            line, column = document.place(("folder",))
            message = f"The folder {one.folder} is already taken by {other}."
            why = "The files of both courses would mix in a student's home."
            found.append(
                Finding(
                    "error", document.file, line, column, message, why, "Give one of them another folder.", "CH1924"
                )
            )
    return found
