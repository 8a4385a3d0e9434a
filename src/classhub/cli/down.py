"""`classhub down` and `classhub remove`."""

import click

from classhub.cli import words
from classhub.cli.console import aside, ask_name, progress, say
from classhub.cli.here import Here, pass_here
from classhub.cli.options import yes


@click.command()
@click.option("--keep-servers", is_flag=True, help="Leave students' servers running for the next `up`.")
@pass_here
def down(here: Here, keep_servers: bool) -> None:
    """Stop the hub and students' servers; homes stay.

    Fine when nothing runs. Servers that an earlier `down --keep-servers` left running are stopped too.
    """
    from classhub.operations.status import is_up

    with here.machine.alone(aside):
        before = here.machine.inspect()
        here.machine.stop(keep_servers, aside)
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


def _run(count: int) -> str:
    return "runs" if count == 1 else "run"


@click.command()
@yes
@pass_here
def remove(here: Here, yes: bool) -> None:
    """Remove the hub from this machine: everything but homes.

    Stops it first. Gone are users' accounts on this hub, its database, settings, history and logs.
    config/ is not touched.
    """
    what = "This removes accounts, database, settings, history and logs of this hub. Homes and config/ stay."
    ask_name(what, here.folder.parent.name or here.folder.name, yes)
    with here.machine.alone(aside), progress() as tell:
        here.machine.remove(tell)
    say("The hub is removed from this machine. Homes stay: the next `classhub up` finds them.")
