"""One command at a time: who is dead is known, who lives is never robbed, whatever the clocks say."""

import copy
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from classhub.errors import NotFound, OutsideFailed, Refused
from classhub.plan.recovery import Turn
from classhub.targets.cluster import turn
from classhub.targets.cluster.turn import LONG_S, ORIGIN, held, holder, me, origin, peek

NAME = "classhub-jhub"


class Leases:
    """One namespace's; a patch with an old version is refused, as the API server does."""

    def __init__(self):
        self.there = {}
        self.on_get = lambda: None

    def get(self, kind, name):
        self.on_get()
        return copy.deepcopy(self.there.get(name))

    def create(self, body):
        name = body["metadata"]["name"]
        if name in self.there:
            raise Refused("It is there already.")
        self.there[name] = merged({"metadata": {"resourceVersion": "0"}}, body)
        return self.there[name]

    def patch(self, kind, name, change):
        if name not in self.there:
            raise NotFound("There is none.")
        wanted = change["metadata"].get("resourceVersion")
        if wanted not in (None, self.there[name]["metadata"]["resourceVersion"]):
            raise Refused("It was changed.")
        self.there[name] = merged(self.there[name], change)
        self.there[name]["metadata"]["resourceVersion"] += "1"
        return self.there[name]


def merged(old, new):
    if not isinstance(new, dict):
        return new
    found = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


@pytest.fixture
def leases():
    return Leases()


def take(leases, **more):
    return held(leases, "jhub", Turn("deploy", me(), 0.0, 3, **more), lambda sentence: None)


def somebodys(leases, by, marks, age_s=1.0):
    """Somebody's turn, cut short or not."""
    with pytest.raises(ZeroDivisionError), take(leases) as mine:
        mine.note(step="upgrade")
        _ = 1 / 0
    renewed = (datetime.now(UTC) - timedelta(seconds=age_s)).isoformat().replace("+00:00", "Z")
    change = {"metadata": {"annotations": {ORIGIN: marks}}, "spec": {"holderIdentity": by, "renewTime": renewed}}
    leases.patch("Lease", NAME, change)


@pytest.fixture
def dead_pid():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_turn_that_ends_leaves_nothing(leases):
    with take(leases) as mine:
        assert holder(leases.there[NAME]) == me()
        assert mine.left is None
    assert holder(leases.there[NAME]) == ""
    assert peek(leases, "jhub") is None


def test_a_turn_that_fails_leaves_its_record(leases):
    with pytest.raises(ZeroDivisionError), take(leases) as mine:
        mine.note(operation="rollback", step="stop hub", revision=2)
        _ = 1 / 0
    assert holder(leases.there[NAME]) == ""
    with take(leases) as mine:
        assert (mine.left.operation, mine.left.step, mine.left.revision) == ("rollback", "stop hub", 2)


def test_a_turn_that_was_refused_before_its_first_step_leaves_none(leases):
    with pytest.raises(ZeroDivisionError), take(leases):
        _ = 1 / 0
    assert peek(leases, "jhub") is None


def test_a_failure_after_all_was_put_right_leaves_none(leases):
    with pytest.raises(ZeroDivisionError), take(leases) as mine:
        mine.note(step="upgrade")
        mine.done()
        _ = 1 / 0
    assert peek(leases, "jhub") is None


def test_a_command_of_this_machine_that_is_dead_is_followed_at_once(leases, dead_pid, monkeypatch):
    monkeypatch.setattr(turn.time, "sleep", lambda _: pytest.fail("nobody had to be waited for"))
    somebodys(leases, "alice@laptop:1", f"{origin()}:{dead_pid}")
    with take(leases) as mine:
        assert mine.left.step == "upgrade"


def test_a_command_of_this_machine_that_lives_is_named_at_once(leases, monkeypatch):
    monkeypatch.setattr(turn.time, "sleep", lambda _: pytest.fail("it is known to live"))
    somebodys(leases, "alice@laptop:1", f"{origin()}:{os.getppid()}")
    with pytest.raises(Refused, match="alice@laptop:1 is changing this release since"), take(leases):
        pass


