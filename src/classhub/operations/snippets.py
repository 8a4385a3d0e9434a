"""Run hub.extraConfig apart from us, to see which traits it sets: in time, within bounds, without our environment."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from classhub.outside import process

TIMEOUT_S = 10.0
MODULE = "classhub.hub.extra_config_apart"
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
_LARGEST = 64 * 1024**2
_REST = "What follows in this snippet was not run."


@dataclass(frozen=True)
class Failure:
    """A snippet that did not come to its end. says: the program's own words, which may hold a secret."""

    key: str
    place: str
    what: str
    says: str = ""
    then: str = _REST

    def sentence(self) -> str:
        words = f"{self.what}: {self.says}" if self.says else self.what
        return f"{self.place}: {words.rstrip('.')}. {self.then}"


@dataclass
class Outcome:
    """set_by: the snippet that was the last to change a trait."""

    traits: dict[str, Any]
    set_by: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def run(given: Mapping[str, Any], timeout_s: float = TIMEOUT_S) -> Outcome:
    """given: "traits", "values", "release", "prefix" (of names), "extra_config". Whatever a snippet does is an Outcome."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as answer:
        what = "It ended the process that ran it"
        try:
            _start(given, Path(folder), answer, timeout_s)
        except process.ProgramFailed:
            what = f"It was not done within {timeout_s:g} s and was stopped"
        answer.seek(0)
        return _outcome(given["traits"], answer.read(_LARGEST).splitlines(), what)


def _start(given: Mapping[str, Any], folder: Path, answer: IO[str], timeout_s: float) -> None:
    process.run(
        [sys.executable, "-P", "-m", MODULE, str(answer.fileno())],
        cwd=folder,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        inherit=False,
        stdin=json.dumps(given),
        timeout_s=timeout_s,
        check=False,
        keep_fds=(answer.fileno(),),
        new_session=True,
    )


def _outcome(traits: dict[str, Any], lines: Sequence[str], what: str) -> Outcome:
    """what: to say of a snippet that began and has no end."""
    outcome, open_ = Outcome(traits), ""
    for told in _told(lines):
        if "begins" in told:
            open_ = told["begins"]
            continue
        open_ = ""
        outcome.traits = told["traits"]
        outcome.set_by.update(dict.fromkeys(map(tuple, told["set"]), told["ends"]))
        if told["failed"]:
            outcome.failures.append(_failure(told["ends"], told["failed"]))
    if open_ or not lines:
        place = f"hub.extraConfig.{open_}" if open_ else "hub.extraConfig"
        outcome.failures.append(Failure(open_, place, what, then="Nothing that follows it was run."))
    return outcome


def _told(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The last line may have been cut short."""
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _failure(key: str, failed: Mapping[str, str]) -> Failure:
    if failed["lacks"]:
        what = f"This machine has no Python package {failed['lacks']}, which the hub's image may have"
        return Failure(key, failed["place"], what)
    return Failure(key, failed["place"], failed["kind"], failed["text"])
