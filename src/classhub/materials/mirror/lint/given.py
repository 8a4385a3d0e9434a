"""What the rules look at, and what they say."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from classhub.materials.manifest import Entry
from classhub.materials.mirror.candidate import Left
from classhub.materials.mirror.lint.notebook import Notebook
from classhub.materials.mirror.lint.notebook import read as read_notebook

LARGEST_TEXT = 5_000_000
TEXTS = {
    *(".ipynb", ".py", ".md", ".txt", ".rst", ".csv", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".sh", ".r"),
    *(".env", ".pem", ".key", ".java", ".c", ".h", ".html", ".js", ".tex", ".sql", ""),
}
"""Endings of files that are read; "" is none."""


@dataclass(frozen=True)
class Remark:
    """One thing about a release. `rule` is a name that stays, as "solution-name"."""

    severity: str
    """"error" or "warning"."""
    rule: str
    path: str
    """Empty for the release as a whole."""
    reason: str
    fix: str
    line: int = 0
    """From 1; 0: the file as a whole."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        return f"{in_a_line(f'{self.severity} {self.rule} {place}{self.reason}')}\n    Fix: {in_a_line(self.fix)}"


def in_a_line(text: str) -> str:
    """A file's name may hold a line of its own, as "::error", that whoever reads the log obeys."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


@dataclass(frozen=True)
class Given:
    """A candidate, and what it would follow."""

    files: Mapping[str, Entry]
    left: Mapping[str, Left]
    read: Callable[[str], bytes]
    """Bytes by digest."""
    before: Mapping[str, Entry] | None = None
    """The release that students have now."""
    renames: Mapping[str, str] = field(default_factory=dict)
    linked: Sequence[str] = ()
    """Paths that links lead to: those of assignments."""
    timed: Collection[str] = ()
    """Paths that are handed out at a time of their own, with all below them."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Paths that are not out to everybody yet, or for one section alone, and what the course's file calls them."""
    folder: str = ""
    """Of the source; only what lies in it is material."""
    has_module: Callable[[str], bool] | None = None
    """Whether a kernel can import it; None: not known."""

    @cached_property
    def texts(self) -> dict[str, str]:
        """Of files that are text and not too long for people."""
        return dict(self._texts())

    def _texts(self) -> Iterator[tuple[str, str]]:
        for path, entry in self.files.items():
            name = path.rpartition("/")[2].lower()
            ending = "." + name.rpartition(".")[2] if "." in name else ""
            if entry.is_link or entry.size > LARGEST_TEXT or ending not in TEXTS:
                continue
            data = self.read(entry.digest)
            if b"\0" not in data[:8000]:
                yield path, data.decode("utf-8", "replace")

    @cached_property
    def notebooks(self) -> dict[str, Notebook | None]:
        """None for one that cannot be read."""
        return {path: read_notebook(text) for path, text in self.texts.items() if path.lower().endswith(".ipynb")}

    @cached_property
    def code(self) -> dict[str, str]:
        """Python, of files and of notebooks' cells."""
        found = {path: text for path, text in self.texts.items() if path.endswith(".py")}
        return found | {path: one.code for path, one in self.notebooks.items() if one and one.is_python}

    def is_timed(self, path: str) -> bool:
        return any(path == one or path.startswith(one + "/") for one in self.timed)
