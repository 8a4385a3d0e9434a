"""Run something as a student behind the walls, the way the spawner does."""

import dataclasses
import os
import subprocess
import sys

import pytest

from classhub.walls.spec import Spec

UID = 51234
PLAIN = Spec(argv=["/bin/true"], env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, cwd="/")

ROOT = [
    pytest.mark.root,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="walls need root on Linux"),
]


def needs_root(test):
    """Decorator: marked `root`, and left out with the reason elsewhere."""
    for mark in ROOT:
        test = mark(test)
    return test


def enter(spec, **popen):
    """Ends within 20 s; both streams as text."""
    return subprocess.run(
        spec.command(sys.executable),
        input=spec.to_json(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        **popen,
    )


def as_student(script, *, shell="/bin/sh", **fields):
    """stdout of a script that must succeed."""
    spec = dataclasses.replace(PLAIN, **{"argv": [shell, "-c", script], "uid": UID, "gid": UID, **fields})
    done = enter(spec)
    assert done.returncode == 0, done.stderr
    return done.stdout