@pytest.fixture
def fast_watch(monkeypatch):
    """Time goes as fast as somebody sleeps."""
    now = [0.0]
    monkeypatch.setattr(turn.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(turn.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


@pytest.mark.parametrize("age_s", [1.0, LONG_S + 1, 86400.0, -3600.0], ids=["young", "old", "very old", "clock ahead"])
def test_a_command_of_another_machine_is_followed_once_nobody_renews(leases, fast_watch, age_s):
    somebodys(leases, "alice@laptop:1", "elsewhere:1", age_s)
    with take(leases) as mine:
        assert mine.left is not None
    assert turn.WATCHED_S <= fast_watch[0] <= LONG_S + 2


@pytest.mark.parametrize("age_s", [1.0, 3600.0, -3600.0], ids=["young", "its clock is behind", "its clock is ahead"])
def test_a_command_of_another_machine_that_renews_is_never_robbed(leases, fast_watch, age_s):
    somebodys(leases, "alice@laptop:1", "elsewhere:1", age_s)

    def renewed():
        if fast_watch[0] > turn.RENEWED_S:
            at = (datetime.now(UTC) - timedelta(seconds=age_s - 8)).isoformat().replace("+00:00", "Z")
            leases.there[NAME]["spec"]["renewTime"] = at

    leases.on_get = renewed
    with pytest.raises(Refused, match="alice@laptop:1 is changing"), take(leases):
        pass
    assert holder(leases.there[NAME]) == "alice@laptop:1"


def test_of_two_that_see_a_free_turn_one_gets_it(leases):
    with take(leases):
        pass
    before = copy.deepcopy(leases.there[NAME])
    with take(leases) as mine:
        leases.get = lambda kind, name: before  # the other looked a moment earlier
        with pytest.raises(Refused), held(leases, "jhub", Turn("deploy", "bob", 0.0, 3), lambda sentence: None):
            pass
        del leases.get
        mine.note(step="still mine")


def test_who_lost_the_turn_hears_it_and_does_not_give_it_back(leases):
    with pytest.raises(turn.Lost, match="bob"), take(leases) as mine:
        leases.patch("Lease", NAME, {"metadata": {}, "spec": {"holderIdentity": "bob@other:2"}})
        mine.note(step="upgrade")
    assert holder(leases.there[NAME]) == "bob@other:2"


def test_a_record_of_a_newer_classhub_is_understood_as_far_as_it_can_be(leases):
    with take(leases):
        pass
    text = '{"operation": "deploy", "who": "a", "since": 1, "revision": 2, "step": "upgrade", "news": true}'
    leases.patch("Lease", NAME, {"metadata": {"annotations": {turn.RECORD: text}}})
    assert peek(leases, "jhub").step == "upgrade"


class Lossy(Leases):
    """The answer to every other change is lost, so that it is sent again and meets its own work."""

    lost = False

    def _sent(self, change, *given):
        done = change(*given)
        self.lost = not self.lost
        return change(*given) if self.lost else done

    def patch(self, kind, name, change):
        return self._sent(super().patch, kind, name, change)

    def create(self, body):
        return self._sent(super().create, body)


def test_a_lost_answer_costs_nobody_the_turn():
    leases = Lossy()
    with take(leases) as mine:
        mine.note(step="upgrade")
        assert peek(leases, "jhub").step == "upgrade"
    assert holder(leases.get("Lease", NAME)) == "" and peek(leases, "jhub") is None


def test_what_is_done_stays_done_when_the_turn_cannot_be_given_back(leases):
    def away():
        raise OutsideFailed("The cluster does not answer.")

    with take(leases) as mine:
        mine.note(step="upgrade")
        mine.done()
        leases.on_get = away
