"""A stand-in for `os` in disk.py that counts the calls that write, and stops, fails or does something at the n-th."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from classhub.materials import disk, renaming

WRITING = frozenset(
    (
        "write",
        "replace",
        "rename",
        "link",
        "unlink",
        "mkdir",
        "rmdir",
        "symlink",
        "chmod",
        "fchmod",
        "makedirs",
        "copy_file_range",
        "utime",
        "fsync",
    )
)


class FaultyOs:
    """Everything of os; before the n-th call that writes, `at_nth` is called with the call's name and arguments."""

    def __init__(self, nth: int, at_nth: Callable[..., None]) -> None:
        self.count = 0
        self.nth = nth
        self.at_nth = at_nth
        self.inside = False
        self.calls: list[str] = []
        self.counting = threading.Lock()
        """Two threads that count at once would pass over the n-th."""

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name in WRITING:
            return self.counted(name, real)
        if name == "open":
            return self.opening(real)
        return real

    def stand_in(self, put: Callable[[object, str, object], None] = setattr) -> None:
        """put(module, name, stand-in), as setattr."""
        put(disk, "os", self)
        calls = {name: self.counted(name, getattr(renaming, name)) for name in ("exchange", "to_free")}
        put(disk, "renaming", SimpleNamespace(**calls))

    def opening(self, real: Callable[..., int]) -> Callable[..., int]:
        counted = self.counted("open", real)

        def open_it(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            return (counted if writes else real)(path, flags, *rest, **named)

        return open_it

    def counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            with self.counting:
                self.count += 1
                self.calls.append(name)
                is_nth = self.count == self.nth
            if is_nth:
                self.at_nth(name, *arguments)
            self.inside = True
            try:
                return real(*arguments, **named)
            finally:
                self.inside = False

        return call
