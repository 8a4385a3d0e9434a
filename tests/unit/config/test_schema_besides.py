"""What the chart's schema refuses is told where nothing is told yet, neither there nor above or below."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.chart.schema import besides
from classhub.config.problem import Problem

WAYS = st.lists(st.sampled_from(["a", "b", 0]), max_size=4).map(tuple)


def problem(where, severity="error"):
    return Problem(where, "", "", "", severity)


def meet(one, other):
    length = min(len(one), len(other))
    return one[:length] == other[:length]


@settings(max_examples=200)
@given(st.lists(WAYS, max_size=6), st.lists(st.tuples(WAYS, st.sampled_from(["error", "warning"])), max_size=4))
def test_only_errors_on_its_way_hide_one(ways, told):
    kept = besides([problem(where) for where in ways], [problem(*one) for one in told])
    errors = [where for where, severity in told if severity == "error"]
    assert [one.where for one in kept] == [where for where in ways if not any(meet(where, one) for one in errors)]


@pytest.mark.timeout(60)
def test_thousands_beside_thousands():
    found, told = ([problem(("hub", f"{name}{number}")) for number in range(50_000)] for name in "ab")
    assert besides(found, told) == found
