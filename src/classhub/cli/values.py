"""`classhub values`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from classhub.cli import options
from classhub.cli.console import aside, raw, show_json
from classhub.cli.here import Here, pass_here
from classhub.errors import WrongUsage


@click.command()
@options.files
@click.option("--traits", is_flag=True, help="The traitlets that they become in the hub; runs hub.extraConfig.")
@click.option("--merged", is_flag=True, help="What `deploy` gives Helm: config/ and ClassHub's overlay, no defaults.")
@click.option("--chart", default="", metavar="VERSION", help="Over the defaults of this chart, as 5.0.0-0.dev.")
@click.option("-o", "--output", type=click.Choice(["yaml", "json"]), default="yaml", help="Default: yaml.")
@options.as_json
@click.option("--show-secrets", is_flag=True, help="Print secrets too, instead of ********.")
@click.pass_context
@pass_here
def values(
    here: Here,
    context: click.Context,
    *,
    files: tuple[Path, ...],
    traits: bool,
    merged: bool,
    chart: str,
    output: str,
    as_json: bool,
    show_secrets: bool,
) -> None:
    """What Helm would see, or the traitlets that it becomes. Changes nothing; works without a hub.

    The values are those of config/, merged over the chart's defaults. With --traits they go through the chart's own rules
    and then through hub.extraConfig, in a process of its own that has 10 seconds. With --merged they are what
    `helm upgrade -f` gets from `classhub deploy`: compare it with config/ to see what ClassHub adds.

    Exit code 1 when a file has errors, which are then shown instead; and when a snippet of hub.extraConfig did not come
    to its end: stderr says which one and why, and the traits are those that were set without it.
    """
    if traits and merged:
        raise WrongUsage("--traits and --merged are two different questions.", fix="Give one of them.")
    from classhub.config.edit.render import document
    from classhub.operations import values as operation

    here.files = files
    config = operation.read(here.folder, os.environ, files, chart)
    if traits:
        shown = operation.as_traits(config, chart, show_secrets)
    else:
        shown = (operation.for_helm if merged else operation.values)(config, show_secrets)
    if as_json or output == "json":
        show_json(shown.value)
    else:
        raw(document(shown.value))
    for problem in shown.problems:
        aside(problem)
    context.exit(1 if shown.problems else 0)
