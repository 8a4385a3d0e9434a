"""Which course a command is about."""

from collections.abc import Sequence
from difflib import get_close_matches

from classhub.config.model import Course
from classhub.errors import NotFound, WrongUsage


def only(names: Sequence[str]) -> str:
    """The only course there is. Raises NotFound, WrongUsage."""
    if not names:
        raise NotFound("There is no course here.", "config/courses has no file", "write config/courses/comp141.yaml")
    if len(names) > 1:
        raise WrongUsage("Which course?", f"there are {', '.join(names)}", f"name it, as {names[0]}")
    return names[0]


def one(courses: Sequence[Course], name: str) -> Course:
    """By its file's name; without a name the only one there is. Raises NotFound, WrongUsage."""
    known = [course.name for course in courses]
    wanted = name or only(known)
    for course in courses:
        if course.name == wanted:
            return course
    close = get_close_matches(name, known, n=1)
    raise NotFound(
        f"There is no course {name}.",
        f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}",
        "see config/courses; a course is called as its file, without .yaml",
    )
