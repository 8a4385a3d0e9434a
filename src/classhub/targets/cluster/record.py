"""What ClassHub remembers of a release and Helm does not: a ConfigMap `classhub-RELEASE` in the hub's namespace.

For each revision who applied it and why, the chart's digest, and which values stood in secrets.yaml (the ways to them, never
the values). Without it a release is one that plain Helm made.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from classhub.config.document import Where

KEPT = 20
"""Revisions. Helm itself keeps ten."""


class Objects(Protocol):
    """What is asked of outside.kubernetes here."""

    def get(self, kind: str, name: str) -> Mapping[str, Any] | None: ...

    def apply(self, body: Mapping[str, Any], *, force: bool = False) -> Mapping[str, Any]: ...

    def delete(self, kind: str, name: str) -> None: ...


@dataclass(frozen=True)
class Remembered:
    who: str = ""
    what: str = ""
    chart_digest: str = ""
    hidden: tuple[Where, ...] | None = None
    """None: not known, so that every value is hidden."""
    outcome: str = ""
    """"failed" or "interrupted" where it was taken back."""


def object_name(release: str) -> str:
    return f"classhub-{release}"


def read(objects: Objects, release: str) -> dict[int, Remembered]:
    """By revision. A line that somebody damaged is as if it were not there."""
    found = objects.get("ConfigMap", object_name(release))
    lines = (found or {}).get("data") or {}
    return {int(number): one for number, text in lines.items() if number.isdigit() and (one := _parsed(text))}


def remember(objects: Objects, release: str, revision: int, about: Remembered) -> None:
    """Put beside what is known of other revisions; the oldest are forgotten."""
    known = {**read(objects, release), revision: about}
    kept = {number: known[number] for number in sorted(known)[-KEPT:]}
    objects.apply(_config_map(release, kept), force=True)


def taken_back(objects: Objects, release: str, revision: int, outcome: str) -> None:
    """outcome: "failed" or "interrupted"."""
    about = read(objects, release).get(revision, Remembered())
    remember(objects, release, revision, replace(about, outcome=outcome))


def forget(objects: Objects, release: str) -> None:
    objects.delete("ConfigMap", object_name(release))


def _config_map(release: str, known: Mapping[int, Remembered]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": object_name(release), "labels": {"app.kubernetes.io/managed-by": "classhub"}},
        "data": {str(number): json.dumps(asdict(one), sort_keys=True) for number, one in known.items()},
    }


def _parsed(text: str) -> Remembered | None:
    try:
        raw = json.loads(text)
        hidden = raw.get("hidden")
        words = {key: str(raw.get(key, "")) for key in ("who", "what", "chart_digest", "outcome")}
        return Remembered(**words, hidden=None if hidden is None else tuple(map(tuple, hidden)))
    except (ValueError, TypeError, AttributeError):
        return None
