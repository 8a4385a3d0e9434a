"""hub.extraConfig in a process of its own, to see what it makes of the traits: python -m classhub.hub.extra_config_apart FD.

JSON comes in on stdin and goes out to the file FD, a line when a snippet begins, fails and ends, so that whatever a snippet
does to this process, what came before it is known. What it prints goes nowhere, and what it starts ends with it.
"""

import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TextIO

from classhub.hub.extra_config import make_z2jh, namespace, place_of, run_snippet

MOST_MEMORY = 4 * 1024**3
MOST_WRITTEN = 16 * 1024**2
"""Bytes, of any file; the answer too."""
_DEEPEST = 60
_LONGEST = 500
"""Characters of what a failure says."""


def main() -> None:
    given = json.load(sys.stdin)
    _bound()
    worker = os.fork()
    if not worker:
        with os.fdopen(int(sys.argv[1]), "w") as answer:
            _run(given, answer)
        os._exit(0)  # a snippet's threads and exit handlers hold up nobody
    os.waitpid(worker, 0)
    os.killpg(0, signal.SIGKILL)


def _bound() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _run(given: Mapping[str, Any], answer: TextIO) -> None:
    from traitlets.config import Config

    me = os.getpid()
    c = Config(given["traits"])
    names = namespace(c, make_z2jh(given["values"], given["release"], given["prefix"]))
    shown = plain(c)
    for key, source in given["extra_config"]:
        _tell(answer, {"begins": key})
        failed = _failure(key, source, names)
        if os.getpid() != me:
            os._exit(0)  # a fork that the snippet has made
        before, shown = shown, plain(c)
        _tell(answer, {"ends": key, "failed": failed, "traits": shown, "set": list(_changed(before, shown))})


def _failure(key: str, source: str, names: dict[str, Any]) -> dict[str, str] | None:
    """lacks: the package that this machine has not."""
    try:
        run_snippet(key, source, names)
    except BaseException as error:  # noqa: BLE001 - SystemExit and whatever else a snippet raises
        lacks = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        return {"place": place_of(key, error), "kind": type(error).__name__, "text": _text(error), "lacks": lacks}
    return None


def _tell(answer: TextIO, what: Mapping[str, Any]) -> None:
    answer.write(json.dumps(what) + "\n")
    answer.flush()


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 - a snippet's own class may do anything
        return ""


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, traits in after.items():
        old = before.get(section)
        for name, value in traits.items() if isinstance(traits, dict) else ():
            if not isinstance(old, dict) or name not in old or old[name] != value:
                yield section, name


_SCALARS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, bool),
    (str, str.__str__),
    (int, int),
    (float, lambda value: float(value) if math.isfinite(value) else repr(float(value))),
    (bytes, lambda value: value.decode(errors="backslashreplace")),
)
"""Their subclasses too, as an enum's members."""


def plain(value: Any, above: tuple[int, ...] = ()) -> Any:
    """In JSON's types: functions and classes by their names, whatever has no other form by its class."""
    if value is None:
        return None
    for kind, made in _SCALARS:
        if isinstance(value, kind):
            return made(value)
    if id(value) in above or len(above) > _DEEPEST:
        return "..."
    return _plain_whole(value, (*above, id(value)))


def _plain_whole(value: Any, above: tuple[int, ...]) -> Any:
    if type(value).__name__ == "LazyConfigValue":
        value = value.to_dict()  # c.X.y.append(...), where y is not set
    if isinstance(value, Mapping):
        return {str(name): plain(inner, above) for name, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(inner, above) for inner in value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [plain(inner, above) for inner in value]
    name = getattr(value, "__name__", None)
    if not callable(value) or not isinstance(name, str):
        return f"<{type(value).__name__}>"
    return f"<{'class' if isinstance(value, type) else 'function'} {name}>"


if __name__ == "__main__":
    main()
