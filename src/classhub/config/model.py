"""What a deployment folder says, as frozen dataclasses. The docstring under a field is its documentation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classhub.config.document import Document, Where
from classhub.errors import Finding


@dataclass(frozen=True)
class Local:
    """`local:` in classhub.yaml: how the hub runs on this machine."""

    address: str = "127.0.0.1"
    """Address to listen on. Default: loopback only."""
    port: int = 8000
    certificate: Path | None = None
    """PEM file of an own certificate, relative to config/; with `key`, serves HTTPS."""
    key: Path | None = None
    https: str = "off"
    """"off", "own" (certificate and key), "acme" (a public certificate for `host`), "internal" (Caddy's own authority)."""
    host: str = ""
    """Host name for "acme" and "internal"; the host in config.yaml is never used here."""
    servers: int = 0
    """Most servers at the same time; 0: hub.activeServerLimit in config.yaml, else no limit."""
    starts_at_once: int = 0
    """Servers started in parallel, the others wait their turn; 0: by the number of cores."""


@dataclass(frozen=True)
class Settings:
    """classhub.yaml. Every key is optional."""

    target: str = "local"
    """"local" or "cluster"."""
    chart_version: str = "4.4.0"
    chart_digest: str = ""
    """What the chart's package must be, as sha256:HEX; empty: whatever the Helm repository has of this version."""
    chart_file: Path | None = None
    """The chart's package as a file, in place of the Helm repository's."""
    cluster_context: str = ""
    """The kube context of this hub's cluster; empty: the one that kubectl uses now."""
    release: str = "jhub"
    namespace: str = "jhub"
    values: tuple[str, ...] = ()
    """Further files of values, by their names in config/, in Helm's order: over config.yaml and under secrets.yaml."""
    homes_folder: Path | None = None
    """Where students' homes lie on this machine; default `.classhub/homes` beside config/."""
    local: Local = field(default_factory=Local)
    material_repositories: tuple[str, ...] = ()
    """Those that no course names and that links may lead to: https addresses in which * stands for anything."""


@dataclass(frozen=True)
class Material:
    """`material:` of a course: where it comes from."""

    kind: str
    """"folder", "git" or "archive" (.zip, .tar.gz)."""
    source: str
    """An absolute path, or an address without any secret."""
    branch: str = ""
    """Of git: a branch or tag; empty: the repository's default."""
    folder: str = ""
    """Inside the source; empty: all of it."""
    every_s: int = 30
    """Seconds between two looks at the source; 10 for a folder."""
    key: Path | None = None
    """File of a deploy key, for git over ssh. Absolute."""
    token: Path | None = None
    """File of a token, for https. Absolute."""
    hook: Path | None = None
    """File of the secret that a webhook shows. Absolute."""
    hold: bool = False
    """Whether a release with errors waits for `classhub course publish`."""


@dataclass(frozen=True)
class Who:
    """Some of the hub's users."""

    everyone: bool = False
    names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Of the hub."""


@dataclass(frozen=True)
class People:
    """`people:` of a course."""

    instructor: Who = Who()
    tas: Who = Who()
    students: Who = Who(everyone=True)


@dataclass(frozen=True)
class Section:
    """One of `sections:` of a course."""

    name: str
    students: Who = Who()
    folders: tuple[str, ...] = ()
    """Inside the material; only the section's students get them, and staff."""


@dataclass(frozen=True)
class Assignment:
    """One of `assignments:` of a course. Times are ISO 8601 with an offset, by section; "" is the time for everybody."""

    name: str
    path: str
    """A file or folder inside the material."""
    title: str
    due: Mapping[str, str] = field(default_factory=dict)
    release: Mapping[str, str] = field(default_factory=dict)
    """Empty: as soon as it is in the material. A section that is not named in it never gets it."""


@dataclass(frozen=True)
class Course:
    """courses/NAME.yaml."""

    name: str
    title: str
    source: Material | None
    """None: students get nothing."""
    folder: str
    """Name of the folder in the student's home."""
    people: People = People()
    sections: tuple[Section, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    libraries: tuple[str, ...] = ()
    timezone: str = ""
    """As "America/Chicago"; empty: this machine's."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The whole file."""

    @property
    def material(self) -> Path | None:
        """The folder on this machine, absolute; None where the material comes from elsewhere."""
        if self.source is None or self.source.kind != "folder":
            return None
        return Path(self.source.source, self.source.folder)


@dataclass(frozen=True)
class Login:
    """Who can sign in, and how, on this machine."""

    configured: str
    """The authenticator that config.yaml names, as "google"."""
    stand_in: bool
    """True when invitations take its place here."""
    why: str
    """A sentence: why the stand-in, or how people sign in."""
    admins: tuple[str, ...]
    allowed: tuple[str, ...]
    sections: tuple[str, ...] = ("Authenticator",)
    """Sections of hub.config that the configured authenticator reads, most specific first."""


@dataclass(frozen=True)
class Config:
    """A whole deployment folder."""

    folder: Path
    """The config/ folder, absolute."""
    values: Mapping[str, Any]
    """All files of values merged over the chart's defaults. Holds secrets."""
    own_values: Mapping[str, Any]
    """The same without the defaults: what the college wrote."""
    settings: Settings
    login: Login
    courses: tuple[Course, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Warnings and notes; errors are raised, never kept."""
    apart: tuple[Document, ...] = ()
    """The files of which nothing is shown unasked, as secrets.yaml."""

    @property
    def hidden(self) -> tuple[Where, ...]:
        """The ways to all that stands in these files."""
        return tuple(way for document in self.apart for way in ways(document.values))

    @property
    def has_material(self) -> bool:
        """Whether students get anything at all."""
        return bool(self.settings.material_repositories) or any(course.source for course in self.courses)

    @property
    def state(self) -> Path:
        """.classhub beside config/."""
        return self.folder.parent / ".classhub"


def ways(values: Mapping[str, Any], above: Where = ()) -> Iterator[Where]:
    """To scalars and lists."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from ways(value, (*above, key))
        else:
            yield (*above, key)
