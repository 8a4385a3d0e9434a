"""`classhub restart` and `classhub scale`."""

import click

from classhub.cli.console import aside, progress, say
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name


@click.command()
@click.argument("part", type=Name())
@pass_here
def restart(here: Here, part: str) -> None:
    """Restart one part; students' servers go on. Parts are hub, proxy and culler.

    A student's server is stopped on the admin page, or by the student, and started by opening it.
    """
    with here.target.alone(aside), progress() as tell:
        here.target.restart(part, tell)
    say(f"The {part} was restarted.")


@click.command()
@click.argument("pool", type=Name())
@click.argument("count", type=click.IntRange(min=0), metavar="N")
@pass_here
def scale(here: Here, pool: str, count: int) -> None:
    """How many servers may run at the same time.

    On one machine the pool is named servers: classhub scale servers 30. 0 takes the limit away.
    Servers that run already go on.
    """
    with here.target.alone(aside), progress() as tell:
        here.target.scale(pool, count, tell)
    say(f"The limit of {pool} is {count}." if count else f"There is no limit of {pool} now.")
