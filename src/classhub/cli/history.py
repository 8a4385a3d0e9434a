"""`classhub history`."""

import click

from classhub.cli import words
from classhub.cli.console import say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json


@click.command()
@as_json
@pass_here
def history(here: Here, as_json: bool) -> None:
    """What was applied when, and by whom. Oldest first."""
    revisions = here.target.history()
    if as_json:
        show_json(revisions)
    elif revisions:
        rows = [(str(one.number), words.moment(one.when), one.who, one.what) for one in revisions]
        table(("revision", "when", "who", "what"), rows)
    else:
        say("Nothing was applied here yet.")
