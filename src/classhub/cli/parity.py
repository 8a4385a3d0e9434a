"""`classhub parity`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from classhub.cli.console import say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json

if TYPE_CHECKING:
    from classhub.config.parity import Row


@click.command()
@as_json
@pass_here
def parity(here: Here, as_json: bool) -> None:
    """What of config.yaml holds here. Works without a hub."""
    from classhub.config.load import load
    from classhub.operations import parity as holding

    config = load(here.folder, os.environ)
    rows = holding.rows(here.machine, config)
    if as_json:
        show_json(rows)
        return
    table(("setting", "here", "what it means here", "on the cluster"), [_cells(row) for row in rows])
    say(f"{holding.summary(here.machine, config)}.")
    say(holding.versions(config))


def _cells(row: Row) -> tuple[str, ...]:
    return row.setting, row.here, row.sentence, row.cluster
