"""Names become file names: safe, readable where they can be, never two the same."""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classhub.walls import names

SHORT = Path("/run/classhub/s")
user_names = st.text(st.characters(codec=None), min_size=1, max_size=80)
hard_names = st.text("aA.-~%/@é{}\u0301 \x00\n", min_size=1, max_size=60)
server_names = st.one_of(st.just(""), st.text(max_size=30), st.text("a~.%-", max_size=5))
any_user = st.one_of(user_names, hard_names)


@pytest.mark.parametrize("name", ["alice@college.edu", "bob", "a.b-c_d+tag", "0"])
def test_ordinary_names_stay_as_they_are(name):
    assert names.slug(name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jane.Doe", "%4Aane.%44oe"),
        (".hidden", "%2Ehidden"),
        ("..", "%2E."),
        ("-rf", "%2Drf"),
        ("é", "%C3%A9"),
        ("a~b", "a%7Eb"),
        ("100%", "100%25"),
    ],
)
def test_the_rest_is_escaped(name, expected):
    assert names.slug(name) == expected


def test_a_named_server_is_not_a_user_of_that_name():
    assert names.slug("alice", "gpu") == "alice~gpu"
    assert names.slug("alice~gpu") != names.slug("alice", "gpu")


def test_nobody_has_no_name():
    with pytest.raises(ValueError, match="empty"):
        names.slug("")


@given(any_user, server_names)
def test_a_slug_is_a_safe_file_name(user, server):
    made = names.slug(user, server)
    assert re.fullmatch(r"[a-z0-9_@+%A-F~][a-z0-9._@+%A-F~-]*", made)
    assert len(made) <= 167


@given(any_user, server_names, any_user, server_names)
def test_two_servers_never_share_a_slug_not_even_where_case_is_ignored(user, server, other, other_server):
    same = names.slug(user, server).lower() == names.slug(other, other_server).lower()
    assert same == ((user, server) == (other, other_server))


@given(st.text("ab", min_size=140, max_size=200), st.text("ab", min_size=140, max_size=200))
def test_long_names_that_begin_alike_stay_apart(user, other):
    assert (names.slug("a" * 100 + user) == names.slug("a" * 100 + other)) == (user == other)


def test_all_short_names_of_a_hard_alphabet_give_as_many_slugs():
    alphabet = "aA.~%-é0"
    many = {"".join(letters) for length in range(1, 6) for letters in product(alphabet, repeat=length)}
    assert len({names.slug(name).lower() for name in many}) == len(many)


@given(any_user, server_names)
def test_the_user_is_read_back_unless_it_was_cut(user, server):
    made = names.slug(user, server)
    assert names.user_of(made) == (user if len(made) <= 150 else None)


@given(st.text(max_size=40))
def test_only_slugs_have_a_user(text):
    user = names.user_of(text)
    assert user is None or names.slug(user).split("~")[0] == text.split("~")[0]


@pytest.mark.parametrize("user", ["alice@college.edu", "Jane.Doe", "bob", "jürgen", "李雷", "Jane Doe"])
def test_the_proxys_rule_serves_ordinary_names(user):
    assert names.socket_name(user, "", SHORT) == f"{user}.sock"


@pytest.mark.parametrize(
    "user",
    [
        "",
        "a/b",
        "a\x00b",
        "{http.host}",
        "a}b",
        "a|b",
        "a%2Fb",
        "..",
        ".a",
        "~0",
        "a\nb",
        "a\\b",
        "\udcff",
        "a?b",
        "a*b",
    ],
)
def test_names_that_a_path_does_not_carry_need_their_own_route(user):
    assert names.socket_name(user, "", SHORT) is None


def test_named_servers_need_their_own_route():
    assert names.socket_name("alice", "gpu", SHORT) is None


def test_the_whole_path_must_fit_a_socket():
    room = names.LONGEST_SOCKET_PATH - len(str(SHORT)) - len("/.sock")
    assert names.socket_name("a" * room, "", SHORT) == "a" * room + ".sock"
    assert names.socket_name("a" * (room + 1), "", SHORT) is None
    assert names.socket_name("é" * (room // 2 + 1), "", SHORT) is None


@given(any_user, server_names, any_user, server_names)
def test_hashed_names_are_short_and_apart_from_each_other_and_from_the_rules(user, server, other, other_server):
    made = names.hashed_socket_name(user, server)
    assert re.fullmatch(r"~[0-9a-f]{24}\.sock", made)
    assert made != names.socket_name(other, "", SHORT)
    assert (made == names.hashed_socket_name(other, other_server)) == ((user, server) == (other, other_server))
