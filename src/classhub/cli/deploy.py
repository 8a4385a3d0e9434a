"""`classhub deploy` and `classhub rollback`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import options
from classhub.cli.asking import agree, is_yes
from classhub.cli.console import aside, progress, say, show_json
from classhub.cli.here import Here, pass_here
from classhub.cli.plan import show
from classhub.cli.polite import killed_politely
from classhub.errors import NotFound

if TYPE_CHECKING:
    from classhub.operations.deploy import Prepared


@click.command()
@options.files
@options.yes
@options.as_json
@pass_here
def deploy(here: Here, files: tuple[Path, ...], yes: bool, as_json: bool) -> None:
    """Bring this folder to its cluster: check, plan, ask, copy the database, apply, wait until the hub answers.

    Running servers go on. What fails, or is interrupted with Ctrl-C, is taken back: the revision of before, with its
    database, is in force again. With nothing to change it changes nothing.
    """
    from classhub.operations import deploy as deploying

    here.files = files
    with killed_politely():
        prepared = deploying.prepare(here.cluster, here.folder, os.environ, files)
        if not as_json:
            show(prepared.head, prepared.told)
        deploying.refuse_conflicts(prepared)
        if not prepared.empty:
            agree("Deploy this?", yes)
        with here.cluster.alone(aside) as turn, progress() as tell:
            left = here.cluster.remains(turn.left)
            deploying.mend(here.cluster, left, tell, lambda question: yes or is_yes(question))
            prepared = _again(here, prepared, files)
            running = deploying.carry_out(here.cluster, prepared, tell)
    if as_json:
        show_json({"revision": running.revision, "address": running.address, "changed": not prepared.empty})
        return
    say(f"Revision {running.revision} runs. The hub is at {running.address or 'no public address'}")


def _again(here: Here, prepared: Prepared, files: tuple[Path, ...]) -> Prepared:
    """What was mended, or changed by others while the question stood, makes another plan."""
    from classhub.operations import deploy as deploying

    now = here.cluster.inspect()
    before = prepared.before.revision if prepared.before else 0
    if (now.revision if now else 0) == before:
        return prepared
    aside("The release was changed meanwhile; the plan is made again.")
    fresh = deploying.prepare(here.cluster, here.folder, os.environ, files)
    deploying.refuse_conflicts(fresh)
    return fresh


@click.command()
@click.argument("revision", type=click.IntRange(min=1), required=False)
@click.option("--database", is_flag=True, help="Put its copy of the hub's database back too, even if it need not be.")
@options.yes
@pass_here
def rollback(here: Here, revision: int | None, database: bool, yes: bool) -> None:
    """Put an earlier revision in force again; without a number, the one before. `classhub history` lists them.

    The hub stops for it; running servers go on. Its database comes back with it where the hub of that revision could not
    read the one of now: else everybody who is in it stays.
    """
    from classhub.operations import deploy as deploying

    with killed_politely():
        wanted = revision or deploying.revision_before(here.cluster)
        if not wanted:
            raise NotFound("There is no earlier revision.", fix="classhub -t cluster history")
        say(f"Revision {wanted} comes back; the hub stops meanwhile, about a minute. Running servers go on.")
        if database:
            say("The hub's database goes back too: users and servers that came since are unknown to it then.")
        agree("Go back?", yes)
        with here.cluster.alone(aside, "rollback"), progress() as tell:
            running = deploying.roll_back(here.cluster, wanted, tell, database=database)
    say(f"Revision {wanted} is in force again, as revision {running.revision}.")
