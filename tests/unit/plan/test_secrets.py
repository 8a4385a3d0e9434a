"""No secret is in what a plan says, wherever it stands and however it changes; that it changes is said all the same."""

import json
import re
from dataclasses import replace

import pytest

from classhub.operations.plan import Foreseen, as_json
from classhub.plan.consequence import About
from unit.plan.situations import between, google, in_force
from unit.secrets_everywhere import ANYTHING, PLACES

OLD, NEW = "canaryold1e7f", "canarynew9b3c"
EVERYTHING = {**PLACES, **ANYTHING}


def hidden(told):
    """The list of changes; nothing that was told, nor what a traceback would show of it, holds a secret."""
    lines = [change.sentence for change in told.changes]
    said = "\n".join([*(one.sentence for one in told.consequences), *lines, *told.first])
    for text in (said, json.dumps(as_json(Foreseen("", told))), repr(told)):
        assert OLD not in text.lower() and NEW not in text.lower()
    assert not re.search(r"\*{8}[0-9]", said + json.dumps(as_json(Foreseen("", told)))), "numbers are for comparing"
    return lines


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("place", PLACES)
def test_a_secret_that_changes_is_masked_in_every_file(place, real):
    text, key = PLACES[place]
    assert f"{key}: changed (masked)" in hidden(between(*(in_force(text % one, real=real) for one in (OLD, NEW))))
    assert f"{key}: changed (masked)" in hidden(between(*(in_force(secrets=text % one) for one in (OLD, NEW))))


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("place", ANYTHING)
def test_all_of_secrets_yaml_is_masked_whatever_the_key(place, real):
    text, key = ANYTHING[place]
    both = (in_force(google(), secrets=text % one, real=real) for one in (OLD, NEW))
    assert f"{key}: changed (masked)" in hidden(between(*both))


@pytest.mark.parametrize("place", EVERYTHING)
def test_a_secret_that_comes_or_goes_is_masked(place):
    text, key = EVERYTHING[place]
    without, having = in_force(google()), in_force(google(), secrets=text % NEW)
    assert any(line.startswith(key) for line in hidden(between(without, having)))
    assert any(line.startswith(key) for line in hidden(between(having, without)))


@pytest.mark.parametrize("place", ANYTHING)
def test_what_moves_out_of_secrets_yaml_stays_masked(place):
    text, _ = ANYTHING[place]
    hidden(between(in_force(google(), secrets=text % OLD), in_force(text % NEW)))
    assert hidden(between(in_force(google(), secrets=text % OLD), in_force(text % OLD))) is not None


@pytest.mark.parametrize("place", EVERYTHING)
def test_where_nobody_knows_what_is_secret_everything_is(place):
    text, _ = EVERYTHING[place]
    old = replace(in_force(text % OLD), hidden=None)
    assert hidden(between(old, in_force(text % NEW)))
    assert hidden(between(in_force(text % NEW), old))


def test_the_same_secret_is_no_change():
    same = "hub: {extraEnv: {A: hush, B: hush}}"
    assert between(in_force(same), in_force(same)).changes == ()


def test_what_is_compared_shows_no_values_by_accident():
    assert OLD not in repr(in_force(f"custom: {{a: {OLD}}}"))


def test_a_command_about_somebody_who_may_not_be_named_says_name():
    lists = "hub: {config: {Authenticator: {allowed_users: [%s]}}}"
    told = between(*(in_force(google(), secrets=lists % names) for names in (f"alice, {OLD}", "alice")))
    (said,) = (one.sentence for one in told.consequences if one.kind is About.ACCESS)
    assert said.endswith("because the hub knows them: `classhub users remove NAME`.")
