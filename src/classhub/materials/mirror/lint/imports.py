"""Modules that code asks for, and names that take theirs away."""

import ast
import re
import sys
import warnings
from collections.abc import Iterator

from classhub.materials.mirror.lint.given import Given, Remark

_IMPORT = re.compile(r"^\s*(?:import|from)\s", re.MULTILINE)


def missing_import(given: Given) -> Iterator[Remark]:
    if given.has_module is None:
        return
    own = {part.removesuffix(".py") for path in given.files for part in path.split("/")}
    known: dict[str, bool] = {}
    for path, code in given.code.items():
        for name, line in _imported(code):
            if name not in known:
                known[name] = name in own or name in sys.stdlib_module_names or given.has_module(name)
            if not known[name]:
                known[name] = True  # told once
                reason = f"It imports {name}, which a student's kernel does not have."
                place = line if path.endswith(".py") else 0
                yield Remark(
                    "warning",
                    "missing-import",
                    path,
                    reason,
                    "Add it to the image, or to libraries of the course.",
                    place,
                )


def _imported(code: str) -> Iterator[tuple[str, int]]:
    """Outermost names, outside of try: who catches the failure can do without."""
    if not _IMPORT.search(code):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # an exercise may be left unfinished
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((name.name.partition(".")[0], node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno
        elif not isinstance(node, ast.Try):
            waiting.extend(ast.iter_child_nodes(node))


def shadowing(given: Given) -> Iterator[Remark]:
    """A random.py beside a notebook is what `import random` finds there."""
    for path in given.files:
        name = path.rpartition("/")[2]
        module = name.removesuffix(".py")
        if name.endswith(".py") and module in sys.stdlib_module_names and not module.startswith("_"):
            reason = f"Beside it, `import {module}` means this file, and no longer Python's own."
            yield Remark("warning", "shadows-module", path, reason, f"Rename it, as my_{module}.py.")
