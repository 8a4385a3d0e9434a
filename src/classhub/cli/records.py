"""`classhub logs` and `classhub events`."""

from collections.abc import Iterable

import click

from classhub.cli import words
from classhub.cli.console import aside, log_line, say, show_json
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json, who
from classhub.plan.records import Kind, Record

follow_it = click.option("-f", "--follow", "following", is_flag=True, help="Go on with what comes, until Ctrl-C.")


@click.command()
@who
@follow_it
@click.option("--previous", is_flag=True, help="Of the run before.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=200, help="Newest lines; 0: all. Default: 200.")
@pass_here
def logs(here: Here, who: str, following: bool, previous: bool, lines: int) -> None:
    """The log of a user's server or of a part.

    Parts are hub, proxy and culler. The last event stands above the log: it says in words why a server did not start.
    """
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
@pass_here
def events(here: Here, who: str, following: bool, as_json: bool) -> None:
    """What happened to a user's server or a part. With -f and --json, one JSON object a line."""
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
