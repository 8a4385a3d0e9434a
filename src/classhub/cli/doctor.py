"""`classhub doctor`."""

import os

import click

from classhub.cli import words
from classhub.cli.console import plain, say, show_json
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json
from classhub.plan.checks import Check


@click.command()
@as_json
@click.pass_context
@pass_here
def doctor(here: Here, context: click.Context, as_json: bool) -> None:
    """What is missing here, with the command that mends it. Exit code 1 when something is."""
    from classhub.operations.doctor import checks

    found = checks(here.target, here.folder, os.environ)
    problems = [check for check in found if not check.ok]
    if as_json:
        show_json([{"ok": check.ok, **plain(check)} for check in found])
    else:
        for check in found:
            _show(check)
        say(f"{words.count(len(problems), 'problem')}." if problems else "No problems.")
    context.exit(1 if problems else 0)


def _show(check: Check) -> None:
    say(f"ok       {check.name}: {check.seen}" if check.ok else f"PROBLEM  {check.name}: {check.problem}")
    if check.problem and check.fix:
        say(f"         Next: {check.fix}")
