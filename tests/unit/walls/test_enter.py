"""enter.py as anybody: it becomes the program, with nothing that was not asked for, or says which step failed."""

import dataclasses
import os
import subprocess
import sys

import pytest

from classhub.walls.spec import PROGRAM
from unit.walls.student import PLAIN, UID, enter, needs_root

AS = {"uid": UID, "gid": UID} if os.geteuid() == 0 else {}


def shell(script, **fields):
    return dataclasses.replace(PLAIN, **{"argv": ["/bin/sh", "-c", script], **AS, **fields})


def test_environment_folder_and_umask_are_exactly_as_given():
    done = enter(shell("env; pwd; umask", env={"PATH": "/usr/bin:/bin", "NAME": "jürgen 李"}, cwd="/usr"))
    lines = set(done.stdout.splitlines())
    assert {"NAME=jürgen 李", "/usr", "0077"} <= lines
    assert not lines & {line for line in map("=".join, os.environ.items()) if not line.startswith(("PWD", "PATH"))}


def test_open_descriptors_are_closed_but_those_to_keep():
    kept, lost = os.open("/dev/null", os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)
    try:
        spec = shell(f"for fd in {kept} {lost}; do test -e /dev/fd/$fd && echo $fd; done; true", keep_fds=[kept])
        assert enter(spec, pass_fds=(kept, lost)).stdout.split() == [str(kept)]
    finally:
        os.close(kept)
        os.close(lost)


def test_the_spec_may_come_on_a_descriptor_that_then_is_gone():
    mine, its = os.pipe()
    spec = shell("test -e /dev/fd/$0 || echo gone", argv=["/bin/sh", "-c", f"test -e /dev/fd/{mine} || echo gone; cat"])
    child = subprocess.Popen(
        spec.command(sys.executable, mine), pass_fds=(mine,), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    os.close(mine)
    os.write(its, spec.to_json().encode())
    os.close(its)
    assert child.communicate("mine still", timeout=120)[0] == "gone\nmine still"


def test_the_open_files_limit_holds_and_no_core_is_written():
    assert enter(shell("ulimit -n; ulimit -c", nofile=123)).stdout.split() == ["123", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ignored_and_blocked_signals_are_not_handed_on():
    status = enter(shell("grep -E 'SigIgn|SigBlk' /proc/self/status")).stdout
    threads = 1 << 31 | 1 << 32  # signals 32 and 33 are the C library's own; no program can set them
    assert {int(line.split()[1], 16) & ~threads for line in status.splitlines()} == {0}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_script_in_the_background_ignores_is_not_handed_on():
    """As `nohup make up &` does: a student's kernel must still be interrupted."""
    spec = shell("grep SigIgn /proc/self/status")
    ignoring = ["/bin/sh", "-c", 'trap "" INT QUIT HUP TERM TSTP; exec "$@"', "sh", *spec.command(sys.executable)]
    done = subprocess.run(ignoring, input=spec.to_json(), capture_output=True, text=True, check=True, timeout=120)
    assert int(done.stdout.split()[1], 16) & 0xFFFFF == 0


def test_the_exit_code_is_the_programs():
    assert enter(shell("exit 7")).returncode == 7


@pytest.mark.parametrize(
    ("fields", "sentence", "code"),
    [
        ({"cwd": "/no/where"}, "cannot go to the folder /no/where: No such file or directory", 72),
        ({"argv": ["/no/program"]}, "cannot start /no/program: No such file or directory", 127),
        ({"argv": ["no-program"]}, "cannot start no-program: No such file or directory", 127),
        ({"argv": ["/etc"]}, "cannot start /etc: Permission denied", 126),
        ({"keep_fds": [99]}, "cannot prepare the process: Bad file descriptor", 72),
    ],
)
def test_a_step_that_fails_is_one_sentence(fields, sentence, code):
    done = enter(shell("true", **fields))
    assert (done.returncode, done.stderr) == (code, f"classhub: {sentence}\n")


@pytest.mark.parametrize("text", ["", "{", "[]\n", "{}\n"])
def test_a_damaged_spec_is_one_sentence(text):
    done = subprocess.run(PLAIN.command(sys.executable), input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 72
    assert done.stderr.startswith("classhub: cannot read what to start: ")
    assert done.stderr.count("\n") == 1


def test_it_imports_nothing_of_classhub_and_nothing_that_costs_time():
    script = "import sys; exec(compile(open(sys.argv[1]).read(), '', 'exec'), {'__name__': ''}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-ISc", script, PROGRAM], capture_output=True, text=True, check=True)
    costly = {"typing", "pathlib", "dataclasses", "subprocess", "inspect", "logging", "classhub"}
    assert not costly & set(done.stdout.split())


@needs_root
def test_who_is_root_may_not_stay_root():
    for fields in ({"uid": None, "gid": None}, {"uid": 0, "gid": 0}, {"uid": 5, "gid": 0}):
        done = enter(shell("id", **fields))
        assert done.returncode == 72
        assert "never runs as root" in done.stderr
