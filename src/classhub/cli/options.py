"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click

from classhub.cli import words


class Duration(click.ParamType[int]):
    """90s, 15m, 1h or 7d; the command gets seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return words.seconds(value)
        except ValueError:
            self.fail(f"{value!r} is no length of time: give a number with s, m, h or d, as 90s or 1h.", param, ctx)


class Name(click.ParamType[str]):
    """A user or part: any text but an empty one."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.strip():
            self.fail("a name is needed.", param, ctx)
        return text


files = click.option(
    "-f",
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="Values in place of config/, in Helm's order; may be given several times.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes = click.option("--yes", is_flag=True, help="Do not ask.")
who = click.argument("who", type=Name())
