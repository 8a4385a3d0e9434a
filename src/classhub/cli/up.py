"""`classhub up`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import aside, progress, say
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Duration
from classhub.cli.polite import killed_politely

if TYPE_CHECKING:
    from classhub.errors import Finding
    from classhub.operations.up import Prepared
    from classhub.plan.running import Running


@click.command()
@click.option("-d", "--detach", is_flag=True, help="Return once the hub answers; it runs on.")
@click.option("--keep-servers", is_flag=True, help="On Ctrl-C leave students' servers running for the next `up`.")
@click.option("--timeout", "timeout_s", type=Duration(), default="2m", help="Longest wait for the hub. Default: 2m.")
@pass_here
def up(here: Here, detach: bool, keep_servers: bool, timeout_s: int) -> None:
    """Run the hub of this folder; on a running hub, apply what changed.

    In the foreground it stays until Ctrl-C, which stops hub and servers, or until `classhub down`.
    Homes are never touched.
    """
    from classhub.operations.up import prepare

    with killed_politely():
        for line in here.machine.first_lines():
            say(line)
        with here.machine.alone(aside):
            prepared = prepare(here.machine, here.folder, os.environ)
            if not prepared.plan.empty:
                _warn(prepared.config.findings)
            for sentence in prepared.first:
                aside(sentence)
            running = _bring(here, prepared, timeout_s)
        if prepared.starts and not detach:
            _stay(here, prepared, running, keep_servers)
            return
        _show(here, prepared, running)
        if prepared.starts:
            say("It runs on. Stop it: `classhub down`.")


def _warn(findings: Sequence[Finding]) -> None:
    """What concerns this machine; of what concerns the cluster only that there is something."""
    from classhub.config.codes import OF_THE_CLUSTER, group

    for finding in findings:
        if group(finding) not in OF_THE_CLUSTER:
            aside(str(finding))
    more = sum(one.count for one in findings if one.severity == "warning" and group(one) in OF_THE_CLUSTER)
    if more:
        aside(f"{words.count(more, 'warning')} more, about the cluster: `classhub check` tells.")


def _bring(here: Here, prepared: Prepared, timeout_s: int) -> Running:
    from classhub.operations.up import carry_out
    from classhub.plan.running import State

    if prepared.plan.empty and prepared.before and prepared.before.state is State.RUNNING:
        say("The hub runs already; nothing changed.")
        return prepared.before
    with progress() as tell:
        return carry_out(here.machine, prepared, tell, timeout_s)


def _show(here: Here, prepared: Prepared, running: Running) -> None:
    from classhub.operations.welcome import welcome

    told = welcome(here.machine, prepared.config, running)
    say(f"The hub is at {told.address}")
    say(told.sign_in)
    if told.link:
        say(f"Enter as {told.admin}, once, within ten minutes: {told.link}")
    else:
        say(f"No link for an admin: {told.trouble}")
    for line in (told.parity, *told.notes):
        say(line)


def _stay(here: Here, prepared: Prepared, running: Running, keep_servers: bool) -> None:
    """Follow the supervisor until Ctrl-C, which ends in an orderly stop, or until a stop from elsewhere."""
    from classhub.operations.following import follow

    try:
        _show(here, prepared, running)
        say("Ctrl-C stops it.")
        follow(here.machine, aside)
        say("The hub was stopped from elsewhere.")
    except KeyboardInterrupt:
        aside("Stopping the hub.")
        with here.machine.alone(aside):
            now = here.machine.inspect() or running
            here.machine.stop(keep_servers, aside)
        say(f"The hub is stopped{words.servers_after(len(now.servers), keep_servers)}. Homes stay.")
