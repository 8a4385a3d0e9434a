"""What a person sees on a real terminal, and that plain ones get plain text."""

import os
import pty
import subprocess
import sys

import pytest

TABLE = """
from classhub.cli import console
names = ["[bold]x[/bold]", "\\x1b[31mred\\x1b]0;owned\\x07", "q" * 120]
console.table(("user", "state"), [(name, "up") for name in names])
"""
PROGRESS = """
from classhub.cli import console
with console.progress() as tell:
    tell("The [red]proxy[/red] starts.")
    tell("The hub starts.")
"""
LOG = """
from classhub.cli import console
console.log_line("\\x1b[31mred\\x1b[0m \\x1b]0;owned\\x07")
"""


def on_a_terminal(program, **environ):
    """Everything that the program writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    env |= {"TERM": "xterm-256color", "COLUMNS": "80", **environ}
    process = subprocess.Popen([sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        pass  # Linux: the other side closed
    os.close(ours)
    assert process.wait(timeout=120) == 0
    return seen.decode().replace("\r\n", "\n")


def test_a_table_shows_names_as_they_are_and_whole():
    seen = on_a_terminal(TABLE)
    assert "[bold]x[/bold]" in seen
    assert "red\\x1b]0;owned\\x07" in seen and "\x1b]0" not in seen
    assert seen.count("q") == 120


def test_no_color_is_honoured():
    assert "\x1b[" not in on_a_terminal(TABLE, NO_COLOR="1")
    assert "\x1b[31m" not in on_a_terminal(PROGRESS, NO_COLOR="1")


def test_progress_shows_every_sentence():
    seen = on_a_terminal(PROGRESS)
    assert "The [red]proxy[/red] starts." in seen and "The hub starts." in seen


def test_a_log_line_does_not_steer_the_terminal():
    assert on_a_terminal(LOG) == "red \\x1b]0;owned\\x07\n"


@pytest.mark.parametrize("program", [TABLE, PROGRESS])
def test_without_a_terminal_there_is_no_spinner_no_colour_and_no_rich(program):
    check = f"{program}\nimport sys; assert 'rich' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=120)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_log_line_goes_into_a_pipe_as_it_is():
    done = subprocess.run([sys.executable, "-c", LOG], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "\x1b[31mred\x1b[0m \x1b]0;owned\x07\n"
