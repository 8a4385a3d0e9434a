"""`classhub token`."""

import os

import click

from classhub.cli import words
from classhub.cli.console import aside, say
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Duration, Name


@click.command()
@click.option("--for", "name", type=Name(), help="Whose token. Default: the first admin.")
@click.option("--expires", "expires_in_s", type=Duration(), default="1h", show_default=True, help="How long it holds.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="What it may do. Default: all the user may.")
@pass_here
def token(here: Here, name: str | None, expires_in_s: int, scopes: tuple[str, ...]) -> None:
    """A token of the hub's API for a script. It stands alone on stdout.

    Example: curl -H "Authorization: token $(classhub token)" http://127.0.0.1:8000/hub/api/users
    """
    from classhub.operations import tokens
    from classhub.operations.status import needs_hub

    needs_hub(here.target)
    name = name or tokens.first_admin(here.target, here.folder, os.environ)
    minted = tokens.mint(here.target, name, expires_in_s, scopes)
    what = ", ".join(scopes) or "all that this user may do"
    aside(f"A token for {name}, good for {words.span(expires_in_s)}: {what}. Keep it secret.")
    say(minted)
