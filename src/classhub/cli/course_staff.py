"""`classhub course list`, `status`, `preview` and `publish`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from classhub.cli import words
from classhub.cli.console import aside, say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json, yes
from classhub.errors import Refused

if TYPE_CHECKING:
    from classhub.config.model import Course
    from classhub.outside.mirror_api import MirrorApi

name = click.argument("name", default="", metavar="[COURSE]")


def _door(here: Here) -> MirrorApi:
    from classhub.operations.courses import door

    return door.of_this_server(os.environ) or door.of(here.target)


def _course(here: Here, given: str) -> tuple[str, Course | None]:
    """Its name, and what config/ says of it. In a student's server there is no config/ that we may read."""
    from classhub.operations.courses import door, found
    from classhub.operations.loading import load

    if door.of_this_server(os.environ) is not None:
        if not given:
            raise Refused("Which course?", "", "name it, as comp141; `classhub course list` tells them")
        return given, None
    course = found.one(load(here.folder, os.environ).courses, given)
    return course.name, course


@click.command("list")
@as_json
@pass_here
def list_(here: Here, as_json: bool) -> None:
    """Courses, the release of each that is out, and the folder that students find it in."""
    found = _door(here).courses()
    if as_json:
        show_json(found)
    elif found:
        rows = [
            (one["name"], one["title"], one["folder"], one["release"] or "nothing is published yet") for one in found
        ]
        table(("course", "title", "folder", "release"), rows)
    else:
        say("There are no courses. Write config/courses/NAME.yaml, then `classhub up`.")


@click.command()
@name
@as_json
@pass_here
def status(here: Here, name: str, as_json: bool) -> None:
    """Who has which release, who is behind, whose copy has both versions, who never synced; what needs you comes first.

    And of the course itself: the release that is out, one that waits, and a source that cannot be had.
    """
    from classhub.operations.courses import standing

    course, settings = _course(here, name)
    told = _door(here).status(course)
    everyone = settings is not None and settings.people.students.everyone
    users = standing.listed_users(here.target.api()) if everyone else ()
    found = standing.students(told, users, settings)
    if as_json:
        show_json({**told, "standing": found})
        return
    for line in standing.head(told):
        say(line)
    rows = [(one.name, one.state, one.release, _ago(one.when), one.says) for one in found]
    if rows:
        table(("student", "state", "release", "synced", "told"), rows)


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
    course, _ = _course(here, name)
    told = _door(here).preview(course)
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
    help="An earlier one, to hand it out again. Default: the one that waits.",
)
@yes
@pass_here
def publish(here: Here, name: str, release: str, yes: bool) -> None:
    """Let the release go out that waits, or an earlier one again; else look at the source now.

    Students have it within a minute. What they wrote stays.
    """
    course, _ = _course(here, name)
    door = _door(here)
    told = door.status(course)
    held = told["mirror"].get("held")
    if held and not release and not yes:
        for remark in told["mirror"].get("remarks", ()):
            aside(f"{remark['severity']} {remark['rule']} {remark['path']}: {remark['reason']}")
        raise Refused(
            f"Release {held['release']} of {course} waits: {held.get('why', '')}",
            "",
            f"look at it (classhub course preview {course}), then classhub course publish {course} --yes",
        )
    made = door.publish(course, release)
    if made["release"] == made["before"]:
        say(f"Nothing is new: {made['release']} is out already.")
    else:
        say(f"Release {made['release']} of {course} is out.")
