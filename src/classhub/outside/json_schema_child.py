"""A program: a schema and values on stdin, what the schema refuses on stdout. An interpreter without our packages runs it.

Memory (bytes) and processor time (seconds) are its two arguments; it dies of either, and nobody else does.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from jsonschema_rs import Draft7Validator, ValidationError

MOST_REFUSALS = 1000
LONGEST = 400
"""Characters of a sentence; a list of what is allowed may be as long as the schema."""


def main() -> None:
    memory, seconds = map(int, sys.argv[1:])
    # no core: the values may hold secrets
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(
            ValueError, OSError
        ):  # not every system has all; the time limit outside holds anywhere
            resource.setrlimit(what, (most, most))
    schema, values = sys.stdin.readline(), sys.stdin.readline()
    try:
        # no value is shown: it may be a secret
        validator = Draft7Validator(json.loads(json.loads(schema)), mask="it", offline=True)
    except (ValueError, RecursionError):
        json.dump(None, sys.stdout)
        return
    json.dump(_refusals(validator, values), sys.stdout)


def _refusals(validator: Draft7Validator, values: str) -> list[dict[str, Any]]:
    try:
        parts = chain.from_iterable(map(_parts, validator.iter_errors(json.loads(values))))
        return list(islice(parts, MOST_REFUSALS + 1))
    except (ValueError, RecursionError):  # numbers that JSON has no word for
        return []


def _parts(error: ValidationError) -> Iterator[dict[str, Any]]:
    """As config.chart.schema.Refusal has it."""
    where, kind = error.instance_path, error.kind
    if hasattr(kind, "unexpected"):
        for name in kind.unexpected:
            yield {"where": [*where, name], "kind": "unknown"}
    elif kind.name == "required":
        yield {"where": [*where, str(getattr(kind, "property", ""))], "kind": "missing"}
    else:
        yield {"where": where, "kind": "wrong", "message": error.message[:LONGEST]}


if __name__ == "__main__":
    main()
