"""`classhub deploy` and `classhub rollback`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import explaining, options
from classhub.cli.asking import agree, is_yes
from classhub.cli.console import aside, progress, say, show_json
from classhub.cli.explaining import explain
from classhub.cli.here import Here, pass_here
from classhub.cli.plan import show
from classhub.cli.polite import killed_politely
from classhub.errors import ClasshubError, NotFound

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.deploy import Prepared
    from classhub.plan.running import Running


timeout = click.option(
    "--timeout",
    type=options.Duration(),
    metavar="TIME",
    help="How long Helm's hooks, and then the parts, may take to run, as 90s or 30m. Default: 15m.",
)


@click.command()
@options.files
@click.option("--take-over", is_flag=True, help="Set back what other tools changed of the release's objects.")
@click.option("--try", "trial", is_flag=True, help="Also start one server of a test user, and take it away again.")
@timeout
@options.yes
@options.as_json
@explain
@pass_here
def deploy(
    here: Here,
    *,
    files: tuple[Path, ...],
    take_over: bool,
    trial: bool,
    timeout: int | None,
    yes: bool,
    as_json: bool,
    explain: bool,
) -> None:
    """Bring this folder to its cluster: check, plan, ask, copy the database, apply, wait until the hub answers.

    Running servers go on. What fails, or is interrupted with Ctrl-C, is taken back: the revision of before, with its
    database, is in force again. With nothing to change it changes nothing. What a command left half-way that was killed
    is mended first.
    """
    from classhub.operations import deploy as deploying

    if explain:
        _explain(here, files, timeout)
        return
    here.files, here.timeout_s = files, timeout

    def agreed() -> Prepared:
        left = deploying.unfinished(here.cluster)
        made = deploying.prepare(
            here.cluster, here.folder, os.environ, files, left=left, take_over=take_over, trial=trial
        )
        if not as_json:
            show(made.head, made.told)
        deploying.refuse_conflicts(made, take_over=take_over)
        if not made.empty:
            agree("Deploy this?", yes)
        return made

    with killed_politely():
        _mend(here)
        prepared = agreed()
        unchanged = prepared.before if prepared.empty else None
        running = unchanged or _carry_out(here, prepared, agreed)
    if as_json:
        show_json({"revision": running.revision, "address": running.address, "changed": not prepared.empty})
        return
    say(f"Revision {running.revision} runs. The hub is at {running.address or 'no public address'}")


def _mend(here: Here) -> None:
    """Before anything is planned: Helm plans nothing on a release that is half-way."""
    from classhub.operations import deploy as deploying

    left = deploying.unfinished(here.cluster)
    if not left.is_to_mend:
        return
    with here.cluster.alone(aside) as turn, progress() as tell:
        deploying.mend(here.cluster, here.cluster.remains(turn.left), tell, is_yes)


def _carry_out(here: Here, prepared: Prepared, again: Callable[[], Prepared]) -> Running:
    """What others did while the question stood makes another plan, and another question."""
    from classhub.operations import deploy as deploying

    with here.cluster.alone(aside) as turn:
        left = here.cluster.remains(turn.left)
        deploying.mend(here.cluster, left, aside, is_yes)
        now = here.cluster.inspect()
        if (now.revision if now else 0) != (prepared.before.revision if prepared.before else 0):
            aside("The release was changed meanwhile; the plan is made again.")
            prepared = again()
        with progress() as tell:
            return deploying.carry_out(here.cluster, prepared, tell)


@click.command()
@click.argument("revision", type=click.IntRange(min=1), required=False)
@click.option("--database", is_flag=True, help="Put its copy of the hub's database back too, even if it need not be.")
@click.option("--take-over", is_flag=True, help="Set back what other tools changed of the release's objects.")
@timeout
@options.yes
@options.as_json
@explain
@pass_here
def rollback(
    here: Here,
    *,
    revision: int | None,
    database: bool,
    take_over: bool,
    timeout: int | None,
    yes: bool,
    as_json: bool,
    explain: bool,
) -> None:
    """Put an earlier revision in force again; without a number, the one before. `classhub history` lists them.

    The hub stops for it; running servers go on. Its database comes back with it where the hub of that revision could not
    read the one of now: else everybody who is in it stays.
    """
    from classhub.operations import deploy as deploying

    if explain:
        from classhub.operations import explained

        explaining.show(here, lambda place: explained.rollback(place, revision), only_cluster=True)
        return
    here.timeout_s = timeout
    with killed_politely():
        wanted = revision or deploying.revision_before(here.cluster)
        if not wanted:
            raise NotFound("There is no earlier revision.", fix="classhub -t cluster history")
        aside(f"Revision {wanted} comes back; the hub stops meanwhile, about a minute. Running servers go on.")
        if database:
            aside("The hub's database goes back too: users and servers that came since are unknown to it then.")
        agree("Go back?", yes)
        with here.cluster.alone(aside, "rollback") as turn, progress() as tell:
            deploying.refuse_at_work(here.cluster, turn.left, tell, is_yes)
            running = deploying.roll_back(
                here.cluster, wanted, tell, database=database, take_over=take_over, config=_config(here)
            )
    if as_json:
        show_json({"revision": running.revision, "address": running.address, "again": wanted})
        return
    say(f"Revision {wanted} is in force again, as revision {running.revision}.")


def _config(here: Here) -> Config | None:
    """A folder with a mistake is no reason to refuse a way back."""
    from classhub.config.load import load

    try:
        return load(here.folder, os.environ)
    except ClasshubError:
        return None


def _explain(here: Here, files: tuple[Path, ...], timeout: int | None) -> None:
    from classhub.config.load import settings_of
    from classhub.operations import explained

    settings, given = settings_of(here.folder), [str(file) for file in files]
    chart = str(settings.chart_file or settings.chart_version)
    timeout_s = timeout or 900
    explaining.show(here, lambda place: explained.deploy(place, chart, given, timeout_s=timeout_s), only_cluster=True)
