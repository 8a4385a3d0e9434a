"""Several names that became one entry of a list are told, and told apart where that is certain."""

from typing import Any

import pytest

from classhub.config.meaning.several import problems
from classhub.config.names_in_one import names_in_one
from unit.config.meanings import merged, said

ADMINS = "hub.config.Authenticator.admin_users"


def people(login: str, entry: Any, **traits: Any) -> dict[str, Any]:
    config = {
        "JupyterHub": {"authenticator_class": login},
        "Authenticator": {"admin_users": entry},
        "OAuthenticator": traits,
    }
    return {"hub": {"config": config}}


@pytest.mark.parametrize(
    ("text", "may_have_spaces", "names"),
    [
        ("alice@college.edu", False, None),
        (" alice ", False, None),
        ("alice@college.edu, bob@college.edu", True, ["alice@college.edu", "bob@college.edu"]),
        ("alice@college.edu bob@college.edu", True, ["alice@college.edu", "bob@college.edu"]),
        ("alice@college.edu;bob@college.edu\n", True, ["alice@college.edu", "bob@college.edu"]),
        ("alice@college.edu,", True, ["alice@college.edu"]),
        ("alice, bob", False, ["alice", "bob"]),
        ("alice,", False, ["alice"]),
        ("alice bob", False, []),
        ("Alice Doe, Bob Roe", False, []),
        ("Alice Doe alice@college.edu", False, []),
        ("Doe, Jane", True, None),
        ("Jane Doe", True, None),
        ("alice @ bob", True, None),
        (",", True, None),
        ("", False, None),
    ],
)
def test_names_are_told_apart_where_that_is_certain(text: str, may_have_spaces: bool, names: list[str] | None) -> None:
    assert names_in_one(text, may_have_spaces=may_have_spaces) == names


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (people("google", "a@college.edu, b@college.edu"), {f"CH1414 {ADMINS}": "error"}),
        (people("google", ["a@college.edu b@college.edu", "c"]), {f"CH1414 {ADMINS}[0]": "error"}),
        (people("google", ["Jane Doe"]), {f"CH1414 {ADMINS}[0]": "warning"}),
        (people("google", ["Jane Doe"], username_claim="name"), {}),
        (people("google", ["alice", "bob@college.edu"]), {}),
        (people("google", [3, None, ["alice, bob"]]), {}),
        (people("azuread", ["Doe, Jane"]), {}),
        (people("azuread", ["a@college.edu, b@college.edu"]), {f"CH1414 {ADMINS}[0]": "error"}),
        (people("college.login.Own", ["Doe, Jane"]), {}),
        (people("native", "alice,bob"), {f"CH1414 {ADMINS}": "error"}),
        (
            {"hub": {**people("google", "a@b.edu, c@b.edu")["hub"], "extraConfig": {"x": "split(c)"}}},
            {f"CH1414 {ADMINS}": "warning"},
        ),
        (
            {"hub": {"loadRoles": {"assistants": {"users": ["a@college.edu,b@college.edu"]}}}},
            {"CH1414 hub.loadRoles.assistants.users[0]": "error"},
        ),
        (
            {
                "hub": {
                    "config": {
                        "JupyterHub": {
                            "load_groups": {"ta": {"users": ["a@x.edu b@x.edu"]}, "all": ["a@x.edu;b@x.edu"]}
                        }
                    }
                }
            },
            {
                "CH1414 hub.config.JupyterHub.load_groups.all[0]": "error",
                "CH1414 hub.config.JupyterHub.load_groups.ta.users[0]": "error",
            },
        ),
    ],
)
def test_an_entry_that_is_several_names(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(problems, own) == expected


def test_the_others_keep_their_place_in_the_corrected_list() -> None:
    (problem,) = problems(merged(people("google", ["x", "a@x.edu b@x.edu", "y"])))
    assert problem.edit and problem.edit.new == ["x", "a@x.edu", "y", "b@x.edu"]
