"""`classhub logs` and `classhub events`."""

from collections.abc import Iterable

import click

from classhub.cli import words
from classhub.cli.console import aside, log_line, say, show_json
from classhub.cli.explaining import explain, show
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json, who
from classhub.plan.records import Kind, Record

follow_it = click.option("-f", "--follow", "following", is_flag=True, help="Go on with what comes, until Ctrl-C.")


@click.command()
@who
@follow_it
@click.option("--previous", is_flag=True, help="Of the run before.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=200, help="Newest lines; 0: all. Default: 200.")
@explain
@pass_here
def logs(here: Here, who: str, *, following: bool, previous: bool, lines: int, explain: bool) -> None:
    """The log of a user's server or of a part.

    Parts are hub, proxy, mirror (of course material) and culler, on a cluster those that `status` shows. The last event
    stands above the log: it says in words why a server did not start. On a cluster the hub's own lines about the
    user stand among those of the server.
    """
    if explain:
        from classhub.operations import explained

        whom = explained.who(who)
        show(here, lambda place: explained.logs(place, whom, follow=following, previous=previous, count=lines))
        return
    from classhub.operations import records

    read = records.follow if following else records.last
    found = read(here.target, who, Kind.LOGS, lines, previous)
    event = records.last_event(here.target, who)
    if event is not None:
        aside(f"Last event: {_line(event)}")
    for record in _or_nothing(found, "The log is empty."):
        log_line(record.text)


@click.command()
@who
@follow_it
@as_json
@explain
@pass_here
def events(here: Here, who: str, following: bool, as_json: bool, explain: bool) -> None:
    """What happened to a user's server or a part. With -f and --json, one JSON object a line."""
    if explain:
        from classhub.operations import explained

        show(here, lambda place: explained.events(place, explained.who(who), follow=following))
        return
    from classhub.operations import records

    read = records.follow if following else records.last
    found = read(here.target, who, Kind.EVENTS, 0)
    if as_json and not following:
        show_json(found)
        return
    for record in _or_nothing(found, "Nothing happened yet."):
        if as_json:
            show_json(record, one_line=True)
        else:
            say(_line(record))


def _or_nothing(found: Iterable[Record], sentence: str) -> Iterable[Record]:
    """Silence would look like a failure. Of what is followed, nothing is known before it comes."""
    if isinstance(found, list) and not found:
        aside(sentence)
    return found


def _line(record: Record) -> str:
    return f"{words.moment(record.when)}  {record.text}" if record.when is not None else record.text
