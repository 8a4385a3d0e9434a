"""`classhub open`."""

import os

import click

from classhub.cli.console import aside, say
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.errors import NotRunning


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the link and nothing else; open no browser.")
@explain
@pass_here
def open_(here: Here, only_print: bool, explain: bool) -> None:
    """Show the hub in a browser. On this machine, prints a new single-use link for the admin.

    The link enters as the first admin of config.yaml, once, within ten minutes. On a cluster people sign in as
    config.yaml says, so it is the address alone.
    """
    from classhub.operations.opening import enter_link, open_browser
    from classhub.operations.status import needs_hub

    if explain:
        from classhub.operations import explained

        show(here, explained.address)
        return
    address = needs_hub(here.target, "classhub deploy" if here.name == "cluster" else "classhub up").address
    if here.name == "cluster":
        _open_cluster(address, only_print)
        return
    admin, link = enter_link(here.target, here.folder, os.environ)
    if only_print:
        say(link)
        return
    say(f"The hub is at {address}")
    say(f"Enter as {admin}, once, within ten minutes: {link}")
    if not open_browser(address, os.environ):
        aside("There is no browser here: open the link in yours.")


def _open_cluster(address: str, only_print: bool) -> None:
    from classhub.operations.opening import open_browser

    if not address:
        raise NotRunning(
            "Nothing public leads to the hub yet.",
            "The load balancer has no address yet, or the service is not public.",
            "classhub -t cluster status",
        )
    say(address if only_print else f"The hub is at {address}")
    if not only_print and not open_browser(address, os.environ):
        aside("There is no browser here: open the address in yours.")
