"""Quotes of word processors: told where they are letters of a value, not where they are part of a sentence."""

from typing import Any

import pytest

from classhub.config.chart.table import table
from classhub.config.curly import problems

OPEN, CLOSE = "\u201c", "\u201d"


def found(own: dict[str, Any]) -> list[tuple[str, object]]:
    return [(one.severity, one.edit.new if one.edit else None) for one in problems(own, table("4.4.0"))]


@pytest.mark.parametrize(
    ("own", "meant"),
    [
        ({"singleuser": {"defaultUrl": f"{OPEN}/lab{CLOSE}"}}, "/lab"),
        ({"singleuser": {"image": {"tag": f"{OPEN}2024{CLOSE}"}}}, "2024"),
        ({"cull": {"timeout": f"{OPEN}3600{CLOSE}"}}, 3600),
        ({"cull": {"enabled": f"{OPEN}true{CLOSE}"}}, True),
        ({"singleuser": {"defaultUrl": f"{OPEN}/lab{OPEN}"}}, "/lab"),
        ({"singleuser": {"defaultUrl": f'{OPEN}/lab"'}}, "/lab"),
        ({"singleuser": {"defaultUrl": "\u2018/lab\u2019"}}, "/lab"),
        ({"singleuser": {"defaultUrl": f"{OPEN}{CLOSE}"}}, ""),
        (
            {"hub": {"config": {"Authenticator": {"admin_users": [f"{OPEN}alice@college.edu{CLOSE}"]}}}},
            "alice@college.edu",
        ),
    ],
)
def test_the_value_between_them_is_what_was_meant(own: dict[str, Any], meant: object) -> None:
    assert found(own) == [("error", meant)]


@pytest.mark.parametrize("name", ["display_name", "description"])
def test_a_text_that_people_read_may_like_them(name: str) -> None:
    profile = {name: f"{OPEN}Small{CLOSE}"}
    assert found({"singleuser": {"profileList": [profile]}}) == [("warning", None)]


@pytest.mark.parametrize(
    "text", [f"{OPEN}Lab{CLOSE} and {OPEN}exam{CLOSE}", f"the {OPEN}Lab{CLOSE}", "it\u2019s", OPEN, ""]
)
def test_within_a_text_they_are_letters(text: str) -> None:
    assert found({"hub": {"templateVars": {"title": text}}}) == []
