"""What the chart's schema takes and one of its templates refuses: `helm upgrade` stops all the same.

Each rule was read in the templates of the charts that have a table; unlike the schema, they end at the first mistake.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from classhub.config.chart.moved import moved_problem
from classhub.config.chart.moves import moved
from classhub.config.chart.upgrade import is_between
from classhub.config.document import Where
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import at

_WHY = "The chart's templates stop for it, though its schema takes it."


def refusals(values: Mapping[str, Any], version: str) -> list[Problem]:
    """`values` over the defaults, and accepted by verdict.problems: what has the wrong type is passed over."""
    found = [*_moves(values, version), *_hub_config(values), *_https(values), *_metadata(values)]
    for where in (("hub", "extraEnv"), ("proxy", "chp", "extraEnv"), ("proxy", "traefik", "extraEnv")):
        found += _extra_env(at(values, where), where)
    for where in (("hub", "extraFiles"), ("singleuser", "extraFiles")):
        found += _extra_files(at(values, where), where)
    return found


def _moves(values: Mapping[str, Any], version: str) -> Iterator[Problem]:
    for found in moved(values):
        if found.move.kind == "refused" and is_between(found.move.version, "0", version):
            yield moved_problem(found, _WHY)


def _hub_config(values: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(at(values, ("hub", "config")), Mapping):
        yield Problem(
            ("hub", "config"),
            "hub.config must not be empty.",
            _WHY,
            "Remove the line, or write config: {}",
            code="CH1206",
        )


def _https(values: Mapping[str, Any]) -> Iterator[Problem]:
    https = at(values, ("proxy", "https"))
    if not isinstance(https, Mapping) or not https.get("enabled"):
        return
    needed: tuple[str, ...] = ()
    if https.get("type") == "letsencrypt" and https.get("hosts"):
        needed = ("letsencrypt.contactEmail",)
    elif https.get("type") == "manual":
        needed = ("manual.key", "manual.cert")
    for name in needed:
        where = ("proxy", "https", *name.split("."))
        if not at(values, where):
            fix = f"Give {dotted(where)} a value."
            yield Problem(
                where, f"{dotted(where)} is missing, and proxy.https.type needs it.", _WHY, fix, code="CH1206"
            )


def _metadata(values: Mapping[str, Any]) -> Iterator[Problem]:
    policy = ("singleuser", "networkPolicy")
    allow = (*policy, "egressAllowRules", "cloudMetadataServer")
    block = ("singleuser", "cloudMetadata", "blockWithIptables")
    if all(at(values, path) for path in ((*policy, "enabled"), allow, block)):
        message = f"{dotted(allow)} lets students' servers reach the cloud's metadata, and {dotted(block)} forbids it."
        yield Problem(allow, message, _WHY, "Keep the ban: cloudMetadataServer: false", code="CH1206")


def _extra_env(variables: Any, where: Where) -> Iterator[Problem]:
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if not isinstance(value, str | Mapping):
            here = (*where, name)
            message = f"{dotted(here)} must be text or a mapping; here it is {kind(value)}."
            yield Problem(here, message, _WHY, f'Put the value in quotes: {name}: "..."', code="CH1206")


def _extra_files(files: Any, where: Where) -> Iterator[Problem]:
    for name, file in files.items() if isinstance(files, Mapping) else ():
        here = (*where, name)
        path = file.get("mountPath") if isinstance(file, Mapping) else None
        if not isinstance(path, str):
            continue
        if not path:
            yield Problem(
                (*here, "mountPath"),
                f"{dotted(here)}.mountPath is empty.",
                _WHY,
                "Write where it belongs.",
                code="CH1206",
            )
        if not any(file.get(content) for content in ("data", "stringData", "binaryData")):
            message = f"{dotted(here)} is an empty file, which the chart cannot make."
            yield Problem(here, message, _WHY, r'Write at least a line end: stringData: "\n"', code="CH1206")
        elif file.get("data") and PurePosixPath(path).suffix not in (".yaml", ".yml", ".json", ".toml"):
            message = f"{dotted(here)} has data:, and its mountPath ends in no format the chart can write."
            fix = "Write stringData: for text, or a mountPath that ends in .yaml, .json or .toml."
            yield Problem((*here, "data"), message, _WHY, fix, code="CH1206")
