"""Settings of the wrong type and full disks stand in the log as a sentence; bugs keep their traceback."""

import errno
import logging
import sqlite3

import pytest
from traitlets import Int, TraitError

from classhub.hub import plain_words


def wrapped() -> Exception:
    try:
        try:
            raise sqlite3.OperationalError("database or disk is full")
        except sqlite3.Error as error:
            raise RuntimeError("could not commit") from error
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TraitError("The 'x' trait expected an int."), "The 'x' trait expected an int"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (sqlite3.DatabaseError("database disk image is malformed"), "is damaged"),
        (OSError(errno.ENOSPC, "No space left", "/x/log"), "The disk is full. Make room: `df -h` shows where (/x/log)"),
        (wrapped(), "the disk is full"),
    ],
)
def test_known_failures_have_words(error, words):
    assert words in plain_words.of(error)


@pytest.mark.parametrize(
    "error", [KeyError("x"), OSError(errno.ENOENT, "gone"), sqlite3.IntegrityError("unique"), None]
)
def test_a_bug_keeps_its_traceback(error):
    assert plain_words.of(error) == ""


def test_every_logger_tells_it_in_words(caplog):
    before = logging.getLogRecordFactory()
    plain_words.install()
    try:
        with caplog.at_level(logging.ERROR):
            for message in ("", "Uncaught exception %s\nand the whole request"):
                try:
                    Int().validate(None, "many")
                except TraitError:
                    logging.getLogger("JupyterHub").exception(message, *["GET /"] if message else [])
    finally:
        logging.setLogRecordFactory(before)
    assert "Traceback" not in caplog.text
    assert caplog.messages[1].startswith("Uncaught exception GET /: ")
