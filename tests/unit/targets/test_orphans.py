"""Dead children of others are buried, our own are left to whoever waits for them."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")

GRANDCHILD = "import os, sys, time; pid = os.fork(); print(pid, flush=True) if pid else time.sleep(0.05); os._exit(0)"


def in_a_process_of_its_own(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_orphan_is_taken_in_and_buried():
    code = f"""
import subprocess, sys, time
from pathlib import Path
from classhub.targets.local import orphans
assert orphans.take_in()
pid = int(subprocess.run([sys.executable, "-c", {GRANDCHILD!r}], capture_output=True, text=True).stdout)
while not orphans.bury_one(set()): time.sleep(0.01)
print(Path(f"/proc/{{pid}}").exists())
"""
    assert in_a_process_of_its_own(code) == "False"


def test_a_child_that_somebody_waits_for_keeps_its_exit_code():
    code = """
import os, subprocess, sys, time
from classhub.targets.local import orphans
child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
assert not orphans.bury_one({child.pid})
print(child.wait())
"""
    assert in_a_process_of_its_own(code) == "7"


def test_nothing_to_bury_is_fine():
    assert (
        in_a_process_of_its_own("from classhub.targets.local import orphans; print(orphans.bury_one(set()))") == "False"
    )
    assert os.getpid()
