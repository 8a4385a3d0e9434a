"""What happened to a student's server, one JSON line each, for `classhub events NAME` and the page that waits."""

import json
import os
import time
from pathlib import Path

LARGEST_FILE_BYTES = 128 * 1024


def record(file: Path, text: str) -> None:
    """Append one event; an old half is dropped when the file has grown. A full disk loses events, never a start."""
    try:
        if file.exists() and file.stat().st_size > LARGEST_FILE_BYTES:
            file.write_bytes(b"\n".join(file.read_bytes().splitlines()[-300:]) + b"\n")
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(json.dumps({"when": time.time(), "text": text}) + "\n")
    except OSError as error:
        print(f"events of {file.name} could not be written: {error}", flush=True)  # noqa: T201 - the hub's log
