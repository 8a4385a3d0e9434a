"""As much of a notebook as the rules need."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notebook:
    major: int
    minor: int
    cells: tuple[dict[str, Any], ...]
    language: str

    @property
    def is_python(self) -> bool:
        return self.language.lower() in ("", "python", "python3", "ipython")

    @property
    def code(self) -> str:
        """All code cells without IPython's own lines (%magic, !program, help?)."""
        lines = [line for cell in self.cells if cell.get("cell_type") == "code" for line in _source(cell).splitlines()]
        return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!", "?")))


def read(text: str) -> Notebook | None:
    """None for what is no notebook."""
    try:
        raw = json.loads(text)
        major, minor = int(raw["nbformat"]), int(raw.get("nbformat_minor", 0))
        cells = raw["cells"] if major >= 4 else [cell for sheet in raw["worksheets"] for cell in sheet["cells"]]
        if not all(isinstance(cell, dict) and isinstance(cell.get("cell_type"), str) for cell in cells):
            return None
        language = raw.get("metadata", {}).get("kernelspec", {}).get("language", "")
        return Notebook(major, minor, tuple(cells), str(language or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return source if isinstance(source, str) else "".join(map(str, source)) if isinstance(source, list) else ""


def sources(notebook: Notebook) -> list[str]:
    return [_source(cell) for cell in notebook.cells]
