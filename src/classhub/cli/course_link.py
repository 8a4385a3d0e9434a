"""`classhub course link`."""

from __future__ import annotations

import os

import click

from classhub.cli.console import aside, raw, say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--course", "name", default="", metavar="NAME", help="Default: the only one there is.")
@click.option(
    "--hub", default="", metavar="URL", help="The address that students know. Default: that of the running hub."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "markdown", "html"]), default="text", help="For pasting."
)
@as_json
@pass_here
def link(here: Here, files: tuple[str, ...], *, name: str, hub: str, form: str, as_json: bool) -> None:
    """Links that open a file of a course in each student's own server; without FILE, of all assignments.

    For a module item or an assignment in Canvas, a syllabus, a mail. A link names the course and the file: it stays right
    when the material moves, and follows a file that is renamed.
    """
    from classhub.operations.courses import found, link_table, links
    from classhub.operations.loading import load

    config = load(here.folder, os.environ)
    course = found.one(config.courses, name)
    address = links.hub_address(here.target, config, hub)
    made = links.links(course, address, files)
    if links.is_of_this_machine(address):
        aside(links.THIS_MACHINE_ONLY.format(address))
    for one in made:
        if one.missing:
            aside(f"There is no {one.path} in the material of {course.name}: the link leads to a page that says so.")
    if as_json:
        show_json(made)
    elif form in link_table.FORMATS:
        raw(link_table.FORMATS[form](made))
    elif not made:
        say(
            f"{course.name} has no assignments. Name a file, as labs/lab01.ipynb, or write them into its file in config/courses."
        )
    elif files:
        for one in made:
            say(one.url)
    else:
        table(link_table.HEADS, link_table.rows(made))
