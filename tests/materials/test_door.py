"""What the mirror does with tokens, and with a hub that has a bad day."""

import asyncio
import logging
import socket

import pytest

from classhub.materials.mirror import door
from classhub.materials.mirror.door import HubAway, HubDoor
from materials.asking import ask, in_words

PAGE = "/courses/comp141/manifest"


def status(mirror, token):
    return ask(mirror, "GET", PAGE, token).status_code


def test_the_hub_is_asked_once_in_five_minutes(mirror, alice):
    for _ in range(5):
        assert status(mirror, alice) == 200
    assert mirror.hub.asked == [alice]
    mirror.clock.pass_(minutes=5, seconds=1)
    assert status(mirror, alice) == 200
    assert mirror.hub.asked == [alice, alice]


def test_a_hundred_questions_at_once_are_one_to_the_hub(mirror, alice):
    async def all_at_once():
        return await asyncio.gather(*(mirror.door.person(alice) for _ in range(100)))

    assert {person.name for person in mirror.server.do(all_at_once())} == {"alice@college.edu"}
    assert mirror.hub.asked == [alice]


def test_one_who_leaves_takes_the_answer_from_nobody(mirror, alice):
    async def leave():
        first = asyncio.ensure_future(mirror.door.person(alice))
        second = asyncio.ensure_future(mirror.door.person(alice))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert mirror.server.do(leave()).name == "alice@college.edu"


def test_a_token_that_is_revoked_ends_within_five_minutes(mirror, alice):
    assert status(mirror, alice) == 200
    del mirror.hub.people[alice]
    assert status(mirror, alice) == 200
    mirror.clock.pass_(minutes=5, seconds=1)
    assert status(mirror, alice) == 401
    mirror.hub.mood = "failing"
    mirror.clock.pass_(minutes=1)
    assert status(mirror, alice) == 503, "what the hub has revoked does not come back with the hub away"


def test_a_token_that_nobody_has_is_asked_for_again_after_ten_seconds(mirror):
    assert [status(mirror, "token-0-'jane.d") for _ in range(3)] == [401] * 3
    assert len(mirror.hub.asked) == 1
    token = mirror.hub.user("jane.doe")
    assert token == "token-0-'jane.d" or mirror.hub.people.setdefault("token-0-'jane.d", mirror.hub.people[token])
    mirror.clock.pass_(seconds=11)
    assert status(mirror, "token-0-'jane.d") == 200


@pytest.mark.parametrize("mood", ["failing", "page", "silent"])
def test_while_the_hub_is_away_those_it_knew_are_served_for_an_hour(mirror, alice, mood, monkeypatch):
    assert status(mirror, alice) == 200
    mirror.hub.mood, patience = mood, door.ASK_S
    monkeypatch.setattr(door, "ASK_S", 0.3)
    mirror.clock.pass_(minutes=59)
    assert status(mirror, alice) == 200
    stranger = ask(mirror, "GET", PAGE, mirror.hub.user("jane.doe"))
    assert (stranger.status_code, "hub cannot be asked" in in_words(stranger)) == (503, True)
    mirror.clock.pass_(minutes=2)
    assert status(mirror, alice) == 503
    mirror.hub.mood = ""
    monkeypatch.setattr(door, "ASK_S", patience)
    mirror.clock.pass_(seconds=11)
    assert status(mirror, alice) == 200


def test_nobody_waits_a_second_time_for_a_hub_that_is_away(mirror, alice):
    mirror.hub.mood = "failing"
    assert [status(mirror, alice) for _ in range(5)] == [503] * 5
    assert len(mirror.hub.asked) == 1
    mirror.clock.pass_(seconds=11)
    status(mirror, alice)
    assert len(mirror.hub.asked) == 2


def test_who_left_a_group_is_out_of_its_course_within_five_minutes(mirror):
    bob = mirror.hub.user("bob", "physics")
    assert ask(mirror, "GET", "/courses/phys101/manifest", bob).status_code == 200
    mirror.hub.people[bob]["groups"] = []
    mirror.clock.pass_(minutes=5, seconds=1)
    assert ask(mirror, "GET", "/courses/phys101/manifest", bob).status_code == 403


