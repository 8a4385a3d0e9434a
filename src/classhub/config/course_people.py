"""Who takes a course and who teaches it: `people` and `sections` of courses/NAME.yaml."""

from collections.abc import Sequence

from classhub.config.course_paths import inside
from classhub.config.document import Where
from classhub.config.fields import Fields
from classhub.config.model import People, Section, Who
from classhub.config.names_in_one import names_in_one
from classhub.config.spelling import dotted, kind
from classhub.errors import Edit

EVERYONE = "everyone"
_FORMS = "a name or a list of names"


def people(fields: Fields) -> People:
    found = fields.section("people")
    if found is None:
        return People()
    found.only("instructor", "tas", "students")
    default = People()
    return People(
        instructor=_who(found, "instructor", default.instructor),
        tas=_who(found, "tas", default.tas),
        students=_who(found, "students", default.students, may_be_everyone=True),
    )


def sections(fields: Fields) -> tuple[Section, ...]:
    found = fields.section("sections")
    if found is None:
        return ()
    return tuple(_section(found.section(name), name) for name in found.names())


def _section(fields: Fields | None, name: str) -> Section:
    if fields is None:
        return Section(name)
    fields.only("students", "folders")
    folders = fields.places("folders", str, "text, as sections/a")
    return Section(
        name=name,
        students=_who(fields, "students", Who()),
        folders=tuple(path for index, text in folders if (path := inside(fields, ("folders", index), text))),
    )


def _who(fields: Fields, name: str, default: Who, may_be_everyone: bool = False) -> Who:
    if fields.is_mapping(name):
        return _group(fields, name)
    if not fields.given(name):
        return default
    value = fields.value(name)
    if value == EVERYONE and may_be_everyone:
        return Who(everyone=True)
    if isinstance(value, str):
        _is_one_name(fields, name, (name,), value)
        return Who(names=(value,))
    if isinstance(value, list):
        return Who(names=tuple(_listed(fields, name, value, may_be_everyone)))
    message = f"{dotted((*fields.where, name))} must be {_FORMS}; here it is {kind(value)}."
    fields.wrong(name, "CH1902", message, "", f"{name}: [alice@college.edu]")
    return default


def _group(fields: Fields, name: str) -> Who:
    below = fields.section(name)
    if below is None:
        return Who()
    below.only("group")
    group = below.text("group")
    return Who(groups=(group,) if group else ())


def _listed(fields: Fields, name: str, names: Sequence[object], may_be_everyone: bool) -> list[str]:
    found = [text for _, text in fields.places(name, str, "text, as alice@college.edu")]
    for index, text in enumerate(names):
        if text == EVERYONE and may_be_everyone:
            why = "As an item of a list it is the name of one student."
            message = f"{dotted((*fields.where, name, index))} does not mean everybody."
            edit = Edit("set", (*fields.where, name), EVERYONE) if len(names) == 1 else None
            fields.wrong_inside((name, index), "CH1925", message, why, f"{name}: {EVERYONE}", edit=edit)
        elif isinstance(text, str):
            _is_one_name(fields, name, (name, index), text, names)
    return found


def _is_one_name(fields: Fields, name: str, below: Where, text: str, names: Sequence[object] = ()) -> None:
    meant = names_in_one(text, may_have_spaces=True)
    if not meant:
        return
    index = below[1] if len(below) > 1 else None
    new = [*names[:index], meant[0], *names[index + 1 :], *meant[1:]] if isinstance(index, int) else meant
    edit = Edit("set", (*fields.where, name), new)
    message = f"{dotted((*fields.where, *below))} is several names in one."
    fix = f"Write each name on a line of its own, below {name}:, after a dash."
    fields.wrong_inside(below, "CH1414", message, "Nobody has that name.", fix, edit=edit)
