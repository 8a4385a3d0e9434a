"""What the spawner orders: one server of one user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classhub.walls import names
from classhub.walls.cgroups import Limits


@dataclass(frozen=True)
class Order:
    """What to start. machine: the part of hub.json; given: the spawner's environment; sockets: the proxy's folder."""

    user: str
    server: str
    machine: Mapping[str, Any]
    sockets: Path
    command: Sequence[str]
    arguments: Sequence[str]
    given: Mapping[str, Any]
    prefix: str
    limits: Limits

    def folder(self, name: str) -> Path:
        return Path(self.machine["folders"][name])

    @property
    def slug(self) -> str:
        return names.slug(self.user, self.server)

    @property
    def log(self) -> Path:
        return self.folder("logs") / f"{self.slug}.log"
