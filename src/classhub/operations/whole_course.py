"""A course as one value: all that its file holds, key by key, so that what stays the same keeps its comments."""

from shlex import quote

from classhub.config.edit import edit
from classhub.config.reading import parse
from classhub.config.spelling import dotted, kind
from classhub.errors import Edit, Refused, WrongUsage


def edited(text: str, wanted: Edit, file: str) -> str:
    """The new text of the course's file. wanted.where: ("courses", NAME). Raises Refused, WrongUsage."""
    new, key = wanted.new, dotted(wanted.where)
    if wanted.do == "remove":
        raise Refused(f"{key} is a file of its own.", "", f"To take the course out: rm {quote(file)}")
    if not isinstance(new, dict) or not new:
        fix = f"Set one key of it, as {key}.title, or all of it, as '{{title: Biology, material: material/biology}}'."
        raise WrongUsage(f"{key} is a course, and so a mapping; this is {kind(new)}.", "", fix)
    document = parse(text.encode(), "", [])
    gone = [Edit("remove", (name,)) for name in (document.values if document else {}) if name not in new]
    for step in [*(Edit("set", (name,), value) for name, value in new.items()), *gone]:
        text = edit(text, step)
    return text
