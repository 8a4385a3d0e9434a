"""A course of a real one's size: 365 files, 27 MB, the same bytes each time. Notebooks, data, pictures, handouts."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

FILES = 365
PICTURE_BYTES = 338_000
WORDS = [
    "the",
    "student",
    "counts",
    "rain",
    "and",
    "names",
    "in",
    "a",
    "list",
    "then",
    "draws",
    "what",
    "is",
    "there",
    "so",
]


def make(folder: Path, seed: int = 141) -> int:
    """Write it; the bytes that it has come back."""
    chance = random.Random(seed)
    sizes = 0
    for path, data in _files(chance):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        sizes += len(data)
    return sizes


def _files(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    notebooks, tables, texts = 120, 80, 100
    for number in range(notebooks):
        yield f"week{number // 8:02}/lab{number:03}.ipynb", notebook(chance, cells=12)
    for number in range(tables):
        yield f"data/set{number:02}/table.csv", _table(chance, rows=2000)
    for number in range(texts):
        yield f"reading/part {number:03}.md", _text(chance, words=600).encode()
    for number in range(FILES - notebooks - tables - texts):
        yield f"images/picture{number:02}.png", b"\x89PNG\r\n\x1a\n\0" + chance.randbytes(PICTURE_BYTES)


def notebook(chance: random.Random, cells: int) -> bytes:
    """nbformat 4.5, with an id for each cell."""
    made = [_cell(chance, number) for number in range(cells)]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return (
        json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode() + b"\n"
    )


def _cell(chance: random.Random, number: int) -> dict[str, object]:
    source = _text(chance, words=120).splitlines(keepends=True)
    cell: dict[str, object] = {"id": f"{chance.getrandbits(32):08x}", "metadata": {}, "source": source}
    if number % 2:
        return {
            **cell,
            "cell_type": "code",
            "execution_count": None,
            "outputs": [],
            "source": [f"# {line}" for line in source],
        }
    return {**cell, "cell_type": "markdown"}


def _text(chance: random.Random, words: int) -> str:
    found = [chance.choice(WORDS) for _ in range(words)]
    return "\n".join(" ".join(found[start : start + 12]) for start in range(0, words, 12)) + "\n"


def _table(chance: random.Random, rows: int) -> bytes:
    lines = [f"{row},{chance.random():.6f},{chance.choice(WORDS)},{chance.randint(0, 9999)}" for row in range(rows)]
    return ("day,rain,name,count\n" + "\n".join(lines) + "\n").encode()
