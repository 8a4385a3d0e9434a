"""`classhub course restore`."""

from __future__ import annotations

import sys
from shlex import quote
from typing import Any

import click

from classhub.cli.console import say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name, as_json
from classhub.errors import Refused, WrongUsage


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--for", "who", type=Name(), default=None, metavar="WHO", help="In this student's home. Default: your own."
)
@click.option("--list", "listing", is_flag=True, help="Which former versions are kept.")
@click.option("--version", default="", metavar="VERSION", help="One of --list. Default: the newest.")
@click.option("--fresh", is_flag=True, help="The course's version; the student's own gets another name.")
@as_json
@pass_here
def restore(here: Here, file: str, *, who: str | None, listing: bool, version: str, fresh: bool, as_json: bool) -> None:
    """Bring a former version of a file back, or with --fresh hand it out anew.

    FILE is as in the home: comp141/labs/lab01.ipynb. Nothing is thrown away: what lies there is kept as a version, or with
    --fresh under another name beside it. The student's server must run.
    """
    from classhub.operations.courses import restore as restoring

    if fresh and (version or listing):
        raise WrongUsage("--fresh goes with neither --version nor --list.", "", "leave one of them out")
    words = (
        ["versions", file]
        if listing
        else ["start-over", file]
        if fresh
        else ["restore", file, *filter(None, [version])]
    )
    python = "python3" if here.name == "cluster" else sys.executable
    answer = restoring.for_whom(here.target, who, words, python) if who else restoring.own(words)
    if as_json:
        show_json(answer)
    if listing:
        if not as_json:
            _show_versions(file, answer)
        return
    _refuse_undone(file, who, answer, fresh)
    if not as_json:
        say(f"{file}: {answer['message']}")


def _show_versions(file: str, answer: dict[str, Any]) -> None:
    rows = [(one["name"], str(one["when"]), one["why"], f"{one['bytes']} bytes") for one in answer["versions"]]
    if rows:
        table(("version", "from", "kept when", "size"), rows)
    else:
        say(f"No former version of {file} is kept. With --fresh the course's version comes.")


def _refuse_undone(file: str, who: str | None, answer: dict[str, Any], fresh: bool) -> None:
    """Raises Refused for what was not done, also where the home's program found nothing to do."""
    from classhub.operations.courses import restore as restoring

    if answer.get("status") != "done":
        error = answer.get("error")
        whose = f"--for {quote(who)} " if who else ""
        is_version = isinstance(error, dict) and error.get("code") == "version"
        fix = f"classhub course restore {whose}--list {quote(file)}" if is_version else ""
        raise Refused(f"{file}: {answer.get('message') or 'it was not done'}", "", fix)
    why = restoring.not_given(answer) if fresh else ""
    if why:
        raise Refused(f"{file} {why}." if why.startswith("is ") else f"{file}: {why}.")
