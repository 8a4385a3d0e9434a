"""`classhub course lint`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import options, words
from classhub.cli.console import say, show_json
from classhub.cli.here import Here, pass_here

if TYPE_CHECKING:
    from classhub.operations.courses.lint import Linted


@click.command()
@click.argument("what", metavar="[NAME|FOLDER]", default="")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="github: annotations.")
@options.as_json
@click.pass_context
@pass_here
def lint(here: Here, context: click.Context, what: str, form: str, as_json: bool) -> None:
    """What is probably not meant to reach students: solutions, secrets, names that clash, outputs, broken notebooks.

    Looks at the material of the course NAME as it is now, of all courses without a name, or at any FOLDER. Publishes nothing;
    works without a hub. Where one runs and has the same material, what it found against the release before is told too. Exit code
    1 when there are errors; warnings alone are 0.
    """
    from classhub.operations.courses import lint as linting

    is_folder = (
        os.sep in what or what in (".", "..") or (Path(what).is_dir() and bool(what) and not _is_course(here, what))
    )
    found = [linting.of_folder(Path(what))] if is_folder else _of_courses(here, what)
    if as_json:
        show_json(linting.as_json(found))
    elif form == "github":
        for line in linting.as_github(found):
            say(line)
    else:
        _show(found)
    context.exit(1 if any(one.has_errors for one in found) else 0)


def _of_courses(here: Here, name: str) -> list[Linted]:
    """With what the mirror knows of them, where a hub runs and answers."""
    from classhub.errors import ClasshubError, NotFound, Refused
    from classhub.operations.courses import door
    from classhub.operations.courses import lint as linting

    found = list(linting.of_courses(here.folder, os.environ, name))
    try:
        mirror = door.of_this_server(os.environ) or door.of(here.target)
        for at, one in enumerate(found):
            with suppress(NotFound, Refused):  # a course that is not up yet, or another's
                found[at] = linting.with_mirror(one, mirror)
    except ClasshubError:
        pass
    return found


def _is_course(here: Here, name: str) -> bool:
    from classhub.errors import ClasshubError

    try:
        return (here.folder / "courses" / f"{name}.yaml").is_file()
    except ClasshubError:
        return False


def _show(found: Sequence[Linted]) -> None:
    from classhub.materials.mirror.lint.given import in_a_line

    for one in found:
        for remark in one.remarks:
            say(str(remark))
        counts = [(sum(each.severity == kind for each in one.remarks), kind) for kind in ("error", "warning")]
        summed = ", ".join(words.count(count, kind) for count, kind in counts if count)
        say(f"{in_a_line(one.course)}: {summed or 'nothing to mend'}.")
        if one.waits:
            say(f"Release {one.waits} of it waits for you. Next: `classhub course publish {one.course}`.")
    if not found:
        say("No course has material.")
