"""`classhub restart` and `classhub scale`."""

import click

from classhub.cli.console import aside, progress, say
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import Name
from classhub.operations import explained


@click.command()
@click.argument("part", type=Name())
@explain
@pass_here
def restart(here: Here, part: str, explain: bool) -> None:
    """Restart one part and wait until it is well; students' servers go on.

    Parts are hub, proxy, mirror (of course material) and culler; on a cluster those that `status` shows. A student's
    server is stopped and started by `classhub servers`, on the admin page, or by the student.
    """
    if explain:
        show(here, lambda place: explained.restart(place, part))
        return
    with here.target.alone(aside), progress() as tell:
        here.target.restart(part, tell)
    say(f"The {part} was restarted.")


@click.command()
@click.argument("pool", type=Name())
@click.argument("count", type=click.IntRange(min=0), metavar="N")
@explain
@pass_here
def scale(here: Here, pool: str, count: int, explain: bool) -> None:
    """How many servers may run at the same time; on a cluster, how many places are kept free.

    On one machine the pool is named servers: classhub scale servers 30. 0 takes the limit away.
    Servers that run already go on.

    On a cluster the pools are placeholders, which keep nodes ready for as many students, and user-scheduler. The next
    deploy sets back what config.yaml says.
    """
    if explain:
        show(here, lambda place: explained.scale(place, pool, count))
        return
    with here.target.alone(aside), progress() as tell:
        here.target.scale(pool, count, tell)
    if here.name == "cluster":
        say(f"There are {count} {pool} now.")
    else:
        say(f"The limit of {pool} is {count}." if count else f"There is no limit of {pool} now.")
