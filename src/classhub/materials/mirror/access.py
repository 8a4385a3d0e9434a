"""Which courses are for whom. Pure."""

from dataclasses import dataclass, replace

from classhub.materials.mirror.settings import Course, Who

OURS = "classhub"
"""The hub's service that ClassHub's own commands speak for."""


@dataclass(frozen=True)
class Person:
    """As the hub knows them. Services have a name, too, and are no users."""

    name: str
    groups: frozenset[str] = frozenset()
    is_admin: bool = False
    is_service: bool = False


def as_the_hub_writes(course: Course) -> Course:
    """With all names in lower case, as JupyterHub keeps them unless a username_map says otherwise."""
    return replace(
        course,
        instructor=_lower(course.instructor),
        tas=_lower(course.tas),
        students=_lower(course.students),
        sections=tuple(replace(one, students=_lower(one.students)) for one in course.sections),
    )


def _lower(who: Who) -> Who:
    return replace(who, names=frozenset(name.strip().lower() for name in who.names))


def is_staff(course: Course, person: Person) -> bool:
    """Of this course. Admins and ClassHub itself are, of all."""
    if person.is_service:
        return person.name == OURS
    return person.is_admin or any(who.includes(person.name, person.groups) for who in (course.instructor, course.tas))


def may_see(course: Course, person: Person) -> bool:
    """Staff and students. Another service of the hub is nobody's student; of what somebody clicked on nobody is staff."""
    if not course.on_demand and is_staff(course, person):
        return True
    return not person.is_service and course.students.includes(person.name, person.groups)
