"""One thread that builds libraries, one after the other, so that nothing else of the mirror waits for pip."""

from __future__ import annotations

import threading
from collections.abc import Callable

Tell = Callable[[str], None]


class Builds:
    """start() it once; its thread ends with the process."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._waiting: dict[str, Callable[[], None]] = {}
        self._said: dict[str, str] = {}
        self._changed = threading.Condition()
        self._stopped = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="libraries", daemon=True).start()

    def stop(self) -> None:
        """A build that is under way ends with the process."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def ask(self, course: str, build: Callable[[], None]) -> None:
        """Does not wait. A course that waits already waits once."""
        with self._changed:
            self._waiting[course] = build
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopped)
                if self._stopped:
                    return
                course = next(iter(self._waiting))
                build = self._waiting.pop(course)
            self._done(course, build)

    def _done(self, course: str, build: Callable[[], None]) -> None:
        try:
            build()
        except Exception as error:  # noqa: BLE001 - the next look asks again, and other courses must go on
            said = f"{course}: the library was not looked after: {type(error).__name__}: {error}"
            if self._said.get(course) != said:
                self._tell(said)
            self._said[course] = said
        else:
            self._said.pop(course, None)
