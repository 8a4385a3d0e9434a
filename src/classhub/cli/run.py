"""Run one command line and give its exit code. Failures become words here and nowhere else."""

import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from classhub.cli import called, failures
from classhub.cli.console import aside
from classhub.cli.here import Here
from classhub.cli.root import root
from classhub.errors import ClasshubError

INTERRUPTED = 130


def run(argv: Sequence[str]) -> int:
    """The exit code of `classhub ARGV`; never raises."""
    _take_any_character()
    if "_CLASSHUB_COMPLETE" in os.environ:
        root.main(args=list(argv), prog_name="classhub")
    here = Here()
    called.OPTIONS.set("")
    try:
        return _invoke(argv, here)
    except KeyboardInterrupt:
        aside("Interrupted.")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place where everything ends
        return _fail(error, argv, here)


def _invoke(argv: Sequence[str], here: Here) -> int:
    try:
        with root.make_context("classhub", list(argv), obj=here) as context:
            root.invoke(context)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    return 0


def _fail(error: Exception, argv: Sequence[str], here: Here) -> int:
    if isinstance(error, BrokenPipeError) and _reader_is_gone():
        _silence_stdout()
        return 0
    known = error if isinstance(error, ClasshubError) else failures.of_the_machine(error)
    if known is not None:
        aside(str(known))
        return known.exit_code
    state = here.state()
    aside(failures.bug(error, argv, state, failures.secrets_of(here.folder) if state else ()))
    return 4


def _take_any_character() -> None:
    """A user name that this terminal cannot show is spelt out, and a closed stream is a deep hole: neither ends the command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for as long as we live
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _reader_is_gone() -> bool:
    """Whoever read our stdout has left, as `| head` does. No failure; a broken pipe elsewhere is one."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), select.POLLOUT)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return False


def _silence_stdout() -> None:
    """Python flushes stdout once more at its end, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
