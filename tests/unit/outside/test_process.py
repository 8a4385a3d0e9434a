"""Programs in, output out."""

import signal
import subprocess
import sys
import time

import pytest

from classhub.outside import process
from classhub.walls import identity


def test_a_descriptor_becomes_the_programs_stdin(tmp_path):
    (tmp_path / "input").write_text("from a file\n")
    with (tmp_path / "input").open() as file:
        assert process.run(["/bin/cat"], stdin=file.fileno()).out == "from a file\n"


def test_a_new_session_is_led_by_the_program():
    script = "import os; print(os.getsid(0) == os.getpid())"
    assert process.run([sys.executable, "-c", script], new_session=True).out == "True\n"
    assert process.run([sys.executable, "-c", script]).out == "False\n"


def test_an_interrupt_ends_what_a_new_session_started(tmp_path):
    """Ctrl-C reaches only us: what the program started in its turn must go too."""
    script = f"sleep 60 & echo $! > '{tmp_path}/pid.new'; mv '{tmp_path}/pid.new' '{tmp_path}/pid'; wait"
    ours = f"from classhub.outside import process; process.run(['/bin/sh', '-c', {script!r}], new_session=True)"
    caller = subprocess.Popen([sys.executable, "-c", ours], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    caller.send_signal(signal.SIGINT)
    caller.wait(timeout=30)
    pid = int((tmp_path / "pid").read_text())
    while identity.of(pid) is not None:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_program_that_is_late_is_a_sentence():
    with pytest.raises(process.ProgramFailed, match="took longer"):
        process.run(["/bin/sleep", "60"], timeout_s=0.2)


def test_an_environment_is_added_to_ours_or_is_all_there_is(monkeypatch):
    monkeypatch.setenv("OURS", "1")
    assert "OURS=1" in process.run(["/usr/bin/env"], env={"A": "b"}).out.split("\n")
    assert process.run(["/usr/bin/env"], env={"A": "b"}, inherit=False).out == "A=b\n"
