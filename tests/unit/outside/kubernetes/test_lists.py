"""Lists in pages, and what happens to objects meanwhile."""

import json

import pytest

from classhub.errors import OutsideFailed
from classhub.outside.kubernetes import watching

GONE = "The provided continue parameter is too old"


def claims(*numbers, version="1"):
    return [{"metadata": {"name": f"claim-{n}", "uid": f"u{n}", "resourceVersion": version}} for n in numbers]


def page(*numbers, rest="", version="1"):
    return {"kind": "List", "metadata": {"continue": rest, "resourceVersion": version}, "items": claims(*numbers)}


def names(found):
    return [one["metadata"]["name"] for one in found]


def test_a_list_comes_page_by_page_with_what_was_asked_for(api, cluster):
    api.say(page(1, 2, rest="more")).say(page(3))
    assert names(cluster.list("PersistentVolumeClaim", labels="component=hub", fields="spec.x=1")) == [
        "claim-1",
        "claim-2",
        "claim-3",
    ]
    asked = {"limit": ["500"], "labelSelector": ["component=hub"], "fieldSelector": ["spec.x=1"]}
    assert [query for _, _, query, *_ in api.asked] == [asked, {**asked, "continue": ["more"]}]
    assert {path for _, path, *_ in api.asked} == {"/api/v1/namespaces/jhub/persistentvolumeclaims"}
    assert cluster.requests == 2


def test_everywhere_is_every_namespace(api, cluster):
    api.say(page(1))
    assert names(cluster.list("Pod", everywhere=True)) == ["claim-1"]
    assert api.asked[0][1] == "/api/v1/pods"


def test_a_list_that_lost_its_place_goes_on_where_the_server_says(api, cluster):
    api.say(page(1, 2, rest="old")).fail(410, GONE, "Expired", metadata={"continue": "newer"}).say(page(3))
    assert names(cluster.list("Pod")) == ["claim-1", "claim-2", "claim-3"]
    assert api.asked[2][2]["continue"] == ["newer"]


def test_a_list_that_lost_its_place_for_good_begins_anew_and_gives_nothing_twice(api, cluster):
    api.say(page(1, 2, rest="old")).fail(410, GONE, "Expired").say(page(0, 1, 2, rest="x")).say(page(3))
    assert names(cluster.list("Pod")) == ["claim-1", "claim-2", "claim-0", "claim-3"]


def test_a_list_that_never_gets_to_its_end_is_a_failure(api, cluster):
    api.say(page(1, rest="old"))
    for _ in range(10):
        api.fail(410, GONE, "Expired", metadata={"continue": "again"})
    with pytest.raises(OutsideFailed, match="no longer has the state"):
        list(cluster.list("Pod"))


def events(*kinds_and_objects):
    return b"".join(json.dumps({"type": kind, "object": one}).encode() + b"\n" for kind, one in kinds_and_objects)


def seen(events, count):
    return [(kind, one["metadata"]["name"]) for kind, one in (next(events) for _ in range(count))]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(watching, "PAUSE_S", 0)


def test_a_watch_begins_with_what_is_there(api, cluster):
    [later] = claims(3, version="7")
    api.say(page(1, 2, version="5")).say(events(("ADDED", later), ("DELETED", later)))
    watched = cluster.watch("Pod", labels="a=b", name="x")
    assert seen(watched, 4) == [
        ("ADDED", "claim-1"),
        ("ADDED", "claim-2"),
        ("ADDED", "claim-3"),
        ("DELETED", "claim-3"),
    ]
    query = api.asked[1][2]
    assert query["resourceVersion"] == ["5"]
    assert (query["labelSelector"], query["fieldSelector"]) == (["a=b"], ["metadata.name=x"])


def test_a_watch_that_was_cut_goes_on_from_there(api, cluster):
    [first] = claims(1, version="6")
    [second] = claims(2, version="9")
    api.say(page(version="5")).say(events(("ADDED", first)), cut=True).say(b"busy", 503).say(b"busy", 503)
    api.say(b"busy", 503).say(b"busy", 503).say(events(("BOOKMARK", second))).say(events(("ADDED", second)))
    watched = cluster.watch("Pod")
    assert seen(watched, 2) == [("ADDED", "claim-1"), ("ADDED", "claim-2")]
    assert [query["resourceVersion"] for _, _, query, *_ in api.asked[1:]] == [["5"], *[["6"]] * 5, ["9"]]


def test_a_watch_tells_what_it_missed_once(api, cluster):
    expired = {"kind": "Status", "code": 410, "message": "too old resource version", "reason": "Expired"}
    api.say(page(1, 2, version="5")).say(events(("ERROR", expired)))
    changed = page(2, 3, version="9")
    changed["items"][0]["metadata"]["resourceVersion"] = "8"
    api.say(changed).fail(410, "too old", "Expired").say(page(version="10"))
    watched = cluster.watch("Pod")
    assert seen(watched, 2) == [("ADDED", "claim-1"), ("ADDED", "claim-2")]
    assert seen(watched, 3) == [("DELETED", "claim-1"), ("MODIFIED", "claim-2"), ("ADDED", "claim-3")]
    assert sorted(seen(watched, 2)) == [("DELETED", "claim-2"), ("DELETED", "claim-3")]


def test_a_watch_ends_in_time(api, cluster):
    api.say(page(1, version="5")).say(b"")
    assert [kind for kind, _ in cluster.watch("Pod", timeout_s=0.3)] == ["ADDED"]


def test_a_watch_gives_up_when_the_server_stays_away(api, cluster, monkeypatch):
    monkeypatch.setattr(watching, "AWAY_S", 0.1)
    api.say(page(version="5")).say(b"", 503)
    with pytest.raises(OutsideFailed, match="503"):
        list(cluster.watch("Pod"))


def test_a_log_that_is_followed_goes_on_where_it_was_cut_without_a_gap_or_a_repetition(api, cluster):
    stamps = [f"2026-11-29T10:00:0{n}.000000000Z" for n in (1, 1, 2, 3)]
    lines = [f"{stamp} line {n} \u00fc\r50%" for n, stamp in enumerate(stamps)]
    text = "\n".join(lines).encode()
    api.say("\n".join(lines[:3]).encode() + b"\n", cut=True).say(text)
    assert list(cluster.logs("hub-1", "hub", follow=True, tail=100)) == [line[31:] for line in lines]
    first, second = (query for _, _, query, *_ in api.asked)
    assert (first["tailLines"], second["sinceTime"]) == (["100"], ["2026-11-29T10:00:02Z"])
    assert "tailLines" not in second


def test_a_log_comes_line_by_line_whatever_its_bytes(api, cluster):
    api.say(b"one\n\xff two\r\n\nend")
    assert list(cluster.logs("hub-1", "hub", previous=True, since_s=0.2)) == ["one", "\ufffd two\r", "", "end"]
    assert api.asked[0][2] == {"container": ["hub"], "previous": ["true"], "sinceSeconds": ["1"]}
