"""A person without root tries it on the own machine: from `up` to the first cell's output."""

import re

import pytest

from browser.doing import choose_password, link_in, open_lab, run_cell
from hub.ordinary import started

ALICE = "alice@college.edu"


@pytest.fixture(scope="module")
def trial():
    with started() as deployment:
        yield deployment


def test_the_admin_of_the_trial_enters_by_the_link(trial, people):
    admin = people("admin of the trial")
    admin.goto(link_in(trial.said))
    admin.wait_for_url(re.compile(r"/hub/(home|spawn)|/user/"))


def test_a_student_of_the_trial_sees_the_first_output(trial, people):
    alice = people("alice of the trial")
    alice.goto(link_in(trial.run("users", "invite", ALICE).stdout))
    choose_password(alice, "a long enough secret")
    alice.wait_for_url(re.compile(r"/user/alice(@|%40)college.edu/lab"), timeout=120_000)
    open_lab(alice, f"{trial.address}user/{ALICE}/lab/tree/comp141/labs/lab01.ipynb")
    run_cell(alice, 0, "Hello, COMP 141!")
