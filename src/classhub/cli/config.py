"""`classhub config`."""

import os
from typing import Any

import click

from classhub.cli.console import aside, ask_secret, say, show_json
from classhub.cli.here import Here, pass_here
from classhub.cli.options import as_json
from classhub.errors import Edit, Refused, WrongUsage

key = click.argument("key", metavar="KEY")


@click.group()
def config() -> None:
    """Show or change one setting; the rest of its file stays as it is.

    KEY is names with dots between: hub.concurrentSpawnLimit, local.port, courses.comp141.title. A place in a list is
    its number, from 0: hub.config.Authenticator.admin_users[0]. A name with dots in it stands in quotes:
    'hub.extraFiles."a.txt"'.
    """


@config.command()
@key
@as_json
@click.option("--show-secrets", is_flag=True, help="Print secrets too, instead of ********.")
@pass_here
def get(here: Here, key: str, as_json: bool, show_secrets: bool) -> None:
    """The value in force, and where it stands. Exit code 1 when there is none."""
    from classhub.config.edit.typed import way
    from classhub.operations import configure

    setting = configure.get(here.folder, way(key), show_secrets)
    if as_json:
        show_json(setting)
        return
    for line in _lines(setting.value):
        say(line)
    place = f"{setting.file}:{setting.line}" if setting.line else setting.file
    aside(place or "A default; no file sets it.")


def _lines(value: Any) -> list[str]:
    """Text as it is, the rest as YAML."""
    from classhub.config.edit.render import written

    if isinstance(value, str):
        return [value]
    inline, below, _ = written(value, 2)
    return [inline] if inline else list(below)


class _Dashes(click.Command):
    """A value may begin with a dash, as -5 does, and is then taken for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            more = " A VALUE that begins with a dash stands behind --, as in: KEY -- -5."
            raise click.UsageError(error.format_message() + more, ctx) from error


@config.command("set", cls=_Dashes)
@key
@click.argument("value", required=False)
@click.option("--string", "as_text", is_flag=True, help="VALUE is text as it stands, even if it looks like a number.")
@click.option("--remove", is_flag=True, help="Take the key out instead; the default holds again.")
@click.option("--file", "file", default="", metavar="FILE", help="Where to write: secrets.yaml, courses/NAME.yaml, ...")
@pass_here
def set_(here: Here, key: str, *, value: str | None, as_text: bool, remove: bool, file: str) -> None:
    """Change one setting. Nothing is written when the folder would have a new mistake.

    VALUE is read as YAML, as in the file: 120, true, [a, b]; with --string as text: 1.10; `-` reads it from stdin. One
    that begins with a dash stands behind --. Without FILE it is written where the key stands already.

    Secrets go to secrets.yaml and are asked for, never given as VALUE: others on this machine can read a command line.
    """
    from classhub.config.edit.typed import way
    from classhub.config.spelling import dotted
    from classhub.operations import configure, targets

    where = way(key)
    if remove and value is not None:
        raise WrongUsage("--remove takes no VALUE.")
    new, typed = (None, None) if remove else _value(where, value, as_text)
    edit = Edit("remove" if remove else "set", where, new)
    with targets.machine(here.folder).alone(aside):  # the files are here, wherever the hub is
        changed = configure.change(here.folder, os.environ, edit, file=file, typed=typed)
    if not changed.done:
        say(f"{dotted(where)} is that already; nothing was written.")
        return
    if remove:
        say(f"{changed.file}: {dotted(where)} was taken out.")
    else:
        _show(f"{changed.file}:{changed.line}:", changed.lines or f"{dotted(where)} is set.")
    for note in (*changed.notes, *changed.warnings):
        aside(str(note))
    aside(f"Next: `classhub {'deploy' if here.name == 'cluster' else 'up'}` applies it.")


def _show(place: str, lines: str) -> None:
    """One line behind its place, several below it."""
    if "\n" not in lines:
        say(f"{place} {lines.strip()}")
        return
    say(place)
    for line in lines.split("\n"):
        say(f"    {line}")


def _value(where: tuple[str | int, ...], given: str | None, as_text: bool) -> tuple[Any, str | None]:
    """The value, and the text that it was read from where it is another one."""
    from classhub.config.edit import typed
    from classhub.config.secret import holds_secret
    from classhub.config.secret_names import is_database, is_secret
    from classhub.config.spelling import dotted

    secret, key = is_secret(where), dotted(where)
    is_asked = secret or is_database(where)
    if given is None and not is_asked:
        raise WrongUsage(f"A value for {key} is missing.", "", f"classhub config set {key} VALUE, or --remove.")
    if given not in (None, "-"):
        new = given if as_text else typed.value(given, where)
        if given and (secret or holds_secret(where, new)):
            cause = "others on this machine can read a command line, and the shell keeps it"
            fix = "Leave VALUE away: it is asked." if is_asked else "Give - in place of VALUE: it is asked."
            raise Refused(f"A secret does not belong on the command line: {key}.", cause, fix)
        return new, given if new != given else None
    text = ask_secret(key)
    if is_asked and not text:
        raise Refused("Nothing was written.", "no secret was typed")
    new = text if as_text or secret else typed.value(text, where)
    return new, text if new != text else None
