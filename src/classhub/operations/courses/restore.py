"""A former version of a file, or a fresh copy: in a student's home, by a program that runs there as the student."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classhub.errors import OutsideFailed, Refused

if TYPE_CHECKING:
    from classhub.targets.interface import Target

Answer = dict[str, Any]


def for_whom(target: Target, who: str, words: Sequence[str], python: str) -> Answer:
    """words: verb, file, version. python: where the server runs. Raises NotRunning when this student has no server, Refused,
    OutsideFailed.
    """
    finished = target.run(who, [python, "-m", "classhub.materials", *words], terminal=False)
    return _read(finished.out, finished.err, finished.code)


def own(words: Sequence[str], environ: dict[str, str] | None = None) -> Answer:
    """In the home of whoever types this."""
    from classhub.outside.process import run

    argv = [sys.executable, "-m", "classhub.materials", *words]
    done = run(argv, cwd=Path.cwd(), env=environ or dict(os.environ), check=False, timeout_s=120)
    return _read(done.out, done.err, done.code)


def _read(out: str, err: str, code: int) -> Answer:
    try:
        answer: Answer = json.loads(out.strip().splitlines()[-1])
    except (ValueError, IndexError):
        why = (err.strip().splitlines() or [f"exit code {code}"])[-1]
        raise OutsideFailed("The program in that home did not answer.", why, "classhub logs WHO") from None
    if "error" in answer and isinstance(answer["error"], str):
        raise Refused(answer["error"])
    return answer
