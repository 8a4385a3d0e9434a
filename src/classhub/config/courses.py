"""courses/NAME.yaml -> Course. A course is added by adding a file."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from classhub.config.belongs import OF_A_COURSE
from classhub.config.course_assignments import assignments, timezone
from classhub.config.course_material import material
from classhub.config.course_people import people, sections
from classhub.config.document import Document
from classhub.config.fields import Fields
from classhub.config.model import Course
from classhub.errors import Finding

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
    source = material(fields, folder)
    found = Course(
        name=name,
        title=fields.text("title", name),
        source=source,
        folder=_folder(fields, name),
        people=people(fields),
        sections=sections(fields),
        libraries=tuple(fields.items("libraries", str, "text, as numpy>=2")),
        timezone=timezone(fields),
        raw=document.values,
    )
    named = {one.name for one in found.sections}
    return replace(found, assignments=assignments(fields, found.timezone, named, found.material))


def is_name(text: str) -> bool:
    """May this be a course's name?"""
    return bool(_NAME.fullmatch(text))


def _outer_types(fields: Fields) -> None:
    """What later parts of ClassHub read; their insides are checked there."""
    fields.items("meetings", dict, "a mapping, as days: [Mon, Wed]")


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
