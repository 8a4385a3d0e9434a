"""`classhub down` and `classhub remove`."""

import click

from classhub.cli import words
from classhub.cli.console import ask_name, progress, say
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

    before = here.target.inspect()
    here.target.stop(keep_servers)
    count = len(before.servers) if before else 0
    if is_up(before):
        say(f"The hub is stopped{words.servers_after(count, keep_servers)}. Homes stay.")
    elif count and not keep_servers:
        say(f"The hub did not run; {words.count(count, 'server')} of an earlier one stopped. Homes stay.")
    else:
        say("The hub does not run; nothing to stop.")


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
    with progress() as tell:
        here.target.remove(tell)
    say("The hub is removed from this machine. Homes stay: the next `classhub up` finds them.")
