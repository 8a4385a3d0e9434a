"""The objects of a manifest, with scalars as Kubernetes reads them: `12:30:45` and dates are text, `1e3` is a number."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

HOOK = "helm.sh/hook"
_WORDS = {
    "tag:yaml.org,2002:null": r"^(~|null|Null|NULL|)$",
    "tag:yaml.org,2002:bool": r"^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$",
    "tag:yaml.org,2002:int": r"^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$",
    "tag:yaml.org,2002:float": r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$",
    "tag:yaml.org,2002:merge": r"^<<$",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers = {None: [(tag, re.compile(words)) for tag, words in _WORDS.items()]}  # noqa: RUF012


def _integer(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node).lower()
    sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-")
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    return sign * int(digits, 8 if digits.startswith("0") and len(digits) > 1 else 10)


def _bool(loader: Any, node: Any) -> bool:
    return loader.construct_scalar(node).lower() in ("y", "yes", "true", "on")


def _float(loader: Any, node: Any) -> float:
    return float(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:bool", _bool)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def objects(text: str) -> list[Mapping[str, Any]]:
    """All that a release keeps: no hooks, which come and go by themselves. Raises ValueError."""
    return [one for one in _read(text) if not _is_hook(one)]


def hooks(texts: Iterable[str]) -> list[Mapping[str, Any]]:
    """Those alone that a release does not keep: Helm runs them before or after its work. Raises ValueError."""
    return [one for text in texts for one in _read(text) if _is_hook(one)]


def _read(text: str) -> list[Mapping[str, Any]]:
    try:
        found = list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("The manifest is no YAML.") from error
    return [one for one in found if isinstance(one, Mapping)]


def _is_hook(one: Mapping[str, Any]) -> bool:
    return HOOK in ((one.get("metadata") or {}).get("annotations") or {})
