"""`--explain`: the lines that do the same without ClassHub, and nothing else is done."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from classhub.cli.console import say
from classhub.cli.here import Here
from classhub.errors import NotHere

if TYPE_CHECKING:
    from classhub.operations.explained import Place

explain = click.option(
    "--explain", is_flag=True, help="Print the kubectl or helm lines that do the same, and do nothing."
)


def show(here: Here, lines: "Callable[[Place], Sequence[str]]") -> None:
    """Raises NotHere for this machine, where kubectl has no part."""
    from classhub.config.load import settings_of
    from classhub.operations.explained import Place

    if here.name != "cluster":
        raise NotHere(
            "On this machine nothing is done by kubectl.",
            "--explain shows how a hub on a cluster is looked after without ClassHub.",
            "classhub -t cluster, before the command",
        )
    settings = settings_of(here.folder)
    for line in lines(Place(settings.cluster_context, settings.namespace, settings.release)):
        say(line)
