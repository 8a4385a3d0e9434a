"""Helm's merge of values (facts/z2jh.md section 2). Inputs are never changed, and the result shares nothing with them."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]


def layer(*files: Values) -> dict[str, Any]:
    """Several --values files: maps merge, lists replace, the later one wins; null stays, to delete a default later."""
    merged: dict[str, Any] = {}
    for values in files:
        merged = _layer(merged, values)
    return merged


def _layer(below: Values, above: Values) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[key] = _layer(under, value)
        else:
            merged[key] = copy(value)
    return merged


def over_defaults(values: Values, defaults: Values) -> dict[str, Any]:
    """Values over a chart's defaults: null over a default that is not null deletes the key."""
    merged = {key: copy(value) for key, value in values.items()}
    for key, default in defaults.items():
        if key not in merged:
            merged[key] = copy(default)
        elif merged[key] is None:
            if default is not None:
                del merged[key]
        elif isinstance(merged[key], Mapping) and isinstance(default, Mapping):
            merged[key] = over_defaults(merged[key], default)
    return merged


def copy(value: Any) -> Any:
    """Deep, for the types that YAML gives."""
    if isinstance(value, Mapping):
        return {key: copy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [copy(item) for item in value]
    return value
