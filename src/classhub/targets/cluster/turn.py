"""One command at a time changes a release: a Lease `classhub-RELEASE`, and in its annotations what is being done.

A command that dies leaves the Lease behind. The next one takes it over, and finds in it what was begun: at once where it can
see that the holder is no more, else after it has watched for a while that nobody renews it. Clocks of two machines differ, so
that a time in the Lease alone proves nothing.
"""

import getpass
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from classhub.errors import ClasshubError, NotFound, Refused
from classhub.plan.recovery import Turn
from classhub.targets.cluster.parts import seconds

LONG_S = 30
"""A Lease that nobody renewed for so long belongs to a command that is no more."""
RENEWED_S = 8
WATCHED_S = 1.5 * RENEWED_S
"""Whoever lives renews within it."""
RECORD, ORIGIN = "classhub/turn", "classhub/holder"
Lease = Mapping[str, Any]


class Leases(Protocol):
    """What is asked of outside.kubernetes here. replace and create raise a ClasshubError when somebody was first."""

    def get(self, kind: str, name: str) -> Lease | None: ...

    def create(self, body: Lease) -> Lease: ...

    def patch(self, kind: str, name: str, change: Lease) -> Lease: ...

    def delete(self, kind: str, name: str) -> None: ...


class Lost(Refused):
    """Another command has the turn now."""


class Held:
    """A turn of ours. `left`: of a command that was cut short before us, else None."""

    def __init__(self, leases: Leases, name: str, turn: Turn, left: Turn | None) -> None:
        self.left = left
        self._leases, self._name, self._turn = leases, name, turn
        self._is_done = False
        self._over = threading.Event()
        self._lock = threading.Lock()

    def note(self, **changed: Any) -> None:
        """Write down what is being done now: step, operation, revision. Raises Lost when another has the turn."""
        with self._lock:
            self._turn = replace(self._turn, **changed)
            self._is_done = False
            self._write(me(), self._turn)

    def done(self) -> None:
        """Nothing is half-way, whatever error may follow: the next command has nothing to mend."""
        self.left, self._is_done = None, True

    def give_back(self, *, done: bool) -> None:
        """done: the record goes too."""
        if self._over.is_set():
            return
        self._over.set()
        with self._lock, suppress(Lost, NotFound):
            nothing = done or self._is_done or not self._turn.step  # what never began a step leaves nothing
            self._write("", None if nothing else self._turn)

    def forget(self) -> None:
        """Give it back for good: nothing is left that anybody could take turns on."""
        self._over.set()
        with self._lock:
            self._leases.delete("Lease", self._name)

    def keep(self) -> None:
        """Renew until it is given back; runs in a thread of its own."""
        while not self._over.wait(RENEWED_S):
            try:
                with self._lock:
                    if not self._over.is_set():
                        self._write(me(), self._turn)
            except Lost:
                return
            except ClasshubError:
                continue  # the API server is away: the next try, or the command itself, will tell

    def _write(self, by: str, turn: Turn | None) -> None:
        now = self._leases.get("Lease", self._name)
        if now is None or holder(now) != me():
            raise Lost(
                f"This command's turn was taken by {holder(now or {}) or 'somebody'}.",
                "it was out of touch with the cluster for too long",
                "classhub -t cluster history",
            )
        try:
            self._leases.patch("Lease", self._name, _over(now, _body(self._name, by, turn)))
        except Refused:
            # Of a try whose answer was lost the second one meets its own work: if the Lease is ours it is done again.
            now = self._leases.get("Lease", self._name)
            if now is None or holder(now) not in (me(), by):
                raise
            self._leases.patch("Lease", self._name, _over(now, _body(self._name, by, turn)))


def me() -> str:
    """ "alice@laptop:4711": whoever waits must know whom to ask."""
    return f"{who()}:{os.getpid()}"


def who() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.geteuid()}"
    return f"{name}@{socket.gethostname()}"


def origin() -> str:
    """This machine since it started, and this family of processes in it: where our process numbers mean something."""
    try:
        machine = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{machine}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return f"{uuid.getnode():x}"


