"""The files of a deployment folder as one tree of settings: which file has a key, and what is in force."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from classhub.config.belongs import OWN
from classhub.config.chart.table import defaults, known
from classhub.config.courses import is_name
from classhub.config.document import Document, Where
from classhub.config.edit.typed import below
from classhub.config.load import VALUES, in_order, shown
from classhub.config.merge import layer, over_defaults
from classhub.config.model import Settings
from classhub.config.reading import read
from classhub.config.settings import settings
from classhub.errors import Finding, Mistakes, NotFound, WrongUsage

_COURSE = re.compile(r"courses/[^/.][^/]*\.yaml")


@dataclass(frozen=True)
class SettingsFiles:
    folder: Path

    def document(self, name: str) -> Document:
        """An absent file is an empty one. Raises Mistakes when nothing of it can be used."""
        path = self.folder / name
        if not path.exists():
            return Document(shown(path))
        mistakes: list[Finding] = []
        found = read(path, shown(path), mistakes)
        if found is None:
            raise Mistakes(mistakes)
        return found

    @cached_property
    def settings(self) -> Settings:
        return settings(self.document("classhub.yaml"), self.folder, [])

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The files of values, the one that wins last."""
        return in_order(self.settings)

    @cached_property
    def names(self) -> list[str]:
        if not (self.folder / "config.yaml").exists():
            raise NotFound(f"{shown(self.folder)} holds no config.yaml.", "", "Put the chart's values there.")
        courses = sorted(path.name for path in self.folder.glob("courses/*.yaml") if not path.name.startswith("."))
        return [*self.values, "classhub.yaml", *(f"courses/{name}" for name in courses)]

    def checked(self, name: str) -> str:
        """A name that `--file` gave. Raises WrongUsage for one that is no part of a deployment folder."""
        name = name.removeprefix(f"{self.folder.name}/")
        if name in (*VALUES, "classhub.yaml") or _COURSE.fullmatch(name) or name in self.values:
            return name
        fix = "config.yaml, secrets.yaml, one that `values` of classhub.yaml names, classhub.yaml or courses/NAME.yaml."
        raise WrongUsage(f"{name} is no file of settings.", "", fix)

    def standing(self, where: Where) -> list[tuple[str, Where]]:
        """The files that have the key, the one that wins last, and the way within each."""
        if where == ("courses",):
            return [(name, ()) for name in self.names if name.startswith("courses/")]
        names, inner = self.candidates(where)
        return [(name, below(inner, self.document(name).values)) for name in names if self.has(name, inner)]

    def has(self, name: str, inner: Where) -> bool:
        """inner: the way within this file; () is all of it."""
        found = self.document(name)
        return (self.folder / name).exists() and found.has(below(inner, found.values))

    def candidates(self, where: Where) -> tuple[tuple[str, ...], Where]:
        """Files that may hold the key, the one that wins last, and the way within them."""
        if where[0] == "courses" and len(where) > 1:
            return (_file_of_course(where[1]),), where[2:]
        return (("classhub.yaml",) if where[0] in OWN else self.values), where

    @cached_property
    def in_force(self) -> dict[str, Any]:
        """Everything, merged over the defaults."""
        own = self.document("classhub.yaml")
        version = known(self.settings.chart_version)
        values = layer(*(self.document(name).values for name in self.values))
        courses = {Path(name).stem: self._course(name) for name in self.names if name.startswith("courses/")}
        mine = {name: value for name, value in layer(_defaults(), own.values).items() if name in OWN}
        return {**over_defaults(values, defaults(version)), **mine, "courses": courses}

    def _course(self, name: str) -> dict[str, Any]:
        stem = Path(name).stem
        return layer({"title": stem, "folder": stem}, self.document(name).values)

    def near(self, where: Where) -> list[str]:
        """Keys in force that may have been meant, with their dots."""
        from difflib import get_close_matches

        keys = list(dict.fromkeys(_keys(self.in_force)))
        wanted = ".".join(map(str, where))
        last = [key for key in keys if key.rpartition(".")[2] == str(where[-1])]
        return list(dict.fromkeys([*last[:3], *get_close_matches(wanted, keys, n=3, cutoff=0.75)]))[:4]


def _file_of_course(name: str | int) -> str:
    """Raises WrongUsage for a name that would lead elsewhere."""
    if not is_name(str(name)):
        fix = "Name it by letters, digits, dots and dashes, as in courses.comp141.title."
        raise WrongUsage(f"{str(name)!r} cannot be the name of a course.", "", fix)
    return f"courses/{name}.yaml"


def _defaults() -> dict[str, Any]:
    """Of classhub.yaml."""
    default = Settings()
    return {
        "target": default.target,
        "chart": {"version": default.chart_version, "digest": default.chart_digest, "file": default.chart_file},
        "cluster": {"context": default.cluster_context},
        "release": default.release,
        "namespace": default.namespace,
        "values": list(default.values),
        "homes": {"folder": default.homes_folder},
        "local": dataclasses.asdict(default.local),
    }


def _keys(values: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in values.items():
        key = f"{above}.{name}" if above else name
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)
