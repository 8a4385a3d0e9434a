"""`classhub status`."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import clear, plain, say, show_json, table
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json

if TYPE_CHECKING:
    from classhub.plan.running import Part, Running, Server

EVERY_S = 2.0


@click.command()
@as_json
@click.option("--watch", is_flag=True, help="Look every two seconds until Ctrl-C; with --json, a line for each change.")
@pass_here
def status(here: Here, as_json: bool, watch: bool) -> None:
    """Is it up, where, which parts and servers run."""
    from classhub.operations.status import status as look

    shown = None
    while True:
        running = look(here.target, here.folder, os.environ)
        if running != shown:
            _show(here, running, as_json, watch)
        shown = running if as_json or not watch else None
        if not watch:
            return
        time.sleep(EVERY_S)


def _show(here: Here, running: Running, as_json: bool, watch: bool) -> None:
    if as_json:
        show_json(_facts(here, running), one_line=watch)
        return
    if watch:
        clear()
    _print(running)


def _facts(here: Here, running: Running) -> dict[str, object]:
    """What scripts may rely on. Digests stay inside: they say nothing to anybody else."""
    from classhub.operations.status import advice

    facts = dict(plain(running))
    facts.pop("settings_digest")
    facts.pop("launched")
    facts.pop("dry")
    return {**facts, "notes": advice(running), "folder": str(here.folder)}


def _print(running: Running) -> None:
    from classhub.operations.status import advice

    revision = f"  revision {running.revision}" if running.revision else ""
    say(f"{running.state.value}  {running.address}{revision}".rstrip())
    if running.parts:
        table(("part", "state", "since", "restarts", "reason"), [_part(part) for part in running.parts])
    say(f"{words.count(len(running.servers), 'server')} running")
    if running.servers:
        table(("user", "server", "state", "since"), [_server(server) for server in running.servers])
    for line in advice(running):
        say(line)


def _part(part: Part) -> tuple[str, ...]:
    return part.name, part.state.value, words.ago(part.since), str(part.restarts), part.reason


def _server(server: Server) -> tuple[str, ...]:
    return server.user, server.name or "-", "ready" if server.ready else "starting", words.ago(server.since)
