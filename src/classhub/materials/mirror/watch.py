"""Looks at every course's source on its own timer, at once when asked, and more seldom while it cannot be had.

One thread for each course that has a source: a slow host keeps no other course waiting.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from classhub.materials.mirror.publish import Look, Looking
from classhub.materials.mirror.settings import Course
from classhub.materials.mirror.store import Busy, Store

LOG = logging.getLogger("classhub.mirror")
LONGEST_S = 900.0
"""Between two looks at a source that cannot be had, unless it is looked at more seldom anyway."""
APART_S = 2.0
"""Between two looks that are asked for: whoever asks all the time asks for one."""

Tell = Callable[[str], None]
After = Callable[[Course, Look], None]
"""Called when a look is over, in the course's thread."""


def wait_s(every_s: float, failures: int) -> float:
    """Until the next look: twice as long after each failure in a row."""
    return every_s if not failures else min(every_s * 2.0 ** min(failures, 20), max(LONGEST_S, every_s))


class CourseWatch:
    """One course's thread."""

    def __init__(self, looking: Looking, tell: Tell, after: After = lambda *_: None) -> None:
        self._looking = looking
        self._tell = tell
        self._after = after
        self._asked = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"look at {looking.course.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def look_now(self) -> None:
        """Soon, and once however often it is asked for until then."""
        self._asked.set()

    def stop(self, timeout_s: float = 5) -> None:
        """A look that is under way ends with the process."""
        self._stopped.set()
        self._asked.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        failures, last = 0, ""
        self._sweep()
        while not self._stopped.is_set():
            self._asked.clear()
            found = self._look()
            failures = failures + 1 if found.what == "unavailable" else 0
            last = self._told(found, last)
            self._go_on(found)
            source = self._looking.course.source
            assert source is not None
            self._stopped.wait(APART_S)
            self._asked.wait(max(0.0, wait_s(source.every_s, failures) - APART_S))

    def _look(self) -> Look:
        try:
            return self._looking.look()
        except Busy:
            return Look("unavailable", reason="Another program is at work on this course's releases.")
        except OSError as error:
            found = Look("unavailable", reason=f"The store's disk does not let us: {error.strerror}.")
        except Exception as error:  # noqa: BLE001 - the next look may work, and other courses must go on
            found = self._bug(error)
        self._keep(found)
        return found

    def _bug(self, error: Exception) -> Look:
        LOG.error("%s: a bug of ours, or a damaged store", self._looking.course.name, exc_info=error)
        return Look("unavailable", reason=f"A bug of ours: {type(error).__name__}.")

    def _keep(self, found: Look) -> None:
        """For staff, who would be told that all is well. Where nothing can be written, the log has it."""
        try:
            with self._looking.store.locked():
                self._looking.tell(found)
        except Exception as error:  # noqa: BLE001 - the same disk, most of the time
            self._tell(f"{self._looking.course.name}: its status cannot be written ({type(error).__name__}).")

    def _go_on(self, found: Look) -> None:
        try:
            self._after(self._looking.course, found)
        except (Busy, OSError) as error:
            self._tell(
                f"{self._looking.course.name}: what follows a look did not work: {error or 'the store is in use'}."
            )
        except Exception as error:  # noqa: BLE001 - as above
            self._keep(self._bug(error))

    def _told(self, found: Look, last: str) -> str:
        """A line for what is new; the same reason is told once."""
        name = self._looking.course.name
        if found.what == "published":
            self._tell(f"{name}: release {found.release} is published.")
        elif found.reason and found.reason != last:
            self._tell(f"{name}: {found.reason}")
        elif last and not found.reason and found.what == "same":
            self._tell(f"{name}: the source is there again.")
        return found.reason if found.reason or found.what != "same" else ""

    def _sweep(self) -> None:
        try:
            with self._looking.store.locked():
                self._looking.store.sweep()
        except Exception as error:  # noqa: BLE001 - nothing of it is needed for a look
            self._tell(f"{self._looking.course.name}: not tidied up ({type(error).__name__}).")


class Watch:
    """All courses of a mirror."""

    def __init__(
        self,
        store: Path,
        courses: Iterable[Course],
        tell: Tell,
        has_module: Callable[[str], bool] | None = None,
        after: After = lambda *_: None,
    ) -> None:
        self._store, self._tell, self._has_module, self._after = store, tell, has_module, after
        self._courses = {one.name: self._of(one) for one in courses if one.source is not None}

    def _of(self, course: Course) -> CourseWatch:
        # Nobody is there to be asked about a repository that a student clicked on.
        looking = Looking(course, Store(self._store / course.name), self._has_module, confirm=course.on_demand)
        return CourseWatch(looking, self._tell, self._after)

    def add(self, course: Course) -> None:
        """While the others are at work. One that is looked at already goes on."""
        if course.name not in self._courses:
            self._courses[course.name] = self._of(course)
            self._courses[course.name].start()

    def start(self) -> None:
        for one in self._courses.values():
            one.start()

    def look_now(self, course: str) -> bool:
        """False for a course that has no source here."""
        found = self._courses.get(course)
        if found:
            found.look_now()
        return found is not None

    def stop(self, timeout_s: float = 5) -> None:
        until = time.monotonic() + timeout_s
        for one in self._courses.values():
            one.stop(max(0.0, until - time.monotonic()))
