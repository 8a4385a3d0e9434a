"""What runs inside a student's server: which files those are is read from the imports; each compiles and loads on 3.9."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from classhub.materials.student_side import PACKAGE, dotted, modules
from pythons import interpreters

STARTS = ["classhub.server", "classhub.materials.sync", "classhub.materials.restore"]
OF_A_SERVER = {"tornado", "jupyter_server"}
ALLOWED = set(sys.stdlib_module_names) | {"classhub"} | OF_A_SERVER


def student_side() -> tuple[Path, ...]:
    """The server package and all of ours that it imports, transitively."""
    return modules(STARTS)


def imports(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]


@pytest.mark.parametrize("path", student_side(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_it_is_python_3_9_and_the_standard_library(path):
    ast.parse(path.read_text(), feature_version=(3, 9))
    assert {name.split(".")[0] for name in imports(path)} <= ALLOWED


def needs_a_server(path: Path) -> bool:
    return any(name.split(".")[0] in OF_A_SERVER for name in imports(path))


@pytest.mark.parametrize("python", interpreters())
def test_every_interpreter_found_loads_it(python):
    code = "; ".join(f"import {dotted(path)}" for path in student_side() if not needs_a_server(path))
    done = subprocess.run(
        [python, "-S", "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(PACKAGE.parent)}
    )
    assert done.returncode == 0, done.stderr


def test_what_needs_a_server_is_loaded_late():
    """Everything else can be loaded, and tested, without one."""
    assert {path.name for path in student_side() if needs_a_server(path)} == {"api_handlers.py", "link_handlers.py"}
