"""`classhub down` and `classhub remove`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import aside, ask_name, progress, say
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import yes
from classhub.operations import explained

if TYPE_CHECKING:
    from classhub.plan.running import Running


@click.command()
@click.option("--keep-servers", is_flag=True, help="Leave students' servers running for the next `up`.")
@yes
@explain
@pass_here
def down(here: Here, keep_servers: bool, yes: bool, explain: bool) -> None:
    """Stop the hub and students' servers; homes stay.

    Fine when nothing runs. Servers that an earlier `down --keep-servers` left running are stopped too.
    The hub on a cluster is stopped only by `classhub -t cluster down`, which asks for the release's name; `deploy` starts
    it again.
    """
    if explain:
        show(here, lambda place: explained.stop(place, keep_servers=keep_servers))
        return
    if here.asked == "cluster":
        _down_on_cluster(here, keep_servers, yes)
        return
    with here.machine.alone(aside):
        before = here.machine.inspect()
        here.machine.stop(keep_servers, aside)
    _say_what_stopped(before, keep_servers)


def _say_what_stopped(before: Running | None, keep_servers: bool) -> None:
    from classhub.operations.status import is_up

    servers = before.servers if before else ()
    count = len(servers)
    if is_up(before):
        say(f"The hub is stopped{words.servers_after(count, keep_servers)}. Homes stay.")
    elif count and not keep_servers:
        say(f"The hub did not run; {words.count(count, 'server')} of an earlier one stopped. Homes stay.")
    elif count:
        names = ", ".join(server.user for server in servers)
        say(f"No hub runs here; {words.count(count, 'server')} of an earlier one still {_run(count)}: {names}.")
        say(f"Stop {'it' if count == 1 else 'them'}: `classhub down`.")
    else:
        say("No hub runs here; nothing to stop.")


def _down_on_cluster(here: Here, keep_servers: bool, yes: bool) -> None:
    before = here.cluster.inspect()
    if before is None:
        say("Nothing is installed on the cluster; nothing to stop.")
        return
    count = len(before.servers)
    more = f" and {words.count(count, 'server')} of students" if count and not keep_servers else ""
    ask_name(f"This stops the hub{more}, so that nobody can work there. Homes stay.", _release(here), yes)
    with here.cluster.alone(aside, "stop"), progress() as tell:
        here.cluster.stop(keep_servers, tell)
    say(f"The hub is stopped{words.servers_after(count, keep_servers)}. Homes stay. `classhub deploy` starts it again.")


def _run(count: int) -> str:
    return "runs" if count == 1 else "run"


@click.command()
@yes
@explain
@pass_here
def remove(here: Here, yes: bool, explain: bool) -> None:
    """Remove the hub from this machine, or with `-t cluster` from the cluster: everything but homes.

    Stops it first. Gone are users' accounts on this hub, its database, settings, history and logs.
    config/ is not touched.
    """
    if explain:
        show(here, explained.remove)
        return
    if here.asked == "cluster":
        _remove_from_cluster(here, yes)
        return
    what = "This removes accounts, database, settings, history and logs of this hub. Homes and config/ stay."
    ask_name(what, here.folder.parent.name or here.folder.name, yes)
    with here.machine.alone(aside), progress() as tell:
        here.machine.remove(tell)
    say("The hub is removed from this machine. Homes stay: the next `classhub up` finds them.")


def _remove_from_cluster(here: Here, yes: bool) -> None:
    what = (
        "This uninstalls the hub from its cluster, with its database: accounts, and which home is whose where only the hub "
        "knows it. Homes and config/ stay."
    )
    if not here.cluster.is_there():
        say(f"There is nothing to remove: no release {_release(here)} on that cluster.")
        return
    ask_name(what, _release(here), yes)
    with here.cluster.alone(aside, "remove"), progress() as tell:
        here.cluster.remove(tell)
    say(
        "The hub is removed from the cluster. Homes stay: the next `classhub deploy` finds those that bear their owner's mark."
    )


def _release(here: Here) -> str:
    from classhub.config.load import settings_of

    return settings_of(here.folder).release
