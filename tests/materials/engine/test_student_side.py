"""The student's side runs on every Python from 3.9 on, with nothing but the standard library."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src"
BEGIN = ["classhub.materials.sync", "classhub.materials.restore", "classhub.materials.changes"]
LATER = [
    "classhub.materials.fetch",
    "classhub.materials.links",
    "classhub.materials.by_line",
    "classhub.materials.by_cell",
]
"""Those that are imported late, or that stand beside."""


def file_of(module: str) -> Path | None:
    stem = SOURCE.joinpath(*module.split("."))
    return next((place for place in (stem.with_suffix(".py"), stem / "__init__.py") if place.exists()), None)


def imports(place: Path) -> set[str]:
    """Names of modules, and of what may be one."""
    found = set()
    for node in ast.walk(ast.parse(place.read_text(), feature_version=(3, 9))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def student_side() -> dict[str, Path]:
    """Every module of ours that the student's side comes to, computed from the imports."""
    found: dict[str, Path] = {}
    waiting = ["classhub", "classhub.errors", *BEGIN, *LATER]
    while waiting:
        module = waiting.pop()
        place = file_of(module)
        if place is None or module in found:
            continue
        found[module] = place
        waiting += [name for name in imports(place) if name.split(".")[0] == "classhub"]
        waiting += [module.rpartition(".")[0]] if "." in module else []
    return found


def interpreters() -> list[str]:
    names = [f"python3.{minor}" for minor in range(9, 15)]
    found = [shutil.which(name) for name in names]
    found += [str(place) for name in names for place in Path.home().glob(f".pyenv/versions/*/bin/{name}")]
    versions: dict[str, str] = {}
    for place in filter(None, found):
        asked = subprocess.run(
            [place, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            versions.setdefault(asked.stdout, place)
    return list(versions.values())


def test_it_imports_nothing_but_the_standard_library():
    strangers = {
        name
        for place in student_side().values()
        for name in imports(place)
        if name and name.split(".")[0] not in sys.stdlib_module_names | {"classhub"}
    }
    assert not strangers and set(BEGIN) <= student_side().keys()


def test_it_is_grammar_of_python_3_9():
    for place in student_side().values():
        ast.parse(place.read_text(), filename=str(place), feature_version=(3, 9))


PLAY = """
import sys, importlib
sys.path[:0] = [{source!r}, {tests!r}]
sys.dont_write_bytecode = True
for module in {modules!r}:
    importlib.import_module(module)
from pathlib import Path
from materials.engine.other_pythons import play
play(Path({home!r}))
"""


@pytest.mark.parametrize("python", interpreters())
def test_a_sync_runs_on_every_interpreter_found(python, tmp_path):
    modules = sorted(student_side())
    program = PLAY.format(
        source=str(SOURCE), tests=str(Path(__file__).parents[2]), modules=modules, home=str(tmp_path / "home")
    )
    ended = subprocess.run(
        [python, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert (ended.returncode, ended.stdout) == (0, "all is well\n"), ended.stderr
