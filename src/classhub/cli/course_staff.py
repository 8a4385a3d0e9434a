"""`classhub course list`, `status`, `preview` and `publish`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from classhub.cli import words
from classhub.cli.console import aside, say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json, yes
from classhub.errors import ClasshubError, NotFound, Refused

if TYPE_CHECKING:
    from classhub.outside.mirror_api import MirrorApi

name = click.argument("name", default="", metavar="[COURSE]")


def _door(here: Here) -> MirrorApi:
    from classhub.operations.courses import door

    return door.of_this_server(os.environ) or door.of(here.target)


def _named(door: MirrorApi, given: str) -> str:
    """A course by name; without one the only one there is. Nothing of config/ is asked: it may be half edited."""
    from classhub.operations.courses import found

    return given or found.only([one["name"] for one in door.courses()])


@click.command("list")
@as_json
@pass_here
def list_(here: Here, as_json: bool) -> None:
    """Courses, the release of each that is out, the folder that students find it in, and what needs you.

    That is "source away", "waits for you", errors of its release, or that an earlier release is out: `course status NAME` says more.
    """
    door = _door(here)
    found = [{**one, "needs": _needs(door, one["name"])} for one in door.courses()]
    if as_json:
        show_json(found)
    elif found:
        rows = [
            (one["name"], one["title"], one["folder"], one["release"] or "nothing is published yet", one["needs"])
            for one in found
        ]
        table(("course", "title", "folder", "release", "needs you"), rows)
    else:
        say("There are no courses. Write config/courses/NAME.yaml, then `classhub up`.")


def _needs(door: MirrorApi, course: str) -> str:
    """Empty also for who takes the course and is no staff of it."""
    from classhub.operations.courses import standing

    try:
        return standing.needs(door.status(course))
    except (Refused, NotFound):
        return ""


@click.command()
@name
@as_json
@pass_here
def status(here: Here, name: str, as_json: bool) -> None:
    """Who has which release, who is behind, whose copy has both versions, who never synced; what needs you comes first.

    And of the course itself: the release that is out with its errors, one that waits, and a source that cannot be had.
    "moved aside" is who has a file under another name since; admins, and people without a server so far, come last.
    """
    from classhub.operations.courses import standing

    door = _door(here)
    course = _named(door, name)
    with _explained(here, course):
        told = door.status(course)
    found = standing.students(told, _users(here))
    if as_json:
        show_json({**told, "standing": found})
        return
    for line in standing.head(told):
        say(line)
    rows = [(one.name, one.state, one.release, _ago(one.when), one.says) for one in found]
    if rows:
        table(("student", "state", "release", "synced", "told"), rows)


def _users(here: Here) -> dict[str, str]:
    """Of the hub; in a student's server nobody may list them."""
    from classhub.operations.courses import door, standing

    return {} if door.of_this_server(os.environ) else standing.listed_users(here.target.api())


def _ago(when: str) -> str:
    moment = words.since_epoch(when)
    return "-" if moment is None else f"{words.ago(moment)} ago"


@click.command()
@name
@as_json
@pass_here
def preview(here: Here, name: str, as_json: bool) -> None:
    """What the next release will do to each student: the one that waits, else what the source has now.

    Of a file in which a student has written it says "merged or beside": which of the two shows only in the home.
    """
    door = _door(here)
    course = _named(door, name)
    with _explained(here, course):
        told = door.preview(course)
    if as_json:
        show_json(told)
        return
    say(_preview_head(course, told))
    for verb in ("new", "changed", "removed"):
        for path in told[verb]:
            say(f"  {verb:8} {path}")
    rows = [row for one in told["students"] if (row := _preview_row(one))[1:] != ("-", "-", "-")]
    if rows:
        table(("student", "updated", "merged or beside", "own, kept"), rows)


@contextmanager
def _explained(here: Here, course: str) -> Iterator[None]:
    """What the mirror does not know may be in config/ all the same."""
    try:
        yield
    except NotFound as error:
        raise _not_yet(here, course) or error from None


def _not_yet(here: Here, course: str) -> NotFound | None:
    """Of a course that config/ has and the hub has not: that. In a student's server there is no config/."""
    from classhub.operations.courses import door

    try:
        file = here.folder / "courses" / f"{course}.yaml"
        if door.of_this_server(os.environ) or not file.is_file():
            return None
    except (ClasshubError, OSError, ValueError):
        return None
    why = "its file is newer than the last `classhub up`, or has no material:"
    return NotFound(f"The hub does not know the course {course} yet.", why, "classhub up")


def _preview_head(course: str, told: dict[str, Any]) -> str:
    count = len(told["new"]) + len(told["changed"]) + len(told["removed"])
    if not count:
        return f"{course}: nothing would change; {told['from']} is what the source has."
    to = f"release {told['to']}, which waits" if told["to"] else f"what the source has now ({told['source']})"
    return f"{course}: from {told['from'] or 'nothing'} to {to}: {words.count(count, 'file')}."


def _preview_row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    changed = len(one["updated"]) + len(one["removed"])
    return one["name"], str(changed or "-"), ", ".join(one["touched"]) or "-", ", ".join(one["kept"]) or "-"


@click.command()
@name
@click.option(
    "--release",
    default="",
    metavar="RELEASE",
    help="An earlier one, to hand it out again. Default: the one that waits, else that of the source as it is.",
)
@yes
@pass_here
def publish(here: Here, name: str, release: str, yes: bool) -> None:
    """Let the release go out that waits, or an earlier one again; else look at the source now, and hand out what it has.

    Students have it within a minute. What they wrote stays.
    """
    from classhub.operations.courses import remarks

    door = _door(here)
    course = _named(door, name)
    with _explained(here, course):
        told = door.status(course)
    held = told["mirror"].get("held")
    if held and not release and not yes:
        for one in told["mirror"].get("remarks", ()):
            aside(remarks.line(one))
        raise Refused(
            f"Release {held['release']} of {course} waits for you: {held.get('why', '')}",
            "",
            f"look at it (classhub course preview {course}), then classhub course publish {course} --yes",
        )
    made = door.publish(course, release)
    if made["release"] == made["before"]:
        say(f"Nothing is new: {made['release']} is out already.")
    else:
        say(f"Release {made['release']} of {course} is out.")
        _warn(made)


def _warn(made: dict[str, Any]) -> None:
    """Of the errors in what just went out: nothing stops it, and nobody else is told."""
    from classhub.operations.courses import remarks

    errors = remarks.errors(made.get("remarks", ()))
    if errors:
        aside(f"Warning: it has {words.count(len(errors), 'error')}.")
    for one in errors:
        aside(f"  {remarks.line(one)}")
