"""The student's side runs on every Python from 3.9 on, with nothing but the standard library."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from classhub.materials.student_side import dotted, modules
from pythons import interpreters

SOURCE = Path(__file__).parents[3] / "src"
BEGIN = ["classhub.materials.sync", "classhub.materials.restore", "classhub.materials.changes"]
LATER = [
    "classhub.materials.fetch",
    "classhub.materials.links",
    "classhub.materials.by_line",
    "classhub.materials.by_cell",
]
"""Those that are imported late, or that stand beside."""


def student_side() -> dict[str, Path]:
    """Every module of ours that the engine comes to."""
    return {dotted(path): path for path in modules(["classhub.errors", *BEGIN, *LATER])}


def imports(place: Path) -> set[str]:
    """Names of modules."""
    nodes = list(ast.walk(ast.parse(place.read_text(), feature_version=(3, 9))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


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
    names = sorted(student_side())
    program = PLAY.format(
        source=str(SOURCE), tests=str(Path(__file__).parents[2]), modules=names, home=str(tmp_path / "home")
    )
    ended = subprocess.run(
        [python, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert (ended.returncode, ended.stdout) == (0, "all is well\n"), ended.stderr
