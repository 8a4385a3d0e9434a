"""What a course hands out and when: `assignments` and `timezone` of courses/NAME.yaml."""

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from classhub.config.course_paths import inside, miss
from classhub.config.fields import Fields
from classhub.config.model import Assignment
from classhub.config.moments import moment, zone
from classhub.config.spelling import dotted, nearest

KEYS = ("path", "title", "due", "release")


def timezone(fields: Fields) -> str:
    name = fields.text("timezone")
    if name and zone(name) is None:
        why = "Times would be hours off."
        fields.wrong("timezone", "CH1933", f"There is no time zone {name}.", why, "timezone: America/Chicago")
        return ""
    return name


def assignments(fields: Fields, where: str, sections: Collection[str], material: Path | None) -> tuple[Assignment, ...]:
    """where: the time zone, empty for this machine's. material: where it is a folder of this machine."""
    found = fields.section("assignments")
    if found is None:
        return ()
    read = [_assignment(found, name, zone(where) if where else None, sections) for name in found.names()]
    for one in read:
        miss(found, (one.name, "path"), one.path, material)
    _one_path_each(found, read)
    return tuple(one for one in read if one.path)


def _assignment(above: Fields, name: str, where: tzinfo | None, sections: Collection[str]) -> Assignment:
    fields = above.section(name)
    if fields is None:
        if not above.given(name):
            _pathless(above, name)
        return Assignment(name, "", name)
    fields.only(*KEYS)
    if not fields.given("path"):
        _pathless(above, name)
    text = fields.text("path")
    due, release = (_times(fields, key, where, sections) for key in ("due", "release"))
    _in_order(fields, release, due)
    return Assignment(
        name=name,
        path=inside(fields, ("path",), text) if text else "",
        title=fields.text("title", name),
        due=due,
        release=release,
    )


def _pathless(above: Fields, name: str) -> None:
    message = f"{dotted((*above.where, name))} has no path."
    above.wrong(name, "CH1938", message, "It says what is handed out.", f"path: labs/{name}.ipynb")


def _times(fields: Fields, key: str, where: tzinfo | None, sections: Collection[str]) -> dict[str, str]:
    if not fields.is_mapping(key):
        return {"": text} if (text := _time(fields, key, where)) else {}
    below = fields.section(key)
    assert below is not None
    for name in below.names():
        if name not in sections:
            _no_section(below, name, sections)
    return {name: text for name in below.names() if (text := _time(below, name, where))}


def _no_section(fields: Fields, name: str, sections: Collection[str]) -> None:
    meant = nearest(name, sections)
    message = f"There is no section {name}." + (f" Did you mean {meant}?" if meant else "")
    known = f"known are {', '.join(sorted(sections))}" if sections else "name its students in sections:"
    fields.wrong(
        name, "CH1935", message, "The time is nobody's.", f"Write {meant}:" if meant else f"Correct it; {known}."
    )


def _time(fields: Fields, key: str, where: tzinfo | None) -> str:
    text = fields.text(key)
    if not text:
        return ""
    try:
        return moment(text, where)
    except ValueError as error:
        message = f"{dotted((*fields.where, key))} cannot be used: {error}."
        fields.wrong(key, "CH1934", message, "", f'{key}: "2027-01-11 09:00"')
        return ""


def _in_order(fields: Fields, release: Mapping[str, str], due: Mapping[str, str]) -> None:
    for section, text in release.items():
        end = due.get(section, due.get("", ""))
        if end and datetime.fromisoformat(text) >= datetime.fromisoformat(end):
            message = f"{dotted((*fields.where, 'release'))} is not before it is due."
            why = "Nobody could do it in time."
            fields.wrong("release", "CH1937", message, why, "Correct one of the two.", severity="warning")
            return


def _one_path_each(fields: Fields, read: list[Assignment]) -> None:
    first: dict[str, str] = {}
    for one in read:
        other = first.setdefault(one.path, one.name)
        if one.path and other != one.name:
            message = f"{one.path} is already the path of {other}."
            why = "When it is released and due would be told twice."
            fields.wrong_inside(
                (one.name, "path"), "CH1936", message, why, "Take one of the two out, or correct its path."
            )
