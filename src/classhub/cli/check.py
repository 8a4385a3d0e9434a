"""`classhub check`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import options, words
from classhub.cli.console import say, show_json
from classhub.cli.here import Here, pass_here

if TYPE_CHECKING:
    from classhub.errors import Finding
    from classhub.operations.check import Fixed


@click.command()
@options.files
@click.option("--chart", default="", metavar="VERSION", help="Check for an upgrade to this chart, as 5.0.0-0.dev.")
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The chart's package (.tgz) or values.schema.json, checked in addition. Default: a package in the user's cache.",
)
@click.option("--fix", is_flag=True, help="Write the fixes that are certain; comments and layout stay.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="github: annotations.")
@options.as_json
@click.pass_context
@pass_here
def check(
    here: Here,
    context: click.Context,
    *,
    files: tuple[Path, ...],
    chart: str,
    schema: Path | None,
    fix: bool,
    form: str,
    as_json: bool,
) -> None:
    """Every mistake in config/, with its line, the reason and the fix. Changes nothing; works without a hub.

    Exit code 1 when there are errors; warnings and notes alone are 0. Each code, as CH1201, is explained in
    docs/reference/checks.md.
    """
    from classhub.operations import check as checking

    here.files = files
    wanted = checking.Wanted(here.folder, os.environ, files, chart, schema)
    fixed = checking.fix(wanted) if fix else checking.Fixed()
    found = checking.findings(wanted)
    if as_json:
        show_json(checking.as_json(found))
    elif form == "github":
        for line in checking.as_github(found):
            say(line)
    else:
        _show(found, fixed)
    context.exit(1 if any(one.severity == "error" for one in found) else 0)


def _show(found: Sequence[Finding], fixed: Fixed) -> None:
    for one in fixed:
        say(f"Fixed {one.file}:{one.line}: {one.message}")
    if fixed.is_cut_short:
        say("More can be fixed than one run does: run it again.")
    for one in found:
        say(str(one))
    say(_sum(found))


def _sum(found: Sequence[Finding]) -> str:
    counts = [(sum(one.count for one in found if one.severity == kind), kind) for kind in ("error", "warning", "note")]
    return ", ".join(words.count(count, kind) for count, kind in counts if count) + "." if found else "No mistakes."
