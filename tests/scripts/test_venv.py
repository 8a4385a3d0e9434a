"""`make .venv`: once is enough, twice does nothing, and whatever went wrong half-way is made anew.

A stand-in for Python counts what is asked of it; pip itself runs in every CI on a clean clone.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.ordinary import IS_ROOT, UID, open_folder, run_as
from hub.student import eventually

REPOSITORY = Path(__file__).parents[2]

PYTHON = """\
#!/bin/sh
case "$1 $2" in
"-m venv") echo "venv $0" >> "{log}"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m pip") echo "$*" >> "{log}"; [ ! -e "{log}.slow" ] || sleep 30; [ ! -e "{log}.broken" ] || exit 1 ;;
"-m compileall") echo "$*" >> "{log}" ;;
*) exec "{real}" "$@" ;;
esac
"""
TOO_OLD = '#!/bin/sh\n[ "$1" != --version ] || exec echo Python 3.10.13\nexit 1\n'
BARE = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac\n'
NAMES = ("python3", "python3.11", "python3.12", "python3.13", "python3.14")


class Clone:
    """Makefile, scripts and lock files in a folder of their own; which Pythons there are is up to the test."""

    def __init__(self, folder: Path) -> None:
        self.outside = folder
        self.folder = folder / "a clone ü"
        self.folder.mkdir()
        for name in ("scripts", "requirements"):
            shutil.copytree(REPOSITORY / name, self.folder / name)
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy(REPOSITORY / name, self.folder)
        self.log = folder / "asked"
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in NAMES:
            self.python(name, TOO_OLD)
        self.python("python3", PYTHON)

    def python(self, name: str, text: str) -> Path:
        path = self.programs / name
        path.write_text(text.format(log=self.log, real=sys.executable) if text is PYTHON else text)
        path.chmod(0o755)
        return path

    def switch(self, what: str, on: bool) -> None:
        """slow: pip takes for ever; broken: pip fails."""
        place = Path(f"{self.log}.{what}")
        place.touch() if on else place.unlink()

    def start(self, *more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["make", "-C", str(self.folder), "--no-print-directory", ".venv", *more],
            env={"PATH": f"{self.programs}:/usr/bin:/bin", "HOME": str(self.outside)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def make(self, *more: str) -> tuple[int, str]:
        with self.start(*more) as process:
            out, _ = process.communicate(timeout=60)
        return process.returncode, out

    def asked(self, what: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if what in line]

    @property
    def is_whole(self) -> bool:
        return (self.folder / ".venv" / "base.stamp").exists() and not (self.folder / ".venv" / "unfinished").exists()


@pytest.fixture
def clone(tmp_path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture
def installed(clone) -> Clone:
    assert clone.make()[0] == 0
    assert clone.is_whole
    return clone


def test_the_lock_is_installed_with_hashes_what_builds_comes_first_and_all_is_compiled(installed):
    build, base, ourselves = installed.asked("pip install")
    assert "--require-hashes" in build and "requirements/build.txt" in build
    assert "--require-hashes" in base and "requirements/base.txt" in base
    assert "--editable ." in ourselves
    assert all("--no-build-isolation" in line for line in (build, base, ourselves)), (
        "nothing unlocked is fetched to build"
    )
    assert installed.asked("compileall") == ["-m compileall -q -j 0 .venv/lib src"]


def test_a_second_time_does_nothing(installed):
    before = installed.log.read_text()
    assert installed.make() == (0, "")
    assert installed.log.read_text() == before


def test_another_lock_is_installed_into_the_same_venv(installed):
    with (installed.folder / "requirements" / "base.txt").open("a") as file:
        file.write("# new\n")
    assert installed.make()[0] == 0
    assert len(installed.asked("venv ")) == 1 and len(installed.asked("base.txt")) == 2
    assert installed.is_whole


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_install_that_was_cut_short_is_begun_anew(clone, how):
    clone.switch("slow", on=True)
    process = clone.start()
    eventually(lambda: clone.asked("pip"))
    os.killpg(process.pid, how)
    out, _ = process.communicate(timeout=120)
    assert process.returncode != 0 and not clone.is_whole
    assert "no network" not in out
    if how == signal.SIGINT:
        assert "Stopped half-way. Next: run make again" in out
    clone.switch("slow", on=False)
    assert clone.make()[0] == 0
    assert len(clone.asked("venv ")) == 2 and clone.is_whole
    assert not (clone.folder / ".venv.lock").exists()


def test_packages_that_cannot_be_had_are_a_sentence_and_tried_again(clone):
    clone.switch("broken", on=True)
    code, out = clone.make()
    assert code != 0 and "no network" in out and "Next: run make again" in out
    clone.switch("broken", on=False)
    assert clone.make()[0] == 0
    assert clone.is_whole


def test_a_moved_clone_gets_a_venv_of_its_own(installed):
    installed.folder = installed.folder.rename(installed.folder.with_name("elsewhere"))
    assert installed.make()[0] == 0
    assert len(installed.asked("venv ")) == 2, "its programs name the old folder"


def test_two_at_once_install_once(clone):
    clone.switch("slow", on=True)
    first = clone.start()
    eventually(lambda: clone.asked("pip"))
    second = clone.start()
    assert "Another make installs already" in second.stdout.readline()
    clone.switch("slow", on=False)
    for child in Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split():
        wake_the_sleeper(int(child))
    assert (first.wait(120), second.wait(120)) == (0, 0)
    assert len(clone.asked("venv ")) == 1 and len(clone.asked("pip install")) == 3
    for process in (first, second):
        process.stdout.close()


def wake_the_sleeper(pid: int) -> None:
    """pip's stand-in goes on when its `sleep` ends."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if Path(f"/proc/{pid}/comm").read_text().strip() == "sleep":
        os.kill(pid, signal.SIGTERM)
    for child in children:
        wake_the_sleeper(int(child))


