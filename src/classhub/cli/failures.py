"""Failures in words: what happened, the probable cause, the next command. A bug of ours becomes a log file."""

import errno
import os
import platform
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from classhub import __version__
from classhub.errors import OutsideFailed

MACHINE = {
    errno.ENOSPC: ("The disk is full", "Free some space, then run the command again."),
    errno.EDQUOT: ("The disk quota is used up", "Free some space, then run the command again."),
    errno.EROFS: ("The disk is read-only", "Use a folder on a disk that can be written."),
    errno.EACCES: ("Not allowed", "Run it as the owner of the folder, or mend the owner: `ls -ld` shows it."),
    errno.EPERM: ("Not allowed", "Run it as the owner of the folder, or mend the owner: `ls -ld` shows it."),
    errno.ENAMETOOLONG: ("A name is too long", "Choose a shorter one."),
    errno.EMFILE: ("Too many open files", "Raise the limit: `ulimit -n 65536`."),
    errno.EIO: ("The disk does not answer", "Look at the machine's own log: `dmesg`."),
}
PACKAGES = ("click", "jupyterhub", "jupyterlab", "jupyter_server", "tornado", "PyYAML", "httpx2", "rich")
TOKEN = re.compile(r"(?=[A-Za-z0-9+/_=~-]*[0-9])[A-Za-z0-9+/_=~-]{16,}")


def of_the_machine(error: Exception) -> OutsideFailed | None:
    """An error that the machine answers for, as a full disk; None for the rest."""
    if not isinstance(error, OSError) or error.errno not in MACHINE:
        return None
    what, fix = MACHINE[error.errno]
    return OutsideFailed(f"{what}: {error.filename}." if error.filename else f"{what}.", error.strerror or "", fix)


def bug(error: Exception, argv: Sequence[str], state: Path | None, secrets: Sequence[str] = ()) -> str:
    """Write what we need to find it into a log file of the user's own; the sentences that say so."""
    lines = ["A bug of ours, and not your mistake. Nothing more was done."]
    try:
        path = _write(report(error, argv, secrets), state)
        lines.append(f"Next: send us this file: {path}")
    except OSError as unwritable:
        lines.append(f"No log could be written ({unwritable.strerror}): {type(error).__name__} in {_where(error)}.")
    return "\n".join(lines)


def report(error: BaseException, argv: Sequence[str], secrets: Sequence[str] = ()) -> str:
    """Versions and traceback. No values: neither locals nor arguments, and messages without secrets and tokens."""
    words = [word for word in argv if re.fullmatch(r"--?[a-z-]+|[a-z]{2,12}", word)]
    versions = [f"{name} {_version(name)}" for name in PACKAGES]
    head = [f"classhub {__version__}", f"Python {sys.version}", platform.platform(), *versions]
    return "\n".join([*head, f"command: {' '.join(words)}", "", *_chain(error, secrets)]) + "\n"


def secrets_of(folder: Path) -> list[str]:
    """Words of secrets.yaml that look like values. Read as plain text: the file may be what is broken."""
    try:
        text = (folder / "secrets.yaml").read_bytes()[:1_000_000].decode(errors="replace")
    except OSError:
        return []
    return [word for word in re.split(r"[\s\"',\[\]{}]+", text) if len(word) >= 6 and not word.endswith(":")]


def _chain(error: BaseException, secrets: Sequence[str]) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _chain(earlier, secrets)
        yield "\nthen:\n"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    message = str(error)
    for secret in secrets:
        message = message.replace(secret, "***")
    yield f"{type(error).__name__}: {TOKEN.sub('***', message)}"


def _write(content: str, state: Path | None) -> Path:
    """Under .classhub/logs; in the temporary folder where that cannot be."""
    if state is not None:
        with suppress(OSError):
            (state / "logs").mkdir(mode=0o700, exist_ok=True)
            return _private_file(state / "logs", "bug-", content)
    return _private_file(Path(tempfile.gettempdir()), "classhub-bug-", content)


def _private_file(folder: Path, name: str, content: str) -> Path:
    """mkstemp makes it 0600, and new: nobody's link is followed."""
    handle, path = tempfile.mkstemp(".log", time.strftime(f"{name}%Y%m%d-%H%M%S-"), folder)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(content)
    return Path(path)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "is not installed"
