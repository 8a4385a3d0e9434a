"""`classhub homes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import aside, ask_name, progress, say, show_json, table
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name, as_json, yes
from classhub.operations import explained

if TYPE_CHECKING:
    from classhub.plan.records import Home


@click.group()
def homes() -> None:
    """Students' homes: whose, how big, how old; delete one."""


@homes.command("list")
@as_json
@click.option(
    "--sizes", is_flag=True, help="Measure them too; takes a while with many files. On a cluster: those in use."
)
@click.option("--orphaned", is_flag=True, help="Only those whose owner is no user of the hub any more.")
@explain
@pass_here
def list_(here: Here, as_json: bool, sizes: bool, orphaned: bool, explain: bool) -> None:
    """Every home, also of users who are gone."""
    if explain:
        show(here, explained.homes)
        return
    from classhub.operations.homes import listing

    found = listing(here.target, sizes, orphaned, aside)
    if as_json:
        show_json(found)
    elif not found:
        say("There is no home of somebody who is gone." if orphaned else "There are no homes yet.")
    elif here.name == "cluster":
        heads = ("owner", "server", "size", "state", "made", "last used", "holds", "home", "note")
        table(heads, [_row(home) for home in found])
        say(_sum(found))
    else:
        rows = [(home.owner, words.size(home.size_bytes), words.moment(home.changed), home.path) for home in found]
        table(("owner", "size", "changed", "path"), rows)


@homes.command()
@click.argument("name", type=Name())
@yes
@explain
@pass_here
def delete(here: Here, name: str, yes: bool, explain: bool) -> None:
    """Delete a home of a hub on a cluster, for good. NAME is the claim, as `homes list` shows it, or its owner.

    Refused while a server uses it, and for a home that several students may share. Nothing brings it back.
    """
    if explain:
        show(here, lambda place: explained.delete_home(place, name))
        return
    from classhub.operations.homes import to_delete, what_goes

    home = to_delete(here.target, name)
    ask_name(what_goes(home), home.path, yes)
    with progress() as tell:
        here.target.homes().delete(home.path, tell)


def _row(home: Home) -> tuple[str, ...]:
    from classhub.cli.cluster_status import home_row
    from classhub.operations.homes import note

    return (*home_row(home), words.size(home.size_bytes), home.path, note(home))


def _sum(found: tuple[Home, ...]) -> str:
    total = words.size(sum(home.capacity_bytes or 0 for home in found))
    gone = sum(home.orphaned is True for home in found)
    return f"{words.count(len(found), 'home')}, {total}" + (f"; {gone} of users who are gone" if gone else "")
