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
    """What is missing here, with the command that mends it. Exit code 1 when something is; warnings alone are 0."""
    from classhub.operations.doctor import checks

    found = checks(here.machine, here.folder, os.environ)
    problems = [check for check in found if not check.ok and not check.warning]
    if as_json:
        show_json([{"ok": check.ok, **plain(check)} for check in found])
    else:
        for check in found:
            _show(check)
        say(f"{words.count(len(problems), 'problem')}." if problems else "No problems.")
    context.exit(1 if problems else 0)


def _show(check: Check) -> None:
    word = "ok" if check.ok else "WARNING" if check.warning else "PROBLEM"
    say(f"{word:<8} {check.name}: {check.problem or check.seen}")
    if check.problem and check.fix:
        say(f"         Next: {check.fix}")
