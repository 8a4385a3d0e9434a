"""`classhub servers`."""

import click

from classhub.cli import words
from classhub.cli.console import aside, progress, say, show_json, table
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name, as_json, yes
from classhub.errors import OutsideFailed, Refused, WrongUsage
from classhub.operations import explained

whose = click.argument("who", type=Name(), metavar="USER[/SERVER]")


@click.group()
def servers() -> None:
    """Students' servers: which run; start one; stop one or all."""


@servers.command("list")
@as_json
@click.option("--stopped", is_flag=True, help="Also those that the hub remembers and that do not run.")
@explain
@pass_here
def list_(here: Here, as_json: bool, stopped: bool, explain: bool) -> None:
    """Every server that runs, starts or stops."""
    from classhub.operations import servers as people

    if explain:
        show(here, explained.servers)
        return
    found = people.listing(here.target, stopped)
    if as_json:
        show_json(found)
    elif found:
        rows = [(one.user, one.name or "-", one.state, _ago(one.started), _ago(one.last_activity)) for one in found]
        table(("user", "server", "state", "since", "last used"), rows)
    else:
        say("No server runs.")


@servers.command()
@whose
@explain
@pass_here
def start(here: Here, who: str, explain: bool) -> None:
    """Start a user's server and wait until it is ready."""
    from classhub.operations import servers as people

    if explain:
        show(here, lambda place: explained.start_server(place, who))
        return
    with progress() as tell:
        tell(f"The server of {who} starts.")
        found = people.start(here.target, who)
    if found.state != "ready":
        raise OutsideFailed(f"The server of {found.shown} did not come up.", "", f"classhub events {found.shown}")
    say(f"The server of {found.shown} is ready.")


@servers.command()
@click.argument("who", type=Name(), metavar="USER[/SERVER]", required=False)
@click.option("--all", "everyone", is_flag=True, help="Every server that runs.")
@yes
@explain
@pass_here
def stop(here: Here, who: str | None, everyone: bool, yes: bool, explain: bool) -> None:
    """Stop a user's server, or all of them; what is saved stays. The hub goes on."""
    if bool(who) == everyone:
        raise WrongUsage("Whose server?", "Either a user is named, or --all given.", "classhub servers stop USER")
    if explain:
        show(here, lambda place: explained.stop_server(place, who) if who else explained.stop_servers(place))
    elif who:
        _stop_one(here, who)
    else:
        _stop_all(here, yes)


def _stop_one(here: Here, who: str) -> None:
    from classhub.operations import servers as people

    with progress() as tell:
        tell(f"The server of {who} stops.")
        found = people.stop(here.target, who)
    say(f"The server of {found.shown} is stopped.")


def _stop_all(here: Here, yes: bool) -> None:
    from classhub.cli.asking import agree
    from classhub.operations import servers as people

    running = people.listing(here.target)
    if not running:
        say("No server runs.")
        return
    aside(f"{words.count(len(running), 'server')} would stop; unsaved work in notebooks is lost.")
    agree("Stop them?", yes)
    with progress() as tell:
        tell(f"{words.count(len(running), 'server')} stop.")
        ran, left = people.stop_all(here.target, tell)
    say(f"{words.count(len(ran) - len(left), 'server')} stopped.")
    if left:
        reasons = "; ".join(f"{user}: {reason}" for (user, _), reason in list(left.items())[:3])
        raise Refused(f"{words.count(len(left), 'server')} did not stop.", reasons, "classhub servers list")


def _ago(iso: str) -> str:
    return words.ago(words.since_epoch(iso)) if iso else "-"
