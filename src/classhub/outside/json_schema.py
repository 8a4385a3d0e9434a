"""Ask a JSON schema about values, within bounds: a short schema can send a validator on a way without end."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classhub.outside import process

SECONDS = 10
"""The real chart's schema takes a tenth of one, most of it for the start."""
MEMORY = 2**30
"""Bytes of address space."""
CHILD = Path(__file__).with_name("json_schema_child.py")


class Unanswered(Exception):
    """Says why in a sentence."""


def refusals(schema: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where it refuses, as the child tells it; of very many the first. Raises Unanswered."""
    try:
        asked = "\n".join((json.dumps(schema), json.dumps(values, allow_nan=False)))
    except (ValueError, RecursionError):  # numbers that JSON has no word for
        return []
    try:
        argv = [sys.executable, "-I", str(CHILD), str(MEMORY), str(SECONDS)]
        answer = process.run(argv, stdin=asked, timeout_s=SECONDS)
        found = json.loads(answer.out)
    except (process.ProgramFailed, ValueError) as error:
        raise Unanswered(f"There was no answer within {SECONDS} s and {MEMORY // 2**20} MiB of memory.") from error
    if found is None:
        raise Unanswered("It is not a JSON schema.")
    return list(found)
