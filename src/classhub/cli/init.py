"""`classhub init`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli.console import aside, ask, say
from classhub.errors import WrongUsage

if TYPE_CHECKING:
    from classhub.operations.questions import Answers


def _named(context: click.Context, parameter: click.Parameter, given: str) -> Path:
    if not given:
        fix = "For the folder you are in: `classhub init .`"
        raise WrongUsage("DIR is empty.", "a variable of the shell that is not set", fix)
    return Path(given)


def _once(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> str | None:
    if len(given) > 1:
        raise click.BadParameter("it may be given once.", context, parameter)
    return given[0] if given else None


@click.command()
@click.argument("folder", metavar="DIR", callback=_named)
@click.option(
    "--host",
    multiple=True,
    callback=_once,
    metavar="NAME",
    help="Host name of the hub, as hub.college.edu; none: not yet.",
)
@click.option(
    "--login", multiple=True, callback=_once, metavar="HOW", help="How people sign in: invitations or google."
)
@click.option(
    "--domain",
    multiple=True,
    callback=_once,
    metavar="NAME",
    help="E-mail domain of your people; google lets in nobody else.",
)
@click.option("--admin", "admins", multiple=True, metavar="NAME", help="An admin's name; may be given several times.")
@click.option("--course", multiple=True, callback=_once, metavar="NAME", help="The first course; none: no course yet.")
def init(folder: Path, *, admins: tuple[str, ...], **flags: str | None) -> None:
    """Begin a hub of your own: a folder with commented files.

    DIR gets config/, material/ and .gitignore. Asks five questions on a terminal, and none when a flag is given: what is
    not given is the default then. Overwrites nothing.
    """
    from classhub.operations import init as beginning
    from classhub.operations.questions import gather

    given = {name: text for name, text in {**flags, "admins": ",".join(admins) or None}.items() if text is not None}
    asks = not given and sys.stdin.isatty()
    if asks:
        beginning.refuse(folder)
        aside("Five questions; Enter takes what stands in brackets.")
    answers = gather(given, ask if asks else None, aside)
    for name in beginning.init(folder, answers):
        say(str(folder / name))
    if not given and not asks:
        aside(f"There was no terminal to ask on, so the defaults were taken: {_in_words(answers)}.")
    named = shlex.quote(str(folder))
    if answers.login == "google":
        aside("Google login needs a client id and a secret: config/secrets.example.yaml says how to get them.")
    aside(f"Next: `classhub -C {named} check`, then `classhub -C {named} up`.")


def _in_words(answers: Answers) -> str:
    shown = {**vars(answers), "admins": ", ".join(answers.admins)}
    return "; ".join(f"{name}: {value or 'none'}" for name, value in shown.items())