@contextmanager
def held(leases: Leases, release: str, turn: Turn, tell: Callable[[str], None]) -> Iterator[Held]:
    """The turn, renewed until the block ends. Raises Refused when another command has it.

    A block that ends in an error leaves its record for the next command, unless it said `done`.
    """
    name = f"classhub-{release}"
    left = _take(leases, name, turn, tell)
    mine = Held(leases, name, left or turn, left)
    threading.Thread(target=mine.keep, name="turn", daemon=True).start()
    try:
        yield mine
    except BaseException:
        with suppress(ClasshubError):  # the cluster may be what failed; the Lease runs out by itself
            mine.give_back(done=False)
        raise
    with suppress(ClasshubError):  # the work is done; a Lease that nobody renews is taken over
        mine.give_back(done=True)


def peek(leases: Leases, release: str) -> Turn | None:
    """What a command was doing, without taking the turn: of one that lives, or that was cut short."""
    return record(leases.get("Lease", f"classhub-{release}"))


def holder(lease: Lease) -> str:
    return str((lease.get("spec") or {}).get("holderIdentity") or "")


def record(lease: Lease | None) -> Turn | None:
    """What its last holder was doing; None when that came to its end."""
    try:
        found = json.loads(_marks(lease)[RECORD])
        known = {one.name for one in fields(Turn)}
        return Turn(**{key: value for key, value in found.items() if key in known})
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _marks(lease: Lease | None) -> Mapping[str, str]:
    return ((lease or {}).get("metadata") or {}).get("annotations") or {}


def _take(leases: Leases, name: str, turn: Turn, tell: Callable[[str], None]) -> Turn | None:
    lease = leases.get("Lease", name)
    if lease is not None and holder(lease):
        lease = _outlast(leases, name, lease, tell)
    left = record(lease)
    body = _body(name, me(), left or turn)
    try:
        if lease is None:
            leases.create(body)
        else:
            leases.patch("Lease", name, _over(lease, body))
    except Refused as error:
        now = leases.get("Lease", name)
        if now is not None and holder(now) == me():  # the answer to our first try was lost
            return left
        raise (_busy(now) if now is not None and holder(now) else error) from None
    return left


def _outlast(leases: Leases, name: str, lease: Lease, tell: Callable[[str], None]) -> Lease | None:
    """The Lease, once its holder is known to be no more. Raises Refused as soon as it shows itself alive."""
    age = time.time() - (_renewed(lease) or 0)
    lives = _lives_here(lease)
    if lives is False:
        return lease
    if lives and age < LONG_S:
        raise _busy(lease)
    tell(f"{holder(lease)} had this release last; looking whether it is still at work.")
    until = time.monotonic() + max(WATCHED_S, min(LONG_S - age, LONG_S))
    while time.monotonic() < until:
        time.sleep(1)
        now = leases.get("Lease", name)
        if now is None or not holder(now):
            return now
        if _renewed(now) != _renewed(lease):
            raise _busy(now)
    return lease


def _lives_here(lease: Lease) -> bool | None:
    """Whether its holder's process is there; None where this machine cannot know."""
    where, _, pid = _marks(lease).get(ORIGIN, "").rpartition(":")
    if where != origin() or not pid.isdigit():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _renewed(lease: Lease) -> float | None:
    return seconds((lease.get("spec") or {}).get("renewTime"))


def _over(lease: Lease, body: Mapping[str, Any]) -> dict[str, Any]:
    """Only if it is still as it was read: of two who saw the same free Lease the second one fails."""
    version = {"resourceVersion": lease["metadata"]["resourceVersion"]}
    return {**body, "metadata": {**body["metadata"], **version}}


def _busy(lease: Lease) -> Refused:
    doing = record(lease)
    since = f" since {time.strftime('%H:%M:%S', time.localtime(doing.since))}" if doing else ""
    what = f"{holder(lease)} is changing this release{since}: {doing.operation if doing else 'unknown'}."
    return Refused(what, "one command at a time may do that", "wait until it is done: classhub -t cluster status")


def _body(name: str, by: str, turn: Turn | None) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/managed-by": "classhub"},
            "annotations": {
                RECORD: json.dumps(asdict(turn)) if turn else None,
                ORIGIN: f"{origin()}:{os.getpid()}" if by else None,
            },
        },
        "spec": {"holderIdentity": by, "renewTime": now, "leaseDurationSeconds": LONG_S},
    }
