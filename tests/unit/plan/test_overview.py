"""What of a cluster needs a hand."""

from dataclasses import replace

from classhub.config.chart.advisories import missing_security
from classhub.plan.overview import Certificate, Node, Overview, advice
from classhub.plan.records import Home
from classhub.plan.running import Part, Running, Server, State

NOW = 1_795_946_400.0
DAY = 86400
RUNNING = Running(State.RUNNING, "https://hub.college.edu/")


def seen(chart="4.4.0", **more):
    return Overview(RUNNING, "context gke-hub, namespace jhub, release jhub", chart, **more)


def node(**more):
    return replace(Node("user-1", True, False, True, 0.2, 4, 2**30, 2**34, 0, 8), **more)


def said(found):
    return "\n".join(advice(found, NOW))


def test_a_hub_that_is_well_needs_nothing():
    assert advice(seen(nodes=(node(more=3),), certificates=(Certificate("x", ("h",), NOW + 60 * DAY),)), NOW) == []


def test_a_certificate_that_ends_soon_or_has_ended_is_said():
    assert "ends in 5 days" in said(seen(certificates=(Certificate("x", ("hub.college.edu",), NOW + 5.5 * DAY),)))
    assert "has ended" in said(seen(certificates=(Certificate("x", ("hub.college.edu",), NOW - 1),)))
    assert "no certificate for hub.college.edu yet" in said(
        seen(certificates=(Certificate("x", ("hub.college.edu",)),))
    )


def test_full_nodes_are_said_and_those_that_are_away():
    assert "No node has room" in said(seen(nodes=(node(),)))
    assert "user-1 does not answer" in said(seen(nodes=(node(ready=False, more=0), node(name="b", more=1))))
    assert "room" not in said(seen(nodes=(node(more=None),))), "unknown is not full"


def home(path="c", **more):
    return Home("alice@college.edu", path, None, None, **more)


def test_homes_that_need_a_look_are_said():
    assert "1 home of users who are gone" in said(seen(homes=(home(orphaned=True), home("d", orphaned=False))))
    assert "without a usable disk: c" in said(seen(homes=(home(phase="Pending"),)))
    assert "older work may lie there" in said(seen(homes=(home(instead="new"),)))


def test_a_chart_with_known_holes_is_said_with_the_way_out():
    assert missing_security("4.3.4") == ("4.3.5", "4.4.0")
    assert "lacks 4 security releases" in said(seen("4.3.2")) and "chart.version to 4.4.0" in said(seen("4.3.2"))
    assert missing_security("4.4.0") == missing_security("5.0.0-0.dev") == ()


def test_what_could_not_be_seen_is_said():
    assert "Nodes are left out" in said(seen(missing=("Nodes are left out: no right.",)))


def test_parts_that_fail_and_a_stopped_hub_are_said_first():
    part = Part("hub", State.FAILING, reason="its image cannot be pulled")
    failing = replace(seen(), running=replace(RUNNING, parts=(part,)))
    assert advice(failing, NOW)[0].startswith("The hub fails: its image cannot be pulled.")
    stopped = replace(seen(), running=replace(RUNNING, state=State.STOPPED, servers=(Server("alice"),)))
    assert "1 server of students still run" in said(stopped) and "classhub deploy" in said(stopped)
