"""`classhub users`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import aside, ask_name, say, show_json, table
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name, as_json, yes

if TYPE_CHECKING:
    from classhub.operations.users import Person

names = click.argument("names", type=Name(), nargs=-1, required=True, metavar="NAME...")


@click.group()
def users() -> None:
    """List, invite, approve, add and remove users."""


@users.command("list")
@as_json
@explain
@pass_here
def list_(here: Here, as_json: bool, explain: bool) -> None:
    """Users of this hub, invitations that nobody used yet, and who asks for access."""
    if explain:
        from classhub.operations import explained

        show(here, explained.users)
        return
    from classhub.operations import users as people

    found = people.listing(here.target)
    if as_json:
        show_json(found)
    elif found:
        rows = [(one.name, one.standing, str(one.servers), _seen(one)) for one in found]
        table(("name", "standing", "servers", "last seen"), rows)
    else:
        say("There are no users yet. Next: `classhub users invite NAME`.")


@users.command()
@names
@as_json
@pass_here
def invite(here: Here, names: Sequence[str], as_json: bool) -> None:
    """A single-use link for each name: whoever opens it chooses the password of that name.

    Give it to that person only. An earlier link for the same name stops working. For several names each line is the name and
    its link.
    """
    from classhub.operations import users as people

    links = people.invite(here.target, names)
    if as_json:
        show_json(links)
        return
    if people.open_here_only(links):
        aside(people.HERE_ONLY)
    for link in links:
        aside(f"For {link.name} only, once, until {words.minute(words.since_epoch(link.expires))}:")
        say(f"{link.name} {link.url}" if len(links) > 1 else link.url)


@users.command()
@names
@pass_here
def approve(here: Here, names: Sequence[str]) -> None:
    """Let in somebody who asked for access."""
    from classhub.operations import users as people

    for name in names:
        approved, new = people.approve(here.target, name)
        say(f"{approved} may enter." if new else f"{approved} is in already.")


@users.command()
@names
@pass_here
def decline(here: Here, names: Sequence[str]) -> None:
    """Refuse somebody who asked for access. They may ask again."""
    from classhub.operations import users as people

    for name in names:
        say(f"{people.decline(here.target, name)} was refused.")


@users.command()
@names
@pass_here
def add(here: Here, names: Sequence[str]) -> None:
    """Add users without an invitation. Safe to repeat."""
    from classhub.operations import users as people

    for name in names:
        added, new = people.add(here.target, name)
        say(f"{added} is a user now." if new else f"{added} is a user already.")
    aside("Where people enter by invitation, they need one too: `classhub users invite NAME`.")


@users.command()
@click.argument("name", type=Name())
@yes
@pass_here
def remove(here: Here, name: str, yes: bool) -> None:
    """Remove a user and stop their server; the home stays. Or withdraw an invitation that nobody used."""
    from classhub.operations import users as people

    person = people.find(here.target, name)
    if yes:
        people.refuse_unseen(name, person)
    known = person.name
    if not person.is_user:
        ask_name(f"This withdraws the invitation for {known}: its link stops working.", known, yes)
        people.remove(here.target, person)
        say(f"The invitation for {known} is withdrawn.")
        return
    if where := people.listed(here.folder, os.environ, known):
        aside(
            f"{where} in config/ lists {known}: the name comes back at the next login or start of the hub, unless you"
        )
        aside("take it out there too and run `classhub up`.")
    ask_name(f"This removes the user {known} from the hub and stops their servers. The home stays.", known, yes)
    stopped = words.count(people.remove(here.target, person), "server")
    say(f"{known} is no user any more; {stopped} stopped. The home stays: `classhub homes list`.")


def _seen(person: Person) -> str:
    """When somebody was here last, or asked; until when an invitation holds."""
    if person.invited_until:
        return f"until {words.minute(words.since_epoch(person.invited_until))}"
    since = words.since_epoch(person.last_activity)
    return "-" if since is None else f"{words.ago(since)} ago"
