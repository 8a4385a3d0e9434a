"""`classhub open`."""

import os

import click

from classhub.cli.console import aside, say
from classhub.cli.here import Here, pass_here


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the address and open nothing.")
@pass_here
def open_(here: Here, only_print: bool) -> None:
    """Show the hub in a browser.

    A new single-use link for the admin comes from `classhub up`, also while the hub runs.
    """
    from classhub.operations.opening import open_browser
    from classhub.operations.status import needs_hub

    address = needs_hub(here.target).address
    say(address)
    if not only_print and not open_browser(address, os.environ):
        aside("There is no browser here: type the address into yours.")
