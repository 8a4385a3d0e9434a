"""A former version of a file, or a fresh copy: in a student's home, by a program that runs there as the student."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from classhub.errors import OutsideFailed, Refused
from classhub.operations.courses.door import of_this_server

if TYPE_CHECKING:
    from classhub.targets.interface import Target

Answer = dict[str, Any]
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(\S*)")


def for_whom(target: Target, who: str, words: Sequence[str], python: str) -> Answer:
    """words: verb, file, version. python: where the server runs. Raises NotRunning when this student has no server, Refused,
    OutsideFailed.
    """
    finished = target.run(who, [python, "-m", "classhub.materials", *words], terminal=False)
    return _read(finished.out, finished.err, finished.code, _hints(words[1], who))


def own(words: Sequence[str], environ: dict[str, str] | None = None) -> Answer:
    """In the home of whoever types this."""
    from classhub.outside.process import run

    argv = [sys.executable, "-m", "classhub.materials", *words]
    done = run(argv, cwd=Path.cwd(), env=environ or dict(os.environ), check=False, timeout_s=120)
    return _read(done.out, done.err, done.code, _hints(words[1], ""))


def not_given(answer: Answer) -> str:
    """Of a fresh copy: half a sentence on why there is none; "" if something came, or is as the course has it."""
    items = answer.get("items") or [{}]
    if any(one.get("action") != "skipped" for one in items):
        return ""
    return _MOMENT.sub(r"on \1 at \2 (UTC\3)", str(items[0].get("why", "")).removeprefix("it "))


def _hints(file: str, who: str) -> dict[str, str]:
    """The next command, by what the home's program says of its error."""
    command = f"classhub course restore {f'--for {quote(who)} ' if who else ''}"
    is_staff = not who and not of_this_server(os.environ)
    whose = f"for a student's file: classhub course restore --for NAME {quote(file)}" if is_staff else ""
    return {"fresh": f"{command}--fresh {quote(file)} gives the course's version", "whose": whose}


def _read(out: str, err: str, code: int, hints: Mapping[str, str]) -> Answer:
    try:
        answer: Answer = json.loads(out.strip().splitlines()[-1])
    except (ValueError, IndexError):
        why = (err.strip().splitlines() or [f"exit code {code}"])[-1]
        raise OutsideFailed("The program in that home did not answer.", why, "classhub logs WHO") from None
    if "error" in answer and isinstance(answer["error"], str):
        raise Refused(answer["error"], "", hints.get(str(answer.get("next", "")), ""))
    return answer
