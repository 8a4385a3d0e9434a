"""Who builds a course's library: the students' interpreter, as an account that nothing else on the machine runs as.

A build runs code of the repository. It gets a folder of its own, nothing of the hub, and nothing of it outlives a step.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classhub.materials.mirror import foreign
from classhub.materials.mirror.libraries import Broken
from classhub.outside.process import Output, ProgramFailed, run

BUILD_TIMEOUT_S = 900.0
"""Of all steps of one build together."""
UIDS = range(60600, 60632)
"""Of those that systemd leaves free and walls/uids.py gives nobody. One for each build that goes on on this machine."""
OWN = ("lib", "tmp", "source", "out")
"""Folders of a place that the builder may write to. The place itself is ours: nothing in it can be swapped."""
KEPT = ("LANG", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
NOT_OURS = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PIP_LOG", "PIP_REPORT")
FOR_DOWNLOADS = ("PIP_CLIENT_CERT", "PIP_CONFIG_FILE", "PIP_KEYRING_PROVIDER")
CREDENTIAL = re.compile(r"(?<=://)[^/\s@]+@")
END_ALL = """
import os, resource, time
resource.setrlimit(resource.RLIMIT_NPROC, (2, 2))
until = time.monotonic() + 5
while time.monotonic() < until:
    try:
        os.kill(-1, 9)
    except ProcessLookupError:
        break
    try:
        child = os.fork()
    except BlockingIOError:
        time.sleep(0.01)
        continue
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    break
"""
"""As the builder: all at once, so that none can start another in between. A second process of ours can be made as soon as no
other is left; that kill() found somebody says nothing, as it counts those that it may not end."""
PREFIX = ".building-"


@dataclass(frozen=True)
class Builder:
    """Whose interpreter builds, and how a program is started as somebody who may do no harm."""

    python: str
    behind: Mapping[str, Any] = field(default_factory=dict)
    """{"command": argv that reads a spec from stdin, "spec": the spec without argv, env, cwd and who, "locks": a folder of
    root's for this machine}; empty: as ourselves, as an ordinary user's trial."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    """Of which pip's own settings and the proxies are kept."""

    @contextmanager
    def place(self, beside: Path | None) -> Iterator[Place]:
        """A folder to build in. It goes, with all that still runs there. Raises Broken, OSError."""
        with self._account() as uid:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
            place = Place(self, folder, uid, time.monotonic() + BUILD_TIMEOUT_S)
            try:
                folder.chmod(0o711)
                for name in OWN:
                    (folder / name).mkdir(0o700)
                place.give()
                yield place
            finally:
                try:
                    place.end_all()
                finally:
                    foreign.remove(folder)

    @contextmanager
    def _account(self) -> Iterator[int | None]:
        """None: ourselves."""
        if not self.behind:
            yield None
            return
        uid, handle = _free_account(Path(self.behind["locks"]))
        try:
            yield uid
        finally:
            os.close(handle)


def _free_account(locks: Path) -> tuple[int, int]:
    """A uid, and the lock that keeps it ours. Raises Broken, OSError."""
    for uid in UIDS:
        handle = os.open(locks / f"builder-{uid}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
        else:
            return uid, handle
    raise Broken("Too many libraries are built on this machine just now. It is tried again.")


@dataclass(frozen=True)
class Place:
    """One build's folder. Only what is in OWN belongs to the builder."""

    builder: Builder
    folder: Path
    uid: int | None
    until: float

    @property
    def owner(self) -> int:
        """Of what a step writes."""
        return os.geteuid() if self.uid is None else self.uid

    def give(self) -> None:
        """What we laid there, to the builder. Before the first step only: nobody is at work there yet."""
        if self.uid is None:
            return
        for name in OWN:
            for inside, folders, files in os.walk(self.folder / name):
                for one in (".", *folders, *files):
                    os.chown(Path(inside, one), self.uid, self.uid, follow_symlinks=False)

    def download(self, argv: Sequence[str]) -> Output:
        """A step that runs nobody's code: it has the index's password and can start no program. Raises ProgramFailed."""
        return self._run(argv, pip_settings(self.builder.environ), alone=True)

    def run(self, argv: Sequence[str]) -> Output:
        """A step that may run anybody's code, without any password. Raises ProgramFailed."""
        return self._run(argv, without_passwords(pip_settings(self.builder.environ)), alone=False)

    def _run(self, argv: Sequence[str], env: Mapping[str, str], *, alone: bool) -> Output:
        home = tempfile.mkdtemp(prefix="home-", dir=self.folder)  # its own: a step before may have left settings of pip
        if self.uid is not None:
            os.chown(home, self.uid, self.uid)
        try:
            return self._start(argv, {**env, **self._own(home)}, alone)
        finally:
            self.end_all()

    def _own(self, home: str) -> dict[str, str]:
        path = self.builder.environ.get("PATH", os.defpath)
        own = {"PATH": path, "HOME": home, "TMPDIR": str(self.folder / "tmp")}
        return {**own, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}

    def _start(self, argv: Sequence[str], env: Mapping[str, str], alone: bool) -> Output:
        left_s = max(1.0, self.until - time.monotonic())
        if self.uid is None:
            return run(argv, cwd=self.folder, env=env, inherit=False, timeout_s=left_s, new_session=True)
        spec = self.builder.behind["spec"]
        full = {**spec, "argv": list(argv), "env": dict(env), "cwd": str(self.folder), "uid": self.uid, "gid": self.uid}
        full["show"] = [*spec["show"], str(self.folder)]
        if alone:
            full["nproc"] = 1
        return run(self.builder.behind["command"], stdin=json.dumps(full) + "\n", timeout_s=left_s, new_session=True)

    def end_all(self) -> None:
        """Whatever runs as the builder: also where the kernel gives no process namespace. Raises Broken."""
        if self.uid is None:
            return
        spec = {**self.builder.behind["spec"], "own_pids": False, "nproc": None}
        argv = [self.builder.python, "-I", "-S", "-c", END_ALL]
        full = {**spec, "argv": argv, "env": {}, "cwd": "/", "uid": self.uid, "gid": self.uid}
        try:
            run(self.builder.behind["command"], stdin=json.dumps(full) + "\n", timeout_s=60, new_session=True)
        except ProgramFailed as error:
            raise Broken("What a library's build has left running could not be ended.") from error


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name in KEPT or (name.startswith("PIP_") and name not in NOT_OURS)
    }


def without_passwords(settings: Mapping[str, str]) -> dict[str, str]:
    """Users and passwords cut out of addresses, and without the files that may hold one."""
    return {name: CREDENTIAL.sub("", value) for name, value in settings.items() if name not in FOR_DOWNLOADS}


def has_passwords(environ: Mapping[str, str]) -> bool:
    settings = pip_settings(environ)
    return without_passwords(settings) != settings
