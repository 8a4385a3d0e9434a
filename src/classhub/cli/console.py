"""The only module that prints. Answers go to stdout, everything about them to stderr.

rich is imported late and only for a terminal; NO_COLOR holds because rich honours it.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any, TextIO

from classhub.cli.called import as_typed
from classhub.cli.words import cell, clean
from classhub.errors import Refused

Tell = Callable[[str], None]


def say(text: str = "") -> None:
    """A line of the answer."""
    _write(as_typed(clean(text), sys.argv[0]) + "\n")


def raw(text: str, stream: TextIO | None = None) -> None:
    """A program's output, byte for byte."""
    stream = stream or sys.stdout
    stream.flush()
    stream.buffer.write(text.encode(errors="surrogateescape"))
    stream.buffer.flush()


def passing(stream: TextIO) -> Callable[[bytes], None]:
    """For a program's output as it comes, byte for byte."""

    def write(piece: bytes) -> None:
        stream.flush()
        stream.buffer.write(piece)
        stream.buffer.flush()

    return write


def aside(text: str) -> None:
    """A line about the answer, on stderr."""
    with suppress(BrokenPipeError):
        print(as_typed(clean(text), sys.argv[0]), file=sys.stderr, flush=True)


def log_line(text: str) -> None:
    """A line of a log: as it is into a pipe, harmless on a terminal."""
    _write((clean(text) if sys.stdout.isatty() else text) + "\n")


def show_json(value: Any, one_line: bool = False) -> None:
    """Dataclasses, enums and paths included. ASCII only: any terminal and any pipe can take it."""
    _write(json.dumps(plain(value), indent=None if one_line else 2) + "\n")


def plain(value: Any) -> Any:
    """The same in JSON's own types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns; on a terminal long cells fold instead of being cut."""
    cells = [[cell(text) for text in row] for row in rows]
    if sys.stdout.isatty():
        _rich_table(heads, cells)
        return
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for row in (heads, *cells):
        say("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


@contextmanager
def progress() -> Iterator[Tell]:
    """Takes sentences about a long step: a spinner with the newest on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield aside
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text("...")) as status:

        def tell(sentence: str) -> None:
            status.console.print(Text(clean(sentence)))
            status.update(Text(clean(sentence)))

        yield tell


def silencer() -> Callable[[], None]:
    """For when the terminal is closed: what is still written to it then goes nowhere, instead of failing."""
    terminals = [number for number in (1, 2) if os.isatty(number)]

    def silence() -> None:
        for number in terminals:
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)

    return silence


def ask_name(what: str, name: str, yes: bool) -> None:
    """What cannot be undone is asked for by name. Refused unless it is typed, in whichever case, or `--yes` was given."""
    if yes:
        return
    aside(f"{what}\nType {cell(name)} to go on:")
    if sys.stdin.readline().strip().casefold() != cell(name).strip().casefold():
        raise Refused("Nothing was changed.", f"The name {cell(name)} was not typed.", "Type it, or give `--yes`.")


def ask(what: str, default: str) -> str:
    """A line from the terminal, "" for the default. Refused when there is no more to read."""
    sys.stderr.write(clean(f"{what} [{default}]: "))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise Refused("Nothing was written.", "The questions were not answered to the end.")
    return line.rstrip("\n")


def ask_secret(what: str) -> str:
    """One line from the terminal without echo; all of stdin where that is none, without its last line end."""
    if not sys.stdin.isatty():
        return sys.stdin.read().removesuffix("\n")
    import getpass

    return getpass.getpass(f"{clean(what)}: ", stream=sys.stderr)


def clear() -> None:
    """An empty terminal for the next picture of `--watch`."""
    if sys.stdout.isatty():
        _write("\x1b[H\x1b[2J")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _rich_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="" if os.environ.get("NO_COLOR") else "bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
