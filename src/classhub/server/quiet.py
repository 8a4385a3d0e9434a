"""The server's log is for what matters: JupyterLab asks for kernels and sessions every few seconds, a line each."""

from __future__ import annotations

import logging
import re

ACCESS = "tornado.access"
ANSWERED = re.compile(r"(?:101|2\d\d|304) (?:GET|HEAD) ")
SLOW = re.compile(r" \d{4,}\.\d+ms$")


def leave_out_answered_questions(level: int) -> None:
    """Nothing for a GET that went well, unless it took a second or more. level: the server's; one that debugs keeps all."""
    if level > logging.DEBUG:
        logging.getLogger(ACCESS).addFilter(_matters)


def _matters(record: logging.LogRecord) -> bool:
    line = record.getMessage()
    return record.levelno > logging.INFO or not ANSWERED.match(line) or bool(SLOW.search(line))
