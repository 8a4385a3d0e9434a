"""How it stands with a part or a server, in one sentence."""

import pytest

from classhub.targets.cluster.stories import of_part, of_server
from classhub.targets.cluster.whom import ThePart, TheServer
from unit.targets.cluster.objects import evicted, pod, restarted, workload

ALICE = "alice@college.edu"


def part(*pods, ready=1):
    return of_part(ThePart("hub", workload("hub", ready=ready), pods), [])


def server(*pods):
    return of_server(TheServer(ALICE, ALICE, "", pods), [])


def test_a_hub_that_is_well_runs_and_its_crashes_are_told_as_past():
    told = part(pod("hub", **restarted()))
    assert told.startswith("The hub runs since ") and told.endswith(
        "; its container hub ended 3 times before (exit code 1)."
    )


def test_a_server_that_is_well_runs_and_its_crash_is_told_as_past():
    told = server(pod("singleuser-server", user=ALICE, **restarted(1, 137)))
    assert told.startswith(f"The server of {ALICE} runs since ")
    assert told.endswith("; its container hub ended once before (killed, exit code 137).")


def test_without_a_crash_no_past_is_told():
    assert " before" not in part(pod("hub"))


@pytest.mark.parametrize("pods", [(evicted("hub"), pod("hub", ready=False)), (pod("hub", ready=False),)])
def test_a_hub_that_starts_is_starting_whatever_was_evicted_before(pods):
    assert part(*pods, ready=0) == "The hub is starting."


def test_what_ends_again_and_again_still_fails():
    wrong = restarted(5, ready=False)
    assert part(pod("hub", ready=False, **wrong), ready=0).startswith("The hub fails: its container hub ends again")
    assert "does not run: its container" in server(pod("singleuser-server", user=ALICE, ready=False, **wrong))
