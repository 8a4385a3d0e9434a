"""The command line as a process: what it imports, old Pythons, pipes, hostile surroundings."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classhub import __main__
from classhub.cli.root import SECTIONS, root

SLOW = ("jupyterhub", "rich", "httpx2", "yaml", "ruamel", "tornado", "psutil")


def python(*argv, **options):
    return subprocess.run([sys.executable, *argv], capture_output=True, text=True, check=False, timeout=300, **options)


def imported_by(*argv):
    done = python("-X", "importtime", "-m", "classhub", *argv)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return done, {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("argv", [["--help"], ["up", "--help"], ["users", "invite", "-h"], ["--version"], []])
def test_help_imports_nothing_slow(argv):
    done, modules = imported_by(*argv)
    assert done.returncode == (0 if argv else 2)
    assert "click" in modules
    assert not {module for module in modules if module.partition(".")[0] in SLOW}


def test_help_imports_no_command():
    _, modules = imported_by("--help")
    lazy = {entry.module for section in SECTIONS.values() for entry in section.values()}
    assert not modules & lazy


@pytest.mark.parametrize("name", [name for section in SECTIONS.values() for name in section])
def test_the_list_of_commands_says_what_the_command_says(name):
    entry = root.lazy[name]
    command = root.get_command(None, name)
    assert command.name == name
    assert command.help.replace("\n", " ").startswith(entry.line)


def every_command(group=root, path=()):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        yield (*path, name), command
        if hasattr(command, "list_commands"):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in every_command()])
def test_every_command_and_option_explains_itself(path, command):
    assert command.help
    assert all(option.help for option in command.params if option.param_type_name == "option")


@pytest.mark.parametrize(
    "path",
    [
        "status",
        "events",
        "top",
        "doctor",
        "parity",
        "history",
        "config get",
        "homes list",
        "users list",
        "users invite",
    ],
)
def test_what_shows_something_has_json(path):
    command = dict(every_command())[tuple(path.split())]
    assert "--json" in [name for option in command.params for name in option.opts]


@pytest.mark.parametrize("path", ["remove", "users remove"])
def test_what_asks_can_be_told_yes(path):
    command = dict(every_command())[tuple(path.split())]
    assert "--yes" in [name for option in command.params for name in option.opts]


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert __main__.main() == 2
    assert "ClassHub needs Python 3.11 or newer; this is Python 3.9" in capsys.readouterr().err


def test_an_old_python_can_read_the_file_that_says_so():
    for module in (__main__, sys.modules["classhub"]):
        ast.parse(Path(module.__file__).read_text(), feature_version=(3, 4))


def test_a_reader_that_leaves_is_no_failure():
    command = f"{sys.executable} -m classhub --help | true; exit ${{PIPESTATUS[0]}}"
    for _ in range(3):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=300)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_plain_ascii_terminal_is_enough(tmp_path):
    (tmp_path / "Zo\u00eb").mkdir()
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    env.pop("CLASSHUB_CONFIG", None)
    done = python("-m", "classhub", "status", cwd=tmp_path / "Zo\u00eb", env=env)
    assert done.returncode == 1
    assert "Zo\\xeb" in done.stderr


@pytest.mark.parametrize(("words", "same_as"), [("help", "--help"), ("help users", "users --help")])
def test_help_is_a_word_too(classhub, words, same_as):
    shown = classhub(*words.split())
    assert (shown.code, shown.out) == (0, classhub(*same_as.split()).out)
    assert shown.out.startswith("Usage: ")


UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may look everywhere")
def test_a_folder_that_may_not_be_looked_into_is_one_failure_however_it_is_named(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.yaml").touch()
    if os.geteuid() == 0:
        os.chown(config, 65534, 65534)
    config.chmod(0o000)
    drop = UNPRIVILEGED if os.geteuid() == 0 else []
    environ = {**os.environ, "PYTHONPATH": str(Path(__main__.__file__).absolute().parents[1])}
    for named in (["-C", str(config)], ["-C", str(tmp_path)], []):
        argv = [*drop, sys.executable, "-m", "classhub", *named, "check"]
        done = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith(f"Not allowed: {config}/config.yaml.")
    config.chmod(0o700)
