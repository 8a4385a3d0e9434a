"""What a pod of any image gets: the student's side as computed from the imports, in one archive, the same each time."""

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from classhub.materials import student_side
from classhub.materials.student_side import ARCHIVE, PACKAGE, dotted, files, modules
from pythons import interpreters

FORBIDDEN = ("cli", "config", "hub", "operations", "outside", "plan", "targets", "walls", "materials/mirror")
STRANGERS = {"tornado", "jupyter_server"}


def laid_out(below: Path) -> Path:
    """As the chart mounts them: files that nobody may write, in folders that nobody may write."""
    for place, content in files().items():
        path = below / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)
    return below


def in_archive() -> list[str]:
    return zipfile.ZipFile(BytesIO(files()[ARCHIVE])).namelist()


def test_all_that_the_servers_modules_import_comes_along():
    have = set(modules())
    for path in have:
        for name in student_side.names(path):
            assert set(student_side._places(name)) <= have, f"{path} needs {name}"
    assert PACKAGE / "__init__.py" in have


def test_nothing_of_the_admins_side_comes_along():
    assert [name for name in in_archive() if name.startswith(tuple(f"classhub/{one}/" for one in FORBIDDEN))] == []


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_it_is_python_3_9_and_the_standard_library(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name.split(".")[0] for name in found} <= set(sys.stdlib_module_names) | {"classhub"} | STRANGERS


@pytest.mark.parametrize("python", interpreters())
def test_every_interpreter_found_loads_it_from_the_archive_with_a_home_that_nobody_may_write(python, tmp_path):
    archive = laid_out(tmp_path / "classhub") / ARCHIVE
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    wanted = [dotted(path) for path in modules() if not _strange(path)]
    code = f"import {', '.join(wanted)}; assert {str(archive)!r} in classhub.__file__, classhub.__file__"
    done = subprocess.run(
        [python, "-S", "-c", code], capture_output=True, text=True, check=False, cwd=home,
        env={"PYTHONPATH": str(archive), "HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []


def _strange(path: Path) -> bool:
    """Needs more than the standard library to load."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    return bool(STRANGERS.intersection(name.split(".")[0] for name in modules))


def test_the_same_classhub_makes_the_same_bytes_on_another_day_elsewhere(tmp_path):
    copy = tmp_path / "src" / "classhub"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    code = "import hashlib; from classhub.materials.student_side import archive; print(hashlib.sha256(archive()).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONPATH": str(source), "TZ": zone, "PYTHONHASHSEED": seed},
        ).stdout
        for source, zone, seed in [(PACKAGE.parent, "UTC", "1"), (copy.parent, "Asia/Tokyo", "2")]
    }  # fmt: skip
    assert len(digests) == 1


def test_the_extension_is_enabled_and_no_other_setting_of_the_image_is_touched():
    setting = json.loads(files()["etc/jupyter_server_config.d/classhub.json"])
    assert setting == {"ServerApp": {"jpserver_extensions": {"classhub.server": True}}}


def test_they_leave_room_in_the_charts_secrets():
    """The hub's holds all values and the servers' the files, 1 MiB each."""
    assert sum(map(len, files().values())) * 4 / 3 < 256 * 1024


def test_the_images_own_search_paths_stay(tmp_path, monkeypatch):
    folder = laid_out(tmp_path / "classhub")
    monkeypatch.setenv("JUPYTER_PATH", "/opt/kernels:/opt/more")
    monkeypatch.setattr(sys, "path", ["/opt/college", *sys.path])
    for _ in range(3):  # once for each application in one process
        runpy.run_path(str(folder / "etc/jupyter_config.py"))
    assert os.environ["JUPYTER_PATH"] == f"{folder}/share:/opt/kernels:/opt/more"
    assert sys.path[:2] == [f"{folder}/{ARCHIVE}", "/opt/college"]


def test_an_image_without_a_search_path_gets_no_empty_place(tmp_path, monkeypatch):
    folder = laid_out(tmp_path / "classhub")
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    runpy.run_path(str(folder / "etc/jupyter_config.py"))
    assert os.environ["JUPYTER_PATH"] == f"{folder}/share"