def test_an_old_python_first_on_the_path_is_passed_over(clone):
    clone.python("python3", TOO_OLD)
    newer = clone.python("python3.12", PYTHON)
    assert clone.make()[0] == 0
    assert clone.asked("venv ") == [f"venv {newer}"]


def test_a_python_without_its_venv_module_is_passed_over(clone):
    clone.python("python3", BARE)
    newer = clone.python("python3.12", PYTHON)
    assert clone.make()[0] == 0
    assert clone.asked("venv ") == [f"venv {newer}"]


@pytest.mark.parametrize(
    "text, sentence",
    [
        (TOO_OLD, "ClassHub needs Python 3.11 or newer; this machine has Python 3.10.13."),
        (BARE, "python3 cannot make a .venv: its modules venv and ensurepip are missing."),
    ],
    ids=["too old", "without venv"],
)
def test_without_a_good_python_it_says_what_to_install(clone, text, sentence):
    clone.python("python3", text)
    code, out = clone.make()
    assert code != 0 and sentence in out and "Next: install" in out
    assert not (clone.folder / ".venv").exists() and not (clone.folder / ".venv.lock").exists()


def test_the_python_that_is_given_is_taken(clone):
    given = clone.python("my own python", PYTHON)
    assert clone.make(f"PYTHON={given}")[0] == 0
    assert clone.asked("venv ") == [f"venv {given}"]
    assert clone.make(f"PYTHON={given}") == (0, "")


def test_another_python_than_before_makes_it_anew(installed):
    other = installed.python("other", PYTHON.replace("*) exec", '"-c import sys; print"*) echo other ;;\n*) exec'))
    other.write_text(other.read_text().format(log=installed.log, real=sys.executable))
    assert installed.make(f"PYTHON={other}")[0] == 0
    assert installed.asked("venv ")[-1] == f"venv {other}"


@pytest.mark.parametrize("given", ["/no/such/python", "{programs}/python3.11"])
def test_a_python_that_will_not_do_is_refused_and_breaks_nothing(installed, given):
    given = given.format(programs=installed.programs)
    code, out = installed.make(f"PYTHON={given}")
    assert code != 0 and f"{given} is not Python 3.11 or newer." in out
    assert installed.is_whole


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a folder of another account")
def test_a_clone_of_another_account_is_told_apart_from_a_missing_network():
    with open_folder() as folder:
        clone = Clone(folder)
        done = run_as(UID, ["make", "-C", str(clone.folder), ".venv", f"PYTHON={sys.executable}"], Path("/"))
    assert done.returncode != 0 and "it belongs to another account" in done.stderr, done.stderr
