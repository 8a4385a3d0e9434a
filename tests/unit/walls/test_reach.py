"""Before anybody is let in: can a student's account run this interpreter, and if not, what is in the way?"""

import subprocess
import sys
from pathlib import Path

import pytest

from classhub.outside.process import ProgramFailed
from classhub.walls import reach
from classhub.walls.mounts import Mounts, plan_mounts
from classhub.walls.reach import needed_paths, preflight
from unit.walls.student import UID, needs_root


@pytest.fixture
def venv(open_folder):
    """An empty venv of this interpreter, closed to all others as after `umask 077`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", open_folder / "venv"], check=True)
    return open_folder / "venv"


def python_of(venv):
    return str(venv / "bin" / "python")


def planned(python):
    return plan_mounts(UID, UID, show=needed_paths(python), hide=[])


def test_an_interpreter_needs_its_folders_and_this_package():
    needed = needed_paths(sys.executable)
    assert {Path(sys.executable), Path(sys.prefix), Path(sys.base_prefix)} <= set(needed)
    assert any(path.name == "classhub" for path in needed)
    assert all(path.exists() for path in needed)


def test_a_program_that_is_no_python_is_a_sentence():
    with pytest.raises(ProgramFailed):
        needed_paths("/no/python")


@needs_root
def test_what_the_plan_shows_is_enough_to_run():
    libraries = ("jupyterhub", "jupyter_server")  # this clone itself may be closed, as after `umask 077`
    assert preflight(sys.executable, UID, planned(sys.executable), libraries) is None


@needs_root
def test_the_folder_in_the_way_is_named_with_its_mode_and_the_fix(venv):
    python = python_of(venv)
    mounts = planned(python)
    venv.chmod(0o700)
    said = preflight(python, UID, mounts, imports=())
    assert f"In the way: {venv} has mode 0700 and belongs to uid 0. Fix: chmod -R o+rX '{venv}'" in said
    assert "Permission denied" in said


@needs_root
def test_a_closed_file_deep_inside_is_found(venv):
    package = next(venv.glob("lib/python*/site-packages")) / "lost"
    package.mkdir()
    (package / "inner.py").touch()
    package.chmod(0o700)
    python = python_of(venv)
    said = preflight(python, UID, planned(python), imports=("lost.inner",))
    assert f"{package} has mode 0700" in said


@needs_root
def test_a_closed_folder_above_is_only_to_be_passed_through(venv, open_folder):
    python = python_of(venv)
    mounts = planned(python)
    open_folder.chmod(0o700)
    assert f"Fix: chmod o+x '{open_folder}'" in preflight(python, UID, mounts, imports=())
    assert preflight(python, UID, planned(python), imports=()) is None


@needs_root
def test_this_package_closed_is_told_before_a_student_meets_it(venv, open_folder):
    """A clone made under umask 077."""
    package = open_folder / "src" / "classhub"
    package.mkdir(parents=True)
    (package / "server.py").touch()
    next(venv.glob("lib/python*/site-packages")).joinpath("ours.pth").write_text(f"{package.parent}\n")
    package.chmod(0o700)
    python = python_of(venv)
    assert f"Fix: chmod -R o+rX '{package}'" in preflight(python, UID, planned(python))


@needs_root
def test_a_folder_that_the_system_closes_is_nobodys_fault(venv, open_folder, monkeypatch):
    """/usr/share/polkit-1/rules.d is 0700 where Python is the system's; no interpreter reads it."""
    system = open_folder / "usr"
    rules = system / "share" / "rules.d"
    rules.mkdir(parents=True)
    rules.chmod(0o700)
    monkeypatch.setattr(reach, "ASK", reach.ASK.replace("sys.base_prefix", f"'{system}'"))
    python = python_of(venv)
    said = preflight(python, UID, planned(python), imports=("no_such_library",))
    assert "No module named 'no_such_library'" in said
    assert str(rules) not in said


def test_a_library_that_is_missing_is_said():
    mounts = planned(sys.executable) if sys.platform == "linux" else Mounts()
    said = preflight(sys.executable, UID, mounts, imports=("no_such_library",))
    assert "No module named 'no_such_library'" in said
