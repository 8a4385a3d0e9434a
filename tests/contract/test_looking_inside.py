"""What every Target must do, about logs, events, programs, usage and homes."""

from itertools import islice

import pytest

from classhub.errors import ClasshubError, NotFound, NotHere, NotRunning, Refused
from classhub.operations import servers
from classhub.plan.records import Kind
from contract.conftest import needs

GONE = "gone@college.edu"
HOSTILE = ["nobody@college.edu", "../../etc/passwd", "-rf", "a\nb", "\u202ealice", "x" * 300, "hub/../hub"]


@pytest.mark.parametrize("who", HOSTILE)
@pytest.mark.parametrize("kind", Kind)
def test_records_of_an_unknown_name_are_not_found(harness, running, who, kind):
    with pytest.raises(NotFound):
        list(harness.target.records(who, kind, previous=False, follow=False))


def test_every_part_has_a_log(harness, running):
    for part in ("hub", "proxy"):
        assert list(harness.target.records(part, Kind.LOGS, previous=False, follow=False))


@pytest.mark.parametrize("kind", Kind)
def test_the_records_of_a_part_need_that_a_hub_was_there(untouched, kind):
    with pytest.raises(NotRunning) as refused:
        list(untouched.target.records("hub", kind, previous=False, follow=False))
    assert untouched.start in refused.value.fix


def test_a_user_has_a_log_and_events(harness, alice):
    for kind in Kind:
        assert list(harness.target.records(alice, kind, previous=False, follow=False))


def test_records_of_the_run_before_may_be_none(harness, running):
    list(harness.target.records("hub", Kind.LOGS, previous=True, follow=False))


def test_following_begins_with_what_is_there(harness, alice):
    there = list(harness.target.records(alice, Kind.LOGS, previous=False, follow=False))
    following = harness.target.records(alice, Kind.LOGS, previous=False, follow=True)
    assert next(following).text == there[0].text


@pytest.mark.parametrize("code", [0, 7])
def test_an_exit_code_is_passed_on(harness, alice, code):
    done = harness.target.run(alice, ["/bin/sh", "-c", f"exit {code}"], terminal=False)
    assert done.code == code


def test_both_streams_come_back(harness, alice):
    done = harness.target.run(alice, ["/bin/sh", "-c", "echo out; echo err >&2"], terminal=False)
    assert (done.out, done.err) == ("out\n", "err\n")


def test_an_argument_is_never_a_shell_line(harness, alice):
    done = harness.target.run(alice, ["/bin/echo", "$(id); `id`", "*", "a b"], terminal=False)
    assert done.out == "$(id); `id` * a b\n"


def test_a_program_needs_a_running_server(harness, running):
    with pytest.raises((NotRunning, NotFound)):
        harness.target.run("bob@college.edu", ["/bin/true"], terminal=False)


def test_a_program_that_is_not_there_is_said_in_words(harness, alice):
    try:
        done = harness.target.run(alice, ["/no/such/program"], terminal=False)
    except ClasshubError as error:
        assert "/no/such/program" in str(error)
    else:
        assert done.code in (126, 127)


def test_usage_lists_parts_and_servers(harness, alice):
    usage = harness.target.usage()
    assert {"hub", "proxy", alice} <= {row.name for row in usage.rows}
    assert usage.disk_total_bytes > 0
    needs(harness, "sizes")
    assert 0 < usage.disk_free_bytes <= usage.disk_total_bytes


def test_usage_needs_a_hub(untouched):
    with pytest.raises(NotRunning):
        untouched.target.usage()


def test_there_are_no_homes_before_the_first_server(untouched):
    assert untouched.target.homes().list() == ()


def test_a_home_has_an_owner_and_a_size_when_asked_for(harness, alice):
    (home,) = [home for home in harness.target.homes().list() if home.owner == alice]
    assert home.size_bytes is None
    needs(harness, "sizes")
    (measured,) = [home for home in harness.target.homes().list(sizes=True) if home.owner == alice]
    assert measured.size_bytes is not None


@pytest.mark.long_on_cluster
def test_a_home_outlives_its_user(harness, running):
    harness.start_server(GONE)
    servers.stop(harness.target, GONE)
    with harness.target.api() as api:
        api.remove_user(GONE)
    assert GONE in [home.owner for home in harness.target.homes().list()]


def test_a_home_in_use_is_never_deleted(harness, alice):
    (home,) = [home for home in harness.target.homes().list() if home.owner == alice]
    with pytest.raises((Refused, NotHere)):
        harness.target.homes().delete(home.path)
    assert alice in [home.owner for home in harness.target.homes().list()]


def test_following_can_be_left(harness, alice):
    following = harness.target.records(alice, Kind.LOGS, previous=False, follow=True)
    list(islice(following, 1))
    following.close()
