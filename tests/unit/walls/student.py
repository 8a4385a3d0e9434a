"""Run something as a student behind the walls, the way the spawner does."""

import contextlib
import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classhub.walls.spec import Spec

UID = 51234
PLAIN = Spec(argv=["/bin/true"], env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, cwd="/")

HALF_DEAD = """
import ctypes, os, platform, sys, threading, time
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
threading.Thread(target=time.sleep, args=(100,)).start()
print("up", flush=True)
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
"""
"""Its main thread ends (SYS_exit, of one thread), another sleeps: a Z in /proc that lives."""

ROOT = [
    pytest.mark.root,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="walls need root on Linux"),
]


def needs_root(test):
    """Decorator: marked `root`, and left out with the reason elsewhere."""
    for mark in ROOT:
        test = mark(test)
    return test


@contextlib.contextmanager
def half_dead(uid, **popen):
    """The child, once its main thread has ended."""
    child = subprocess.Popen([sys.executable, "-S", "-c", HALF_DEAD, str(uid)], stdout=subprocess.PIPE, **popen)
    try:
        assert child.stdout.readline() == b"up\n"
        until = time.monotonic() + 60
        while Path(f"/proc/{child.pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z":
            assert time.monotonic() < until
            time.sleep(0.01)
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def enter(spec, **popen):
    """Ends, at the latest after two minutes; both streams as text."""
    return subprocess.run(
        spec.command(sys.executable),
        input=spec.to_json(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **popen,
    )


def as_student(script, *, shell="/bin/sh", **fields):
    """stdout of a script that must succeed."""
    spec = dataclasses.replace(PLAIN, **{"argv": [shell, "-c", script], "uid": UID, "gid": UID, **fields})
    done = enter(spec)
    assert done.returncode == 0, done.stderr
    return done.stdout
