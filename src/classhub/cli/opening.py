"""`classhub open`."""

import os

import click

from classhub.cli.console import aside, say
from classhub.cli.here import Here, pass_here


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the link and nothing else; open no browser.")
@pass_here
def open_(here: Here, only_print: bool) -> None:
    """Show the hub in a browser. Prints a new single-use link for the admin.

    The link enters as the first admin of config.yaml, once, within ten minutes.
    """
    from classhub.operations.opening import enter_link, open_browser
    from classhub.operations.status import needs_hub

    address = needs_hub(here.target).address
    admin, link = enter_link(here.target, here.folder, os.environ)
    if only_print:
        say(link)
        return
    say(f"The hub is at {address}")
    say(f"Enter as {admin}, once, within ten minutes: {link}")
    if not open_browser(address, os.environ):
        aside("There is no browser here: open the link in yours.")
