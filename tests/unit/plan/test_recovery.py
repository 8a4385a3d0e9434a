"""Every state in which an interrupted command can leave a release, and the one way out of it."""

import itertools
from dataclasses import replace

import pytest

from classhub.plan.recovery import HELM_IS_AT_WORK_S, Applied, Left, Turn, judge, last_good

NOW = 1_000_000.0
STATUSES = (
    *("deployed", "failed", "superseded", "uninstalled", "uninstalling"),
    *("pending-install", "pending-upgrade", "pending-rollback"),
)


def history(*statuses, age_s=5.0):
    return [Applied(number, status, NOW - age_s) for number, status in enumerate(statuses, 1)]


def turn(operation="deploy", revision=1, step="upgrade"):
    return Turn(operation, "alice@laptop", NOW - 30, revision, step)


@pytest.mark.parametrize(
    ("statuses", "of", "left", "revision"),
    [
        ((), None, Left.NOTHING, 0),
        ((), turn(revision=0), Left.NOTHING, 0),
        (("deployed",), None, Left.NOTHING, 0),
        (("superseded", "deployed"), None, Left.NOTHING, 0),
        (("superseded", "deployed"), turn(revision=2), Left.NOTHING, 0),
        (("superseded", "deployed"), turn(revision=1), Left.UNCHECKED, 1),
        (("deployed",), turn(revision=0), Left.UNCHECKED, 0),
        (("deployed", "failed"), None, Left.FAILED, 1),
        (("deployed", "failed"), turn(), Left.PENDING, 1),
        (("deployed", "failed"), turn(revision=2), Left.FAILED, 1),
        (("superseded", "deployed"), turn("rollback", 2, step=""), Left.NOTHING, 0),
        (("deployed", "pending-upgrade"), turn(), Left.PENDING, 1),
        (("superseded", "deployed", "failed", "pending-rollback"), turn(), Left.PENDING, 2),
        (("superseded", "deployed"), turn("rollback", 1, "stop hub"), Left.HALF_BACK, 1),
        (("superseded", "deployed", "pending-rollback"), turn("rollback", 1), Left.HALF_BACK, 1),
        (("superseded", "failed"), turn("rollback", 1), Left.HALF_BACK, 1),
        (("pending-install",), turn(revision=0), Left.HALF_INSTALLED, 0),
        (("failed",), None, Left.HALF_INSTALLED, 0),
        (("failed", "pending-upgrade"), turn(revision=0), Left.HALF_INSTALLED, 0),
        (("deployed", "uninstalling"), None, Left.UNINSTALLING, 0),
        (("superseded", "uninstalled"), None, Left.NOTHING, 0),
    ],
)
def test_each_state_has_its_way_out(statuses, of, left, revision):
    found = judge(history(*statuses), of, NOW)
    assert (found.left, found.revision) == (left, revision)
    assert bool(found.sentence) == (left is not Left.NOTHING)


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_a_young_pending_release_without_a_record_may_be_another_helm_at_work(status):
    before = ("deployed",) if status != "pending-install" else ()
    assert not judge(history(*before, status), None, NOW).sure
    assert judge(history(*before, status, age_s=HELM_IS_AT_WORK_S + 1), None, NOW).sure
    assert judge(history(*before, status), turn(revision=len(before)), NOW).sure, "our own record says that it is over"


@pytest.mark.parametrize("operation", ["deploy", "rollback"])
def test_a_young_pending_release_of_another_machine_may_have_its_helm_still(operation):
    of = turn(operation)
    assert not judge(history("deployed", "pending-upgrade"), of, NOW, place="here").sure
    assert judge(history("deployed", "failed"), of, NOW, place="here").sure
    assert judge(history("deployed", "pending-upgrade"), replace(of, place="here"), NOW, place="here").sure


@pytest.mark.parametrize("statuses", [one for size in (1, 2, 3) for one in itertools.product(STATUSES, repeat=size)])
def test_a_way_back_leads_only_to_what_was_in_force(statuses):
    there = history(*statuses)
    for of in (None, turn()):
        found = judge(there, of, NOW)
        if found.left is Left.PENDING:
            assert found.revision == last_good(there) > 0
        if statuses[-1].startswith("pending-"):
            assert found.left in (Left.PENDING, Left.HALF_INSTALLED), "helm refuses every upgrade until it is mended"


@pytest.mark.parametrize("step", ["", "back up", "take over"])
def test_what_is_pending_though_our_helm_had_not_begun_is_anothers(step):
    assert not judge(history("deployed", "pending-upgrade"), turn(step=step), NOW).sure


@pytest.mark.parametrize(("step", "wanted"), [("stop hub", True), ("restore database", True), ("roll back", False)])
def test_a_way_back_that_was_to_bring_the_database_still_does_unless_it_has(step, wanted):
    of = replace(turn("rollback", 1, step), database=True)
    assert judge(history("superseded", "deployed"), of, NOW).database is wanted


def test_a_good_revision_that_somebody_left_is_not_called_a_failed_one():
    asked, taken_back = turn("rollback", 1), replace(turn("rollback", 1), outcome="failed")
    assert judge(history("superseded", "deployed"), asked, NOW).outcome == ""
    assert judge(history("superseded", "deployed"), taken_back, NOW).outcome == "failed"
    assert judge(history("deployed", "pending-upgrade"), turn(), NOW).outcome == "interrupted"
