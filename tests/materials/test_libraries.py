"""A course's library is built once, by the students' interpreter, and read by kernels from a folder outside of any home."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror.libraries import Broken, wanted
from classhub.materials.mirror.library_build import build, interpreter
from classhub.materials.mirror.library_builder import Builder

BACKEND = """
import pathlib, zipfile
def get_requires_for_build_wheel(config_settings=None):
    return []
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "dice-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("dice/__init__.py", pathlib.Path("dice.txt").read_text())
        wheel.writestr("dice-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: dice\\nVersion: 1.0\\n")
        wheel.writestr("dice-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("dice-1.0.dist-info/RECORD", "")
    return name
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "dice"\nversion = "1.0"\n'
PACKAGE = {"tools/pyproject.toml": PROJECT, "tools/backend.py": BACKEND, "tools/dice.txt": "SIDES = 6\n"}


class Course:
    """A release with these files, and where its blobs lie."""

    def __init__(self, folder: Path, files: dict[str, str], builder: Builder | None = None) -> None:
        self.folder = folder
        self.libs = folder / "lib"
        self.builder = builder or Builder(sys.executable)
        self.manifest = Manifest("comp141", "r1", {path: self._blob(text.encode()) for path, text in files.items()})

    def _blob(self, data: bytes) -> Entry:
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        return Entry("file", digest, len(data))

    def build(self, *libraries: str):
        asked = wanted(libraries, self.manifest, "test")
        known = frozenset({"numpy", "pandas"})
        blob = self.folder.joinpath
        return build(asked, self.manifest, blob, self.libs / asked.id, builder=self.builder, known=known)

    def left_over(self) -> list[str]:
        return [path.name for path in self.libs.iterdir() if path.name.startswith(".")] if self.libs.exists() else []


def imported(folder: Path, code: str) -> str:
    env = {"PYTHONPATH": str(folder), "PATH": os.defpath}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """pip's only index: a folder with one wheel that needs another."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, needs in (("coins", "Requires-Dist: purse\n"), ("purse", "")):
        with zipfile.ZipFile(folder / f"{name}-2.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "WORTH = 5\n")
            wheel.writestr(
                f"{name}-2.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n{needs}"
            )
            wheel.writestr(
                f"{name}-2.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{name}-2.0.dist-info/RECORD", "")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_plain_modules_of_the_material_are_taken_as_they_are(tmp_path):
    course = Course(tmp_path, {"tools/dice.py": "SIDES = 6\n", "labs/lab1.ipynb": "{}"})
    built = course.build("./tools")
    assert imported(built.folder, "import dice; print(dice.SIDES, bool(dice.__cached__))") == "6 True"
    assert built.pure and course.left_over() == []
    assert (built.folder / "__pycache__").is_dir(), "no kernel has to compile it"


def test_nobody_can_write_into_a_library(tmp_path):
    built = Course(tmp_path, {"tools/pack/dice.py": "SIDES = 6\n"}).build("./tools")
    modes = {path.stat().st_mode & 0o222 for path in built.folder.rglob("*")}
    assert modes == {0}


def test_a_package_of_the_material_is_built_by_its_own_backend(tmp_path, wheels):
    built = Course(tmp_path, PACKAGE).build("./tools")
    assert imported(built.folder, "import dice; print(dice.SIDES)") == "6"


def test_requirements_come_with_what_they_need(tmp_path, wheels):
    built = Course(tmp_path, {}).build("coins>=1")
    assert built.packages == ("coins 2.0", "purse 2.0")
    assert imported(built.folder, "import coins, purse; print(coins.WORTH)") == "5"


def test_what_the_image_has_already_is_not_brought_again(tmp_path, wheels):
    built = Course(tmp_path, {}).build("click")
    assert built.packages == () and not list(built.folder.glob("click*"))


@pytest.mark.parametrize(
    ("libraries", "says"),
    [
        (["no-such-package-anywhere"], "No matching distribution found for no-such-package-anywhere"),
        (["./nowhere"], "There is no folder nowhere in the material"),
        (["../up"], "is no folder of the material"),
        (["--index-url=http://127.0.0.1:9/"], "is no requirement"),
        (["./random"], "random is the name of a module of Python itself"),
        (["./numpy"], "The students' image has numpy already"),
    ],
)
def test_a_library_that_cannot_be_says_why_and_leaves_nothing(tmp_path, wheels, libraries, says):
    course = Course(tmp_path, {"random/random.py": "", "numpy/numpy/__init__.py": ""})
    with pytest.raises(Broken, match=says):
        course.build(*libraries)
    assert course.left_over() == []
    assert not course.libs.exists() or list(course.libs.iterdir()) == []


def test_a_backend_that_fails_is_told_in_its_own_words(tmp_path, wheels):
    broken = {**PACKAGE, "tools/backend.py": "raise SystemExit('the dice are loaded')"}
    with pytest.raises(Broken, match="pip could not bring it: the dice are loaded"):
        Course(tmp_path, broken).build("./tools")


def test_the_same_library_has_the_same_name_and_another_file_another(tmp_path):
    first = Course(tmp_path, {"tools/dice.py": "SIDES = 6\n", "lab.py": "1"}).manifest
    same = Course(tmp_path, {"tools/dice.py": "SIDES = 6\n", "lab.py": "2"}).manifest
    other = Course(tmp_path, {"tools/dice.py": "SIDES = 20\n"}).manifest
    ids = [wanted(["./tools", "coins"], one, "cpython-311").id for one in (first, same, other)]
    assert ids[0] == ids[1] != ids[2]
    assert wanted([], first, "cpython-311").empty
    assert wanted(["./tools", "coins"], first, "cpython-312").id != ids[0]


def test_the_interpreter_tells_its_tag_and_what_it_has():
    told = interpreter(Builder(sys.executable))
    assert told.tag.startswith(sys.implementation.cache_tag) and {"jupyterhub", "click"} <= told.names


def test_an_index_that_needs_a_password_keeps_it_out_of_the_reason(tmp_path, wheels, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://someone:canary-password@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(Broken) as caught:
        Course(tmp_path, {}).build("not-there")
    assert "canary" not in str(caught.value)
