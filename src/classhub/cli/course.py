"""`classhub course`."""

import click

from classhub.cli.group import Lazy, LazyGroup

SECTIONS = {
    "Look": {
        "list": Lazy("classhub.cli.course_staff", "list_", "Courses: their material, and the release that is out."),
        "status": Lazy(
            "classhub.cli.course_staff", "status", "Who has which release, who is behind, whose copy has both versions."
        ),
        "lint": Lazy(
            "classhub.cli.course_lint", "lint", "What is probably not meant to reach students, before it does."
        ),
        "preview": Lazy(
            "classhub.cli.course_staff", "preview", "What the next release will do to each student, before it is out."
        ),
    },
    "Hand out": {
        "publish": Lazy(
            "classhub.cli.course_staff", "publish", "Let a release go out that waits, or an earlier one again."
        ),
        "link": Lazy("classhub.cli.course_link", "link", "Links for Canvas that open a file in each student's server."),
        "restore": Lazy("classhub.cli.course_restore", "restore", "A former version of a file, or a fresh copy of it."),
    },
}


@click.group(cls=LazyGroup, sections=SECTIONS)
def course() -> None:
    """Course material: what is handed out, who has it, links to it."""
