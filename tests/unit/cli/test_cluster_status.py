"""A cluster on one screen, in words, and as scripts read it."""

import json
import time

from classhub.cli import cluster_status
from classhub.plan.overview import Certificate, Node, Overview, PodLine, Service, Warned
from classhub.plan.records import Home
from classhub.plan.running import Part, Running, Server, State

ALICE = "alice@college.edu"
NOW = time.time()
RUNNING = Running(
    State.RUNNING,
    "https://hub.college.edu/",
    (Part("hub", State.RUNNING, since=NOW - 3600),),
    (Server(ALICE, since=NOW - 60),),
    revision=7,
)
SEEN = Overview(
    RUNNING,
    "context gke-hub, namespace jhub, release jhub",
    "4.3.2",
    services=(Service("proxy-public", "proxy-public", "LoadBalancer", "10.3.243.111:443, 80", "203.0.113.7"),),
    pods=(PodLine("jupyter-alice", ALICE, "user-1", "failing", NOW - 60, 3, "out of memory"),),
    nodes=(Node("user-1", True, False, True, 1.5, 4, 6 * 2**30, 16 * 2**30, 3, 1),),
    homes=(
        Home(
            ALICE, "claim-alice---1", None, None, capacity_bytes=2**30, created=NOW - 86400, phase="Bound", in_use=True
        ),
    ),
    certificates=(Certificate("autohttps", ("hub.college.edu",), NOW + 50 * 86400),),
    warnings=(Warned(ALICE, "It waits: no node has room for it.", NOW - 30, 4),),
    missing=("Nodes are left out: no right.",),
)


def test_the_screen_shows_each_table_in_words(capsys):
    cluster_status.show(SEEN)
    screen = capsys.readouterr().out
    for words in (
        *("https://hub.college.edu/", "revision 7", "context gke-hub", "203.0.113.7", "out of memory"),
        *("1.5 of 4", "6.0 GiB of 16.0 GiB", "Room for 3 more", "1 home, 1.0 GiB, 1 in use"),
        *(
            "Certificate of hub.college.edu: good until",
            "It waits: no node has room for it.",
            "lacks 4 security releases",
        ),
        "Nodes are left out",
    ):
        assert words in screen, words


def test_scripts_find_the_keys_of_one_machine_and_those_of_a_cluster():
    facts = json.loads(json.dumps(cluster_status.facts(SEEN)))
    assert {"state", "address", "parts", "servers", "revision", "notes"} <= set(facts)
    assert {"services", "pods", "nodes", "homes", "certificates", "warnings", "chart", "place"} <= set(facts)
    assert facts["homes"][0]["owner"] == ALICE and "missing" not in facts and "dry" not in facts


def test_a_screen_holds_so_many_rows_and_says_how_many_more(capsys):
    many = tuple(Home(f"student-{number}", f"c-{number}", None, None) for number in range(5000))
    cluster_status.show(Overview(RUNNING, "here", "4.4.0", homes=many))
    screen = capsys.readouterr().out
    assert "... and 4980 more: `classhub" in screen and screen.count("student-") == 20
