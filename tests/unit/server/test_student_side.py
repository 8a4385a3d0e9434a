"""What runs inside a student's server: which files those are is read from the imports; each compiles and loads on 3.9."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import classhub

PACKAGE = Path(classhub.__file__).parent
STARTS = ["server/__init__.py", "server/listen.py", "server/welcome.py"]
STARTS += [f"materials/{name}.py" for name in ("by_cell", "by_line", "connection", "fetch")]
ALLOWED = set(sys.stdlib_module_names) | {"classhub", "tornado", "jupyter_server"}


def student_side() -> list[Path]:
    """The server package and all of ours that it imports, transitively; parents of packages included."""
    waiting, found = [PACKAGE / start for start in STARTS], set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [PACKAGE / "__init__.py", *filter(Path.exists, ours(path))]
    return sorted(found)


def ours(path: Path) -> list[Path]:
    return [place for name in imports(path) if name.split(".")[0] == "classhub" for place in places(name)]


def places(name: str) -> list[Path]:
    base = PACKAGE.parent / Path(*name.split("."))
    return [base.with_suffix(".py"), base / "__init__.py"]


def imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


@pytest.mark.parametrize("path", student_side(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_it_is_python_3_9_and_the_standard_library(path):
    ast.parse(path.read_text(), feature_version=(3, 9))
    assert {name.split(".")[0] for name in imports(path)} <= ALLOWED


def interpreters() -> list[str]:
    found = [shutil.which(f"python3.{minor}") for minor in range(9, 15)]
    return [
        name
        for name in found
        if name and subprocess.run([name, "-c", ""], capture_output=True, check=False).returncode == 0
    ] or [sys.executable]


@pytest.mark.parametrize("python", interpreters())
def test_every_interpreter_found_loads_it(python):
    code = "; ".join(
        f"import {'.'.join(path.relative_to(PACKAGE.parent).with_suffix('').parts).removesuffix('.__init__')}"
        for path in student_side()
    )
    done = subprocess.run(
        [python, "-S", "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(PACKAGE.parent)}
    )
    assert done.returncode == 0, done.stderr
