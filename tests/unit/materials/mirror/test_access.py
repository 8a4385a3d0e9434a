"""Which courses are for whom."""

import pytest

from classhub.materials.mirror.access import Person, as_the_hub_writes, is_staff, may_see
from classhub.materials.mirror.settings import Course, Section, Who


def names(*all_: str) -> Who:
    return Who(names=frozenset(all_))


COURSE = as_the_hub_writes(
    Course(
        "c",
        instructor=names("Prof@College.edu"),
        tas=Who(groups=frozenset({"TAs"})),
        students=Who(names=frozenset({" Jane.Doe "}), groups=frozenset({"c"})),
        sections=(Section("A", names("Jane.Doe"), ("a",)),),
    )
)
ALL = as_the_hub_writes(Course("all"))

ROWS = [
    (Person("prof@college.edu"), True, True),
    (Person("terry", frozenset({"TAs"})), True, True),
    (Person("terry", frozenset({"tas"})), False, False),
    (Person("jane.doe"), False, True),
    (Person("bob", frozenset({"c", "d"})), False, True),
    (Person("bob"), False, False),
    (Person("root", is_admin=True), True, True),
    (Person("classhub", is_service=True), True, True),
    (Person("classhub"), False, False),
    (Person("culler", is_admin=True, is_service=True), False, False),
    (Person("jane.doe", is_service=True), False, False),
]


@pytest.mark.parametrize(("person", "staff", "sees"), ROWS)
def test_who_is_staff_and_who_may_see(person, staff, sees):
    assert (is_staff(COURSE, person), may_see(COURSE, person)) == (staff, sees)


def test_a_course_for_everyone_is_for_users_alone():
    assert may_see(ALL, Person("anybody"))
    assert not may_see(ALL, Person("anybody", is_service=True))


def test_names_of_sections_are_written_as_the_hub_does_too():
    assert COURSE.sections[0].students.includes("jane.doe", ())
