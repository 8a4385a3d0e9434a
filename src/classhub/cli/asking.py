"""Ask before what stops or changes something for others."""

import sys

from classhub.cli.console import ask
from classhub.errors import Refused


def agree(question: str, yes: bool) -> None:
    """Raises Refused unless somebody says yes, or said so by --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Nothing was changed: nobody is there to say yes.", fix="give --yes")
    if not is_yes(question):
        raise Refused("Nothing was changed.")


def is_yes(question: str) -> bool:
    return sys.stdin.isatty() and ask(question, "no").strip().lower() in ("y", "yes")
