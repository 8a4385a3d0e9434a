"""Which of several files a value stands in. Each file is gone through once, however many values are asked for."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from classhub.config.document import Document, Node, Where

_Held = Sequence[tuple[Document, Node]]


class _Level:
    """The files that have a value at one place, in their order."""

    def __init__(self, held: _Held) -> None:
        self.last = held[-1][0] if held else None
        self._held = held
        self._levels: dict[str | int, _Level] = {}

    @cached_property
    def _below(self) -> dict[str | int, list[tuple[Document, Node]]]:
        found: dict[str | int, list[tuple[Document, Node]]] = defaultdict(list)
        for document, node in self._held:
            for name, (_, _, inner) in (node.entries or {}).items():
                found[name].append((document, inner))
            for number, item in enumerate(node.items or ()):
                found[number].append((document, item))
        return found

    def step(self, part: str | int) -> "_Level":
        if part not in self._levels:
            self._levels[part] = _Level(self._below.get(part) or self._below.get(str(part)) or ())
        return self._levels[part]


class Places:
    """documents: in Helm's order. otherwise: the file to name where there is none."""

    def __init__(self, documents: Sequence[Document], otherwise: str) -> None:
        self._file = documents[0].file if documents else otherwise
        self._root = _Level([(document, document.root) for document in documents if document.root])

    def place(self, where: Where) -> tuple[str, int, int]:
        """Of the last file that has the value; of one that none has its nearest parent's, else the first file as a whole."""
        level, known = self._root, 0
        for part in where:
            inner = level.step(part)
            if inner.last is None:
                break
            level, known = inner, known + 1
        return (level.last.file, *level.last.place(where[:known])) if known and level.last else (self._file, 0, 0)
