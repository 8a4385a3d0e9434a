"""`classhub sync`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import options
from classhub.cli.console import raw, say

if TYPE_CHECKING:
    from classhub.materials.result import Result


@click.command()
@click.argument("source")
@click.argument("rest", nargs=-1, required=True, metavar="[BRANCH] FOLDER", type=click.UNPROCESSED)
@click.option("--branch", default="", metavar="B", help="A branch or tag; default: the repository's own.")
@options.as_json
def sync(source: str, rest: tuple[str, ...], branch: str, as_json: bool) -> None:
    """Bring course material into a folder of your own, and never lose what you changed in it. No hub is needed.

    SOURCE is the address of a git repository, a folder, or an archive (.zip, .tar.gz), also on the web. FOLDER is made if it
    is not there. What you edited stays: notebooks are merged cell by cell, text line by line, and where that cannot be the new
    version lies beside yours. A copy of the source is kept below ~/.classhub for the next time.

    Takes the place of `gitpuller URL BRANCH FOLDER`. Exit code 0 with a line that says what happened, also when the source does
    not answer: what is there stays as it is. 2 only for wrong usage.
    """
    from classhub.materials import result
    from classhub.operations.sync_here import is_address, overlap

    *before, folder = rest
    if len(before) > 1 or not folder or not source or (before and branch):
        raise click.UsageError("Give SOURCE FOLDER, SOURCE FOLDER --branch B, or SOURCE BRANCH FOLDER.")
    if not is_address(source):
        raise click.UsageError("SOURCE is no address: its host or port can be none.")
    branch = before[0] if before else branch
    if overlap(source, Path(folder), branch, Path.cwd()):
        raise click.UsageError("Neither SOURCE nor FOLDER may lie in the other: name another FOLDER.")
    done = _synced(source, folder, branch)
    if as_json:
        raw(result.to_json(done) + "\n")
    else:
        _show(done)


def _synced(source: str, folder: str, branch: str) -> Result:
    from classhub.materials.result import Result
    from classhub.operations.sync_here import sync_here

    try:
        return sync_here(source, Path(folder), branch, home=Path.home(), here=Path.cwd())
    except Exception as error:  # noqa: BLE001 - who runs it at a server's start must never be stopped by it
        text = f"A bug of ours: {type(error).__name__}."
        return Result(
            course="", status="failed", error={"code": "bug", "text": text}, message=f"Nothing was changed. {text}"
        )


def _show(done: Result) -> None:
    for item in done.items:
        if item.action not in ("new", "same"):
            where = f" ({item.where})" if item.where else ""
            say(f"{item.action:9} {item.path}{where}{f': {item.why}' if item.why else ''}")
    say(done.message)