def test_invented_tokens_push_out_nobody(mirror, alice, monkeypatch):
    monkeypatch.setattr(door, "MOST", 10)
    assert status(mirror, alice) == 200
    assert {status(mirror, f"invented-{number}") for number in range(30)} == {401}
    assert status(mirror, alice) == 200
    assert mirror.hub.asked.count(alice) == 1
    assert len(mirror.door._unknown) == 10


MODELS = [
    {},
    {"kind": "user"},
    {"kind": "user", "name": ""},
    {"kind": "robot", "name": "alice@college.edu"},
    {"kind": "user", "name": 1},
]


@pytest.mark.parametrize("model", MODELS)
def test_a_hub_whose_answer_is_none_is_away(mirror, model):
    mirror.hub.people["odd"] = model
    assert status(mirror, "odd") == 503


def test_no_admin_by_any_other_word_than_true(mirror):
    token = mirror.hub.user("mallory", admin="yes")
    assert ask(mirror, "GET", "/courses/comp141/status", token).status_code == 403


def test_a_hub_that_does_not_run_is_away_and_no_token_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/hub/api/"

        async def knock():
            await HubDoor(url).person("SECRET-TOKEN")

        with pytest.raises(HubAway) as told:
            asyncio.run(knock())
    assert "SECRET-TOKEN" not in caplog.text + repr(told.value)


FOREIGN = [
    {"scopes": ["access:servers!server=alice/", "read:users:name!user=root"], "session_id": "a1"},
    {"scopes": ["access:servers!server=alice/", "read:users:name!user=root", "read:users:groups!user=root"]},
    {"scopes": ["access:servers!server=root2/", "access:servers!server=roo/t/"]},
    {"scopes": ["access:services!service=forum"]},
    {"scopes": ["access:servers!server=root/"], "session_id": "a1"},
    {"scopes": []},
    {"scopes": "access:servers"},
    {"scopes": None},
]


@pytest.mark.parametrize("more", FOREIGN)
def test_a_token_that_a_visit_left_elsewhere_is_nobody_s(mirror, more):
    """Whoever visits a student's server as staff leaves one there, for her programs to read."""
    token = mirror.hub.user("root", admin=True)
    mirror.hub.people[token] |= more
    assert status(mirror, token) == 401


OWN = ["access:servers!server={}/", "access:servers!server={}/second", "access:servers!user={}", "access:servers"]


@pytest.mark.parametrize("scope", [*OWN, "users:activity!user={}"])
@pytest.mark.parametrize("name", ["root", "Jane.Doe+x@college.edu", "caf\u00e9 one"])
def test_a_token_of_the_own_server_is_taken(mirror, scope, name):
    token = mirror.hub.user(name, admin=True)
    mirror.hub.people[token]["scopes"] = [scope.format(name)]
    assert status(mirror, token) == 200


def test_a_flood_of_invented_tokens_keeps_nobody_out(mirror, alice, monkeypatch):
    """The hub answers each of them slowly: more at once than it has connections, and one of a person it has known."""
    monkeypatch.setattr(door, "ASK_S", 3)
    assert status(mirror, alice) == 200
    mirror.clock.pass_(minutes=5, seconds=1)
    mirror.hub.slow_s = 0.4

    async def flood():
        strangers = [asyncio.ensure_future(mirror.door.person(f"invented-{number}")) for number in range(100)]
        await asyncio.sleep(0.1)
        known = await asyncio.wait_for(mirror.door.person(alice), 60)
        assert sum(one.done() for one in strangers) < 50, "she waits behind none of them"
        return known, await asyncio.gather(*strangers)

    known, strangers = mirror.server.do(flood())
    assert known.name == "alice@college.edu"
    assert set(strangers) == {None}, "a queue here is no hub that is away"
