"""Helm's history with what is remembered: who, why, how it ended, and which revisions are the same."""

from classhub.outside.helm import Release
from classhub.targets.cluster.history import revisions
from classhub.targets.cluster.record import Remembered


def row(number, status="superseded", description="Upgrade complete"):
    return Release("jhub", "jhub", number, status, "jupyterhub-4.4.0", "5.5.0", 1.0 * number, description)


def test_a_way_back_is_the_revision_that_it_repeats():
    found = revisions([row(1), row(2), row(3, description="Rollback to 1"), row(4, "deployed", "Rollback to 3")], {})
    assert found[0].digest == found[2].digest == found[3].digest != found[1].digest


def test_who_why_and_how_it_ended_are_ours_where_we_know_them():
    known = {2: Remembered("alice@laptop", "classhub deploy", outcome="failed")}
    plain, ours, cut, failed = revisions([row(1), row(2), row(3, "pending-upgrade"), row(4, "failed")], known)
    assert (plain.who, plain.what, plain.outcome) == ("helm", "Upgrade complete", "")
    assert (ours.who, ours.what, ours.outcome) == ("alice@laptop", "classhub deploy", "failed")
    assert (cut.outcome, failed.outcome) == ("interrupted", "failed")
