"""`classhub history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import plain, say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json

if TYPE_CHECKING:
    from classhub.plan.steps import Revision


@click.command()
@as_json
@pass_here
def history(here: Here, as_json: bool) -> None:
    """What was applied when, and by whom. Oldest first."""
    revisions = here.target.history()
    if as_json:
        show_json([{key: value for key, value in plain(one).items() if key != "digests"} for one in revisions])
    elif revisions:
        rows = [(str(one.number), words.moment(one.when), one.who, _what(one)) for one in revisions]
        table(("revision", "when", "who", "what"), rows)
    else:
        say("Nothing was applied here yet.")


def _what(revision: Revision) -> str:
    """ "classhub up", or "classhub up (failed)"."""
    return f"{revision.what} ({revision.outcome})" if revision.outcome else revision.what
