"""Helm's merge: its laws, and what null does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from classhub.config.merge import layer, over_defaults

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
KEYS = st.sampled_from("abcd")
INNER = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
VALUES = st.dictionaries(KEYS, INNER, max_size=4)


def test_maps_merge_lists_replace_and_the_later_file_wins() -> None:
    merged = layer({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "d": 2})
    assert merged == {"a": {"b": 1, "c": [3]}, "d": 2}


def test_null_deletes_a_default() -> None:
    assert over_defaults({"cmd": None, "x": {"y": None}}, {"cmd": "jupyterhub-singleuser", "x": {"y": 1, "z": 2}}) == {
        "x": {"z": 2}
    }


def test_null_over_a_null_default_or_none_at_all_stays() -> None:
    assert over_defaults({"a": None, "b": None}, {"a": None}) == {"a": None, "b": None}


def test_a_later_null_deletes_what_an_earlier_file_set() -> None:
    assert over_defaults(
        layer({"memory": {"guarantee": "2G"}}, {"memory": {"guarantee": None}}), {"memory": {"guarantee": "1G"}}
    ) == {"memory": {}}


@given(VALUES)
def test_merging_with_nothing_changes_nothing(values: dict[str, Any]) -> None:
    assert layer(values) == layer(values, {}) == layer({}, values) == over_defaults(values, {}) == values


@given(VALUES, VALUES)
def test_all_of_the_later_file_is_in_the_result(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert layer(layer(one, two), two) == layer(one, two)
    assert _holds(layer(one, two), two)


def _holds(merged: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(merged, dict) and all(key in merged and _holds(merged[key], part[key]) for key in part)
    return bool(merged == part)


@given(VALUES, VALUES)
def test_inputs_stay_as_they_were(one: dict[str, Any], two: dict[str, Any]) -> None:
    before = repr((one, two))
    for merged in (layer(one, two), over_defaults(one, two)):
        _spoil(merged)
    assert repr((one, two)) == before


def _spoil(value: Any) -> None:
    """Change everything that can be changed."""
    if isinstance(value, dict):
        for inner in value.values():
            _spoil(inner)
        value["spoilt"] = True
    elif isinstance(value, list):
        for inner in value:
            _spoil(inner)
        value.append("spoilt")


@given(VALUES, VALUES, VALUES)
def test_files_may_be_laid_over_each_other_in_any_grouping(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    """Where it holds: among files. Defaults come last and once, since null takes a key out there."""
    assert layer(layer(one, two), three) == layer(one, layer(two, three)) or _clash(one, two, three)


def _clash(one: Any, two: Any, three: Any) -> bool:
    """A mapping, over it something that is none, over that a mapping again: Helm goes from file to file, left to right."""
    if not (isinstance(one, dict) and isinstance(three, dict)):
        return False
    if not isinstance(two, dict):
        return True
    return any(_clash(one[key], two[key], three[key]) for key in one if key in two and key in three)


@given(VALUES, VALUES)
def test_null_of_a_file_takes_out_what_the_default_says(values: dict[str, Any], defaults: dict[str, Any]) -> None:
    merged = over_defaults({**values, **dict.fromkeys(defaults)}, defaults)
    assert all(key not in merged or defaults[key] is None for key in defaults)
