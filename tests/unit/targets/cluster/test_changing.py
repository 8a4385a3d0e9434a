"""What may be scaled, and what an interrupted command keeps others from."""

import pytest

from classhub.errors import NotFound, NotHere, Refused
from classhub.plan.recovery import Left, Remains, Turn
from classhub.targets.cluster.changing import no_pool, undisturbed
from classhub.targets.cluster.hub_door import hub_port, ready_hub
from unit.targets.cluster.objects import image_missing, pod

LEFT = Turn("deploy", "rk@laptop:1", 0.0, 3, "upgrade")


class Held:
    """A turn as turn.Held has it."""

    def __init__(self, left):
        self.left, self.noted = left, {}

    def note(self, **changed):
        self.noted |= changed


@pytest.mark.parametrize(
    ("pool", "kind", "word"),
    [
        ("hub", NotHere, "always one hub"),
        ("proxy", NotHere, "always one proxy"),
        ("servers", NotHere, "activeServerLimit"),
        ("nonsense", NotFound, "placeholders"),
    ],
)
def test_what_cannot_be_scaled_is_said_with_the_way_that_can(pool, kind, word):
    error = no_pool(pool)
    assert isinstance(error, kind) and word in str(error)


def test_a_deploy_that_was_cut_short_comes_first_and_its_record_stays():
    held = Held(LEFT)
    with pytest.raises(Refused) as refused:
        undisturbed(held, lambda turn: Remains(Left.UNCHECKED, 2))
    assert (
        "rk@laptop:1" in str(refused.value) and held.noted["operation"] == "deploy" and held.noted["step"] == "upgrade"
    )


@pytest.mark.parametrize("held", [Held(None), Held(Turn("restart", "rk@laptop:1", 0.0, 3))])
def test_what_leaves_nothing_half_way_disturbs_nobody(held):
    undisturbed(held, lambda turn: Remains(Left.NOTHING))
    assert held.noted == {}


def test_the_hub_that_answers_is_asked():
    ready = pod("hub")
    assert ready_hub([pod("hub", going=True), pod("hub", ready=False), ready]) is ready


@pytest.mark.parametrize(
    ("pods", "why"),
    [
        ([], "has no pod"),
        ([pod("hub", ready=False)], "starting"),
        ([pod("hub", ready=False, **image_missing())], "pulled"),
    ],
)
def test_a_hub_that_is_down_says_why(pods, why):
    with pytest.raises(Exception, match=why):
        ready_hub(pods)


def test_the_hubs_port_is_that_of_its_container():
    ports = [{"name": "metrics", "containerPort": 9}, {"name": "http", "containerPort": 8000}]
    side = {"name": "sync", "ports": [{"name": "http", "containerPort": 1}]}
    assert hub_port({"spec": {"containers": [side, {"name": "hub", "ports": ports}]}}) == 8000
    assert hub_port({"spec": {"containers": [{"name": "hub"}]}}) == 8081
