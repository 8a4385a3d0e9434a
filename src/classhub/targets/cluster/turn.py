"""One command at a time changes a release: a Lease `classhub-RELEASE`, and in its annotations what is being done.

A command that dies leaves the Lease behind. Once it has run out, the next one takes it over and finds in it what was begun.
"""

import getpass
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from classhub.errors import ClasshubError, Refused
from classhub.plan.recovery import Turn
from classhub.targets.cluster.parts import seconds

LONG_S = 30
"""A Lease that nobody renewed for so long belongs to a command that is no more."""
RENEWED_S = 8
RECORD = "classhub/turn"
Lease = Mapping[str, Any]


class Leases(Protocol):
    """What is asked of outside.kubernetes here. replace and create raise a ClasshubError when somebody was first."""

    def get(self, kind: str, name: str) -> Lease | None: ...

    def create(self, body: Lease) -> Lease: ...

    def patch(self, kind: str, name: str, change: Lease) -> Lease: ...

    def delete(self, kind: str, name: str) -> None: ...


class Held:
    """A turn of ours. `left`: of a command that was cut short before us, else None."""

    def __init__(self, leases: Leases, name: str, turn: Turn, left: Turn | None) -> None:
        self.left = left
        self._leases, self._name, self._turn = leases, name, turn
        self._lost = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()

    def note(self, **changed: Any) -> None:
        """Write down what is being done now: step, operation, revision. Raises Refused when the turn was lost."""
        with self._lock:
            self._turn = replace(self._turn, **changed)
            self._renew()

    def give_back(self, *, done: bool) -> None:
        """done: nothing is left half-way, so the record goes too."""
        if self._over.is_set():
            return
        self._over.set()
        with self._lock:
            record = None if done else json.dumps(asdict(self._turn))
            self._leases.patch("Lease", self._name, _body(self._name, "", record))

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
                        self._renew()
            except Refused:
                return
            except ClasshubError:
                continue  # the API server is away: the next try, or the command itself, will tell

    def _renew(self) -> None:
        now = self._leases.get("Lease", self._name)
        if self._lost.is_set() or now is None or holder(now) != me():
            self._lost.set()
            by = holder(now or {}) or "somebody"
            raise Refused(
                f"This command's turn was taken by {by}.", "it was out of touch with the cluster for too long"
            )
        self._leases.patch("Lease", self._name, _body(self._name, me(), json.dumps(asdict(self._turn))))


def me() -> str:
    """ "alice@laptop:4711": whoever waits must know whom to ask."""
    return f"{who()}:{os.getpid()}"


def who() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.geteuid()}"
    return f"{name}@{socket.gethostname()}"


@contextmanager
def held(leases: Leases, release: str, turn: Turn, tell: Callable[[str], None], wait_s: float = 0) -> Iterator[Held]:
    """The turn, renewed until the block ends. Raises Refused when another command has it and keeps it for wait_s.

    A block that ends in an error leaves its record for the next command.
    """
    name = f"classhub-{release}"
    left = _take(leases, name, turn, tell, time.monotonic() + wait_s)
    mine = Held(leases, name, turn, left)
    threading.Thread(target=mine.keep, name="turn", daemon=True).start()
    try:
        yield mine
    except BaseException:
        with suppress(ClasshubError):  # the cluster may be what failed; the Lease runs out by itself
            mine.give_back(done=False)
        raise
    mine.give_back(done=True)


def holder(lease: Lease) -> str:
    return str((lease.get("spec") or {}).get("holderIdentity") or "")


def in_force(lease: Lease | None, now: float) -> bool:
    """Whether a command holds it that still lives."""
    if lease is None or not holder(lease):
        return False
    renewed = seconds((lease.get("spec") or {}).get("renewTime"))
    return renewed is not None and now - renewed < LONG_S


def record(lease: Lease | None) -> Turn | None:
    """What its last holder was doing; None when that came to its end."""
    marks = ((lease or {}).get("metadata") or {}).get("annotations") or {}
    try:
        return Turn(**json.loads(marks[RECORD]))
    except (KeyError, ValueError, TypeError):
        return None


def _take(leases: Leases, name: str, turn: Turn, tell: Callable[[str], None], deadline: float) -> Turn | None:
    said = False
    while True:
        lease = leases.get("Lease", name)
        if not in_force(lease, time.time()):
            break
        if time.monotonic() >= deadline:
            raise _busy(lease or {})
        if not said:
            tell(f"{holder(lease or {})} changes this release just now; waiting.")
            said = True
        time.sleep(1)
    left = record(lease)
    body = _body(name, me(), json.dumps(asdict(left or turn)))
    if lease is None:
        leases.create(body)
    else:
        # the version makes a second taker fail: both saw the same free Lease
        version = {"resourceVersion": lease["metadata"]["resourceVersion"]}
        leases.patch("Lease", name, {**body, "metadata": {**body["metadata"], **version}})
    return left


def _busy(lease: Lease) -> Refused:
    doing = record(lease)
    since = f" since {time.strftime('%H:%M:%S', time.localtime(doing.since))}" if doing else ""
    what = f"{holder(lease)} is changing this release{since}: {doing.operation if doing else 'unknown'}."
    return Refused(what, "one command at a time may do that", "wait until it is done: classhub -t cluster status")


def _body(name: str, by: str, text: str | None) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/managed-by": "classhub"},
            "annotations": {RECORD: text},
        },
        "spec": {"holderIdentity": by, "renewTime": now, "leaseDurationSeconds": LONG_S},
    }
