"""`classhub exec` and `classhub shell`."""

import sys

import click

from classhub.cli.console import passing, raw
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import who
from classhub.errors import WrongUsage

SHELL = ["/bin/sh", "-c", "command -v bash >/dev/null && exec bash -l || exec sh -l"]


@click.command("exec", context_settings={"allow_interspersed_args": False})
@who
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
@explain
@pass_here
def exec_(here: Here, who: str, argv: tuple[str, ...], explain: bool) -> None:
    """Run a program where a user's server runs, as that user. Its exit code is ours.

    Example: classhub exec alice@college.edu -- ls -l
    """
    command = list(argv[1:] if argv[0] == "--" else argv)
    if not command:
        raise WrongUsage("No program was named.", fix="As in: `classhub exec alice@college.edu -- ls -l`.")
    if explain:
        _explain(here, who, command, terminal=False)
        return
    _run(here, who, command, sys.stdin.isatty() and sys.stdout.isatty())


@click.command()
@who
@explain
@pass_here
def shell(here: Here, who: str, explain: bool) -> None:
    """A shell where a user's server runs, as that user."""
    if explain:
        _explain(here, who, ["bash", "-l"], terminal=True)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage("A shell needs a terminal.", fix="Without one: `classhub exec WHO -- CMD...`.")
    _run(here, who, SHELL, terminal=True)


def _run(here: Here, who: str, argv: list[str], terminal: bool) -> None:
    if here.name == "cluster" and not terminal:
        done = here.cluster.run_aloud(who, argv, passing(sys.stdout), passing(sys.stderr))
    else:
        done = here.target.run(who, argv, terminal)
    raw(done.out)
    raw(done.err, sys.stderr)
    click.get_current_context().exit(done.code)


def _explain(here: Here, who: str, argv: list[str], *, terminal: bool) -> None:
    from classhub.operations import explained

    show(here, lambda place: explained.run(place, explained.who(who), argv, terminal=terminal))
