"""The Pythons of this machine on which the student's side has to run."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def interpreters() -> tuple[str, ...]:
    """Of PATH, of pyenv, and this one: one of each version from 3.9 on."""
    named = [shutil.which(f"python3.{minor}") for minor in range(9, 15)]
    of_pyenv = sorted(map(str, Path.home().glob(".pyenv/versions/3.*/bin/python")))
    by_version = {_version(name): name for name in [*filter(None, named), *of_pyenv, sys.executable]}
    return tuple(name for version, name in sorted(by_version.items()) if version >= (3, 9))


def _version(python: str) -> tuple[int, ...]:
    """(0,) for one that does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-S", "-c", code], capture_output=True, text=True, check=False)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else (0,)
