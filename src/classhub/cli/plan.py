"""`classhub plan`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import options
from classhub.cli.console import say, show_json
from classhub.cli.here import Here, pass_here

if TYPE_CHECKING:
    from classhub.plan.told import Told


@click.command()
@options.files
@options.as_json
@click.pass_context
@pass_here
def plan(here: Here, context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """What `up` would change, or `deploy` with -t cluster, in words; changes nothing.

    What restarts, which servers keep old settings, who gets in, which homes, what costs money, and each setting that
    differs from what runs.

    Secrets are shown as ********. Exit code 0 also when something would change; 1 when config/ has mistakes, or when `up`
    would be refused as things are now.
    """
    from classhub.operations import plan as planning

    here.files = files
    if here.name == "cluster":
        foreseen = planning.foresee_release(here.cluster, here.folder, os.environ, files)
    else:
        foreseen = planning.foresee(here.machine, here.folder, os.environ, files)
    if as_json:
        show_json(planning.as_json(foreseen))
    else:
        show(foreseen.head, foreseen.told)
    context.exit(1 if foreseen.is_refused else 0)


def show(head: str, told: Told) -> None:
    say(head)
    for consequence in told.consequences:
        say(f"- {consequence.sentence}")
    if told.changes:
        say("Changed settings:")
    for change in told.changes:
        say(f"  {change.sentence}")
