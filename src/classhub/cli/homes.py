"""`classhub homes`."""

import click

from classhub.cli import words
from classhub.cli.console import say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json


@click.group()
def homes() -> None:
    """Students' homes: whose, how big, how old."""


@homes.command("list")
@as_json
@click.option("--sizes", is_flag=True, help="Measure them too; takes a while with many files.")
@pass_here
def list_(here: Here, as_json: bool, sizes: bool) -> None:
    """Every home, also of users who are gone."""
    found = here.target.homes().list(sizes)
    if as_json:
        show_json(found)
    elif found:
        rows = [(home.owner, words.size(home.size_bytes), words.moment(home.changed), home.path) for home in found]
        table(("owner", "size", "changed", "path"), rows)
    else:
        say("There are no homes yet.")
