"""Everything around the work of one run: lock, release, record, folder, and the result that it ends with.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Optional

from classhub.materials import disk, manifest, record, result, telling, whereabouts
from classhub.materials import state as states
from classhub.materials.arriving import Missed
from classhub.materials.preparing import finish, prepare
from classhub.materials.result import Result
from classhub.materials.run import Merge, Run
from classhub.materials.source import Offline, Source
from classhub.materials.state import State, Unusable

WAIT_S = 2.0
"""For another run of the same course."""


class Wanted(NamedTuple):
    """What a verb was asked for; as in sync.sync."""

    source: Source
    home: Path
    course: str
    folder: Optional[str] = None  # noqa: UP045  evaluated by Python 3.9
    state: Optional[Path] = None  # noqa: UP045
    budget_s: float = 20
    now: Callable[[], float] = time.time
    merges: Optional[Mapping[str, Merge]] = None  # noqa: UP045
    may_hide: bool = False
    """Whether a course's folder that is not there yet may be filled before it is shown."""


class Busy(Exception):
    """Another run holds the lock."""


def held(wanted: Wanted, work: Callable[[Run], None], keeps_result: bool = True) -> Result:
    """Do the work in a prepared run. Never raises. keeps_result: whether result.json is written."""
    session = _Session(wanted)
    try:
        try:
            session.run(work)
        except Exception as error:  # noqa: BLE001  whatever it is, a run ends with a record
            session.fail(error)
        done = session.result()
        session.write(done, keeps_result)
        return done
    finally:
        session.close()


class _Session:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.begun = time.monotonic()
        self.started = ""
        self.state: State | None = None
        self.is_held = False
        self.work: Run | None = None
        self.status = ""
        self.error: dict[str, str] = {}
        self.message = ""
        self.folder = ""
        """Where the course lay before this run: a run that fails early must not forget it."""

    def run(self, work: Callable[[Run], None]) -> None:
        wanted = self.wanted
        run = self._new_run()
        self.started = run.started
        self.state = states.open_state(wanted.home, wanted.course, wanted.state, run.day)
        self.is_held = states.take_lock(self.state, WAIT_S)
        if not self.is_held:
            raise Busy
        with suppress(Missed):
            return self._do(run, work, wanted.may_hide)
        run.close()
        again = self._new_run()
        again.deadline = run.deadline
        return self._do(again, work, False)

    def _new_run(self) -> Run:
        return Run(self.wanted.source, self.wanted.now(), self.wanted.budget_s)

    def _do(self, run: Run, work: Callable[[Run], None], may_hide: bool) -> None:
        """Raises Missed where it has to be done without hiding."""
        assert self.state is not None
        wanted = self.wanted
        self.work, run.state = run, self.state
        run.merges = wanted.merges if wanted.merges is not None else _ours()
        prepare(run, wanted.home, wanted.course, self._where(), may_hide)
        work(run)
        finish(run)

    def _where(self) -> str | None:
        """There is one record for each course: while its folder is there, no run begins a second one."""
        wanted = self.wanted
        state = wanted.state or whereabouts.state_of(wanted.home, wanted.course)
        self.folder = next(whereabouts.recorded(state), "")
        used = whereabouts.folder_in_use(wanted.home, state)
        if used and wanted.folder and wanted.folder != used:
            raise Unusable(
                "folder", f"The course lies in the folder {used}, and {wanted.folder} would be a second one."
            )
        return wanted.folder or used

    def fail(self, error: Exception) -> None:
        if self.work is not None:
            _show(self.work)
        self.status, code, text, self.message = _told(error)
        self.error = {"code": code, "text": text}

    def result(self) -> Result:
        run = self.work
        trouble = self.error or (run.trouble if run else {})
        bare = Result(
            course=self.wanted.course,
            status=self.status or ("partial" if trouble else "done"),
            started=self.started,
            seconds=round(time.monotonic() - self.begun, 3),
            error=trouble,
            message=self.message or (telling.line(run.all_items(), trouble) if run else ""),
        )
        return _filled(bare, run, self.folder) if run else bare

    def write(self, done: Result, keeps_result: bool) -> None:
        """The last act. A disk that takes nothing more still leaves the caller with the result."""
        if self.state is None:
            return
        with suppress(Exception):
            states.log(self.state, f"{done.started} {done.course} {done.status}: {done.message}".replace("\n", " "))
        if self.is_held and keeps_result:
            with suppress(Exception):
                record.write(self.state.folder, b"result.json", result.to_json(done).encode())

    def close(self) -> None:
        if self.work is not None:
            self.work.close()
        if self.state is not None:
            self.state.close()


def _show(run: Run) -> None:
    """What has come is whole; where it cannot be shown, nothing has."""
    try:
        run.show_folder()
    except Missed:
        run.items.clear()
        run.written = 0


def _filled(bare: Result, run: Run, before: str) -> Result:
    return replace(
        bare,
        release_wanted=run.manifest.release,
        release_applied=run.record.release,
        source=run.manifest.source,
        folder=run.record.folder or before,
        same=run.same,
        items=run.all_items(),
        bytes=run.written,
        free_bytes=disk.free_bytes(run.root) if run.root >= 0 else None,
    )


def _told(error: Exception) -> tuple[str, str, str, str]:
    """Status, code, text, and the line for the student."""
    if isinstance(error, Busy):
        return "busy", "busy", "another run holds the lock", "Another update of this course is at work."
    if isinstance(error, Offline):
        line = "The course material could not be reached; what you have stays as it is."
        return "offline", "offline", str(error), line
    if isinstance(error, manifest.Malformed):
        return "failed", "release", str(error), "The course material cannot be read; what you have stays as it is."
    if isinstance(error, Unusable):
        return "failed", error.code, str(error), str(error)
    if isinstance(error, OSError):
        code = "space" if error.errno in disk.FULL else "disk"
        text = telling.reason(error)
        return "failed", code, text, f"Your home could not be used: {text}."
    return "failed", "bug", telling.where(error), "Something in ClassHub failed; your files stay as they are."


def _ours() -> Mapping[str, Merge]:
    """Imported when the first file is merged: most runs have none."""
    return {".ipynb": _by_cell, "": _by_line}


def _by_cell(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    from classhub.materials import by_cell

    return by_cell.merge(base, mine, theirs)


def _by_line(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    from classhub.materials import by_line

    return by_line.merge(base, mine, theirs)
