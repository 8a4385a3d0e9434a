"""Links that open a file of a course in a student's own server, for Canvas, a syllabus or a mail."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classhub.config.model import Assignment, Course
from classhub.config.traits.lookup import get
from classhub.errors import WrongUsage
from classhub.materials.links import BadLink, inside_home, open_link

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.targets.interface import Target

THIS_MACHINE_ONLY = "These links work on this machine only: its address is {}. Give the one that students know: --hub https://hub.college.edu"


@dataclass(frozen=True)
class Link:
    course: str
    path: str
    """Inside the material; empty: the course's folder."""
    title: str
    url: str
    due: str = ""
    """ISO 8601 with offset; of sections with times of their own the first."""
    release: str = ""
    missing: bool = False
    """The material is a folder of this machine, and has no such file."""


def links(course: Course, hub: str, files: Sequence[str] = ()) -> list[Link]:
    """Of these files, as they are called inside the material or on this machine; of none given: of all assignments.

    Raises WrongUsage for one that leads out of the material.
    """
    paths = [_inside(course, file) for file in files] or [one.path for one in course.assignments]
    known = {one.path: one for one in course.assignments}
    return [_link(course, hub, path, known.get(path)) for path in paths]


def _link(course: Course, hub: str, path: str, assignment: Assignment | None) -> Link:
    place = course.material
    return Link(
        course=course.name,
        path=path,
        title=assignment.title if assignment else path.rpartition("/")[2] or course.title,
        url=open_link(hub, course.name, path),
        due=_first(assignment.due) if assignment else "",
        release=_first(assignment.release) if assignment else "",
        missing=place is not None and not os.path.lexists(place / path),
    )


def _first(times: Mapping[str, str]) -> str:
    return min(times.values(), default="")


def _inside(course: Course, file: str) -> str:
    place = course.material
    if place is not None and Path(file).exists():
        here = Path(file).absolute()
        if here.is_relative_to(place):
            return here.relative_to(place).as_posix().removeprefix(".")
    try:
        return inside_home(file)
    except BadLink as error:
        fix = "name the file as the material names it, as labs/lab01.ipynb"
        raise WrongUsage(f"{file} is no file of {course.name}.", str(error), fix) from error


def hub_address(target: Target, config: Config, given: str = "") -> str:
    """What students type: given, else that of the running hub, else what the files say. Raises WrongUsage for no address."""
    if given:
        if urlsplit(given).scheme not in ("http", "https") or not urlsplit(given).netloc:
            raise WrongUsage(f"{given} is no address of a hub.", "", "write it whole, as --hub https://hub.college.edu")
        return given
    running = target.inspect()
    if running is not None and running.address:
        return running.address
    return _written(config)


def _written(config: Config) -> str:
    """Of a hub that does not run: its host on the cluster, else this machine's address."""
    base = str(get(config.values, "hub.baseUrl") or "/").strip("/")
    hosts = get(config.values, "proxy.https.hosts") or get(config.values, "ingress.hosts") or []
    local = config.settings.local
    if config.settings.target == "cluster" and hosts:
        return f"https://{hosts[0]}/{base}"
    scheme = "http" if local.https == "off" else "https"
    return f"{scheme}://{local.host or local.address}:{local.port}/{base}"


def is_of_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host.startswith("127.") or host in ("localhost", "::1", "0.0.0.0", "::")
