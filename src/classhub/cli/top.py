"""`classhub top`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from classhub.cli import words
from classhub.cli.console import say, show_json, table
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json

if TYPE_CHECKING:
    from classhub.operations.usage import Load


@click.command()
@as_json
@explain
@pass_here
def top(here: Here, as_json: bool, explain: bool) -> None:
    """Who uses how much CPU and memory; most memory first.

    On this machine measured over one second; a cluster tells what it measured itself, by part, server and node.
    """
    if explain:
        from classhub.operations import explained

        show(here, explained.top)
        return
    from classhub.operations.usage import sample

    loads, usage = sample(here.target)
    if as_json:
        disk = {"disk_free_bytes": usage.disk_free_bytes, "disk_total_bytes": usage.disk_total_bytes}
        show_json({"rows": loads, **disk, "notes": usage.notes})
        return
    table(("name", "kind", "cores", "memory", "limit"), [_row(load) for load in loads])
    free = "" if usage.disk_free_bytes is None else f"{words.size(usage.disk_free_bytes)} free of "
    say(f"Disk of the homes: {free}{words.size(usage.disk_total_bytes)}")
    for note in usage.notes:
        say(note)


def _row(load: Load) -> tuple[str, ...]:
    cores = "-" if load.cores is None else f"{load.cores:.2f}"
    return load.name, load.kind, cores, words.size(load.memory_bytes), words.size(load.memory_limit_bytes)
