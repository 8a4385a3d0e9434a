"""What runs inside a student's server: which files those are is read from the imports; each compiles and loads on 3.9."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import classhub

PACKAGE = Path(classhub.__file__).parent
STARTS = [
    *sorted((PACKAGE / "server").glob("*.py")),
    PACKAGE / "materials" / "sync.py",
    PACKAGE / "materials" / "restore.py",
]
OF_A_SERVER = {"tornado", "jupyter_server"}
ALLOWED = set(sys.stdlib_module_names) | {"classhub"} | OF_A_SERVER


def student_side() -> list[Path]:
    """The server package and all of ours that it imports, transitively; parents of packages included."""
    waiting, found = [*STARTS], set()
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
    """Of PATH and of pyenv, one of each version."""
    named = [shutil.which(f"python3.{minor}") for minor in range(9, 15)]
    of_pyenv = sorted(map(str, Path.home().glob(".pyenv/versions/3.*/bin/python")))
    by_version = {version_of(name): name for name in [*filter(None, named), *of_pyenv, sys.executable]}
    return [name for version, name in sorted(by_version.items()) if version >= (3, 9)]


def version_of(python: str) -> tuple[int, ...]:
    """(0,) for one that does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-S", "-c", code], capture_output=True, text=True, check=False)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else (0,)


def needs_a_server(path: Path) -> bool:
    return any(name.split(".")[0] in OF_A_SERVER for name in imports(path))


@pytest.mark.parametrize("python", interpreters())
def test_every_interpreter_found_loads_it(python):
    code = "; ".join(
        f"import {'.'.join(path.relative_to(PACKAGE.parent).with_suffix('').parts).removesuffix('.__init__')}"
        for path in student_side()
        if not needs_a_server(path)
    )
    done = subprocess.run(
        [python, "-S", "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(PACKAGE.parent)}
    )
    assert done.returncode == 0, done.stderr


def test_what_needs_a_server_is_loaded_late():
    """Everything else can be loaded, and tested, without one."""
    assert {path.name for path in student_side() if needs_a_server(path)} == {"api_handlers.py", "link_handlers.py"}
