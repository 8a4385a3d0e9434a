"""Programs in, output out."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
    until = time.monotonic() + 120
    while not (tmp_path / "pid").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    caller.send_signal(signal.SIGINT)
    caller.wait(timeout=120)
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


def test_what_is_handed_over_whole_has_no_name_and_is_all_there():
    text = "é" * 300_000
    with process.whole(text) as stdin:
        assert os.fstat(stdin).st_nlink == 0 and os.fstat(stdin).st_size == 600_000
        assert process.finish(["cat"], env=os.environ, stdin=stdin, timeout_s=120).out == text


PATIENT = "trap 'echo asked; exit 5' INT; echo begun >&2; sleep 60 & wait"


def test_an_error_ends_the_program_that_is_talked_to_at_once():
    argv = ["/bin/sh", "-c", "echo $$; exec sleep 1000"]
    pid = 0
    with pytest.raises(ZeroDivisionError), process.piped(argv, env={}, timeout_s=2000) as (_, out):
        pid = int(out.readline())
        raise ZeroDivisionError
    assert pid and identity.of(pid) is None


def test_the_time_limit_asks_before_it_ends_a_program():
    with pytest.raises(process.ProgramFailed, match=r"took longer than 2 s") as caught:
        process.finish(["bash", "-c", PATIENT], env=os.environ, timeout_s=2)
    assert caught.value.output == process.Output(5, "asked\n", "begun\n")


def test_who_does_not_listen_is_ended():
    deaf = "trap '' INT; sleep 60"
    with pytest.raises(process.ProgramFailed) as caught:
        process.finish(["bash", "-c", deaf], env=os.environ, timeout_s=2, grace_s=0.3)
    assert caught.value.output.code == -signal.SIGKILL


@pytest.mark.parametrize(("asks", "says"), [(True, "asked\n"), (False, "done\n")])
def test_ctrl_c_waits_for_the_end_of_a_program(tmp_path, asks, says):
    """asks=False lets it come to its own end."""
    log = tmp_path / "log"
    script = f"trap 'echo asked > {log}; exit 5' INT; echo > {log}.begun; for i in $(seq 20); do sleep 0.05; done; echo done > {log}"
    ours = (
        "import os, sys\nfrom classhub.outside import process\n"
        f"try: process.finish(['bash', '-c', sys.argv[1]], env=os.environ, timeout_s=240, asks={asks})\n"
        "except KeyboardInterrupt: sys.exit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", ours, script], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ) as child:
        while not Path(f"{log}.begun").exists():
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        assert child.wait(240) == 7
    assert log.read_text() == says


def test_a_program_that_is_not_here_cannot_finish():
    with pytest.raises(process.ProgramFailed, match="could not be started"):
        process.finish(["/no/such/program"], env={}, timeout_s=1)
