"""`classhub status`."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from classhub.cli import words
from classhub.cli.console import clear, plain, say, show_json, table
from classhub.cli.explaining import explain
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json

if TYPE_CHECKING:
    from classhub.plan.overview import Overview
    from classhub.plan.running import Part, Running, Server

EVERY_S = 2.0
CLUSTER_EVERY_S = 10.0
"""A cluster is asked for all of its homes and servers each time."""


@click.command()
@as_json
@click.option(
    "--watch",
    is_flag=True,
    help="Look every two seconds (a cluster: every ten) until Ctrl-C; with --json, a line for each change.",
)
@explain
@pass_here
def status(here: Here, as_json: bool, watch: bool, explain: bool) -> None:
    """Is it up, where, which parts and servers run.

    On a cluster also services, pods, nodes with the room they have left, homes, the certificate, and warnings.
    """
    if explain:
        from classhub.cli.explaining import show
        from classhub.operations import explained

        show(here, explained.status)
        return
    shown = None
    while True:
        seen = _look(here)
        if seen != shown:
            _show(here, seen, as_json, watch)
        shown = seen if as_json or not watch else None
        if not watch:
            return
        time.sleep(CLUSTER_EVERY_S if here.name == "cluster" else EVERY_S)


def _look(here: Here) -> Running | Overview:
    from classhub.operations.status import status as look

    if here.name == "cluster":
        found = here.cluster.overview()
        if found is not None:
            return found
    return look(here.target, here.folder, os.environ)


def _show(here: Here, seen: Running | Overview, as_json: bool, watch: bool) -> None:
    if as_json:
        show_json(_facts(here, seen), one_line=watch)
        return
    if watch:
        clear()
    _print(seen)


def _facts(here: Here, seen: Running | Overview) -> dict[str, object]:
    """What scripts may rely on. Digests stay inside: they say nothing to anybody else."""
    from classhub.operations.status import advice
    from classhub.plan.overview import Overview

    if isinstance(seen, Overview):
        from classhub.cli import cluster_status

        return {**cluster_status.facts(seen), "folder": str(here.folder)}
    facts: dict[str, Any] = dict(plain(seen))
    facts.pop("settings_digest")
    facts.pop("launched")
    facts.pop("dry")
    return {**facts, "notes": advice(seen), "folder": str(here.folder)}


def _print(seen: Running | Overview) -> None:
    from classhub.operations.status import advice
    from classhub.plan.overview import Overview

    if isinstance(seen, Overview):
        from classhub.cli import cluster_status

        cluster_status.show(seen)
        return
    revision = f"  revision {seen.revision}" if seen.revision else ""
    say(f"{seen.state.value}  {seen.address}{revision}".rstrip())
    if seen.parts:
        table(("part", "state", "since", "restarts", "reason"), [_part(part) for part in seen.parts])
    say(f"{words.count(len(seen.servers), 'server')} running")
    if seen.servers:
        table(("user", "server", "state", "since"), [_server(server) for server in seen.servers])
    for line in advice(seen):
        say(line)


def _part(part: Part) -> tuple[str, ...]:
    return part.name, part.state.value, words.ago(part.since), str(part.restarts), part.reason


def _server(server: Server) -> tuple[str, ...]:
    return server.user, server.name or "-", "ready" if server.ready else "starting", words.ago(server.since)
