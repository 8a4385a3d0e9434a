"""What stands in the log of a student's server."""

import logging

import pytest
from tornado.log import access_log

from classhub.server import quiet

POLL = "200 GET /user/alice@college.edu/api/kernels?1 (alice@college.edu@127.0.0.1) 1.25ms"
SHOWN = (
    "404 GET /user/alice@college.edu/api/contents/x (alice@college.edu@127.0.0.1) 2.11ms",
    "201 POST /user/alice@college.edu/api/kernels (alice@college.edu@127.0.0.1) 225.33ms",
    "200 GET /user/alice@college.edu/lab (alice@college.edu@127.0.0.1) 2225.33ms",
)


@pytest.fixture
def log(caplog, monkeypatch):
    monkeypatch.setattr(access_log, "filters", [])
    caplog.set_level(logging.INFO, access_log.name)
    return caplog


def written(log):
    for line in (POLL, *SHOWN):
        access_log.info(line)
    access_log.warning(POLL)
    return [(record.levelno, record.getMessage()) for record in log.records]


def test_polls_are_left_out_and_all_else_is_kept(log):
    quiet.leave_out_answered_questions(logging.INFO)
    assert written(log) == [*((logging.INFO, line) for line in SHOWN), (logging.WARNING, POLL)]


def test_a_server_that_debugs_keeps_all(log):
    quiet.leave_out_answered_questions(logging.DEBUG)
    assert len(written(log)) == 5
