"""The chart of one version: a file that is given, else the one in the cache, else from the Helm repository.

Whatever comes from outside is compared with the digest that classhub.yaml pins, at each use; without one, with the
repository's own, which is kept beside the chart.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from classhub.errors import ClasshubError, NotFound, OutsideFailed, Refused
from classhub.outside import chart_package
from classhub.outside.chart_package import Unusable
from classhub.outside.download import Undelivered, download

REPOSITORY = "https://hub.jupyter.org/helm-chart/"
NAME = "jupyterhub"
LARGEST_INDEX = 32 * 2**20
"""Bytes; the real index has some 2 MB."""
_BY_HAND = (
    "Fetch jupyterhub-{version}.tgz where there is a network, and name it in classhub.yaml: chart: {{file: FILE}}"
)


@dataclass(frozen=True)
class Chart:
    """A package whose bytes were compared. digest: as sha256:HEX, to pin where none is pinned."""

    version: str
    path: Path
    digest: str


def find_chart(
    version: str, digest: str, *, file: Path | None, repository: str, cache: Path, tell: Callable[[str], None]
) -> Chart:
    """digest: sha256:HEX (or HEX alone), empty where none is pinned. cache: a folder, made when needed.

    Raises NotFound (no such version, no such file), Refused (another digest than pinned, not a chart) or OutsideFailed.
    """
    wanted = _plain(digest)
    if file is not None:
        return _given(version, wanted, file, tell)
    if not chart_package.is_version(version):
        raise NotFound(
            f"{version!r} is no version of a chart.",
            "A version is digits and dots.",
            'In classhub.yaml: chart: {version: "4.4.0"}',
        )
    place = cache / chart_package.file_name(version)
    kept = _kept(place, wanted)
    if kept:
        return Chart(version, place, kept)
    tell(f"Fetching chart {version} from {repository}.")
    data = _fetched(version, wanted, repository)
    _keep(place, data)
    return Chart(version, place, chart_package.digest(data))


def _plain(digest: str) -> str:
    """As chart_package.digest() writes it; Helm's index has the digits alone."""
    digits = digest.strip().lower().removeprefix("sha256:")
    return f"sha256:{digits}" if digits else ""


def _given(version: str, wanted: str, file: Path, tell: Callable[[str], None]) -> Chart:
    try:
        data = chart_package.content(file)
        about = chart_package.about(data)
    except Unusable as error:
        kind = Refused if file.exists() else NotFound
        fix = "Name a package of the chart (.tgz), or take chart.file out of classhub.yaml."
        raise kind(f"chart.file is of no use: {file}", str(error), fix) from error
    found = chart_package.digest(data)
    if wanted and found != wanted:
        cause = "It is another package than the one whose digest is pinned, or it was changed since."
        raise _other(f"The chart in {file} is not the one that classhub.yaml pins", wanted, found, cause)
    if about.version != version:
        tell(f"{file} holds chart {about.version}; config.yaml is checked as for {version}.")
    return Chart(about.version, file, found)


def _kept(place: Path, wanted: str) -> str:
    """The digest of the package in the cache; empty when it is not there, damaged, or another one than wanted."""
    try:
        data = chart_package.content(place)
        chart_package.about(data)
    except Unusable:
        return ""
    found = chart_package.digest(data)
    return found if found == (wanted or _noted(place)) else ""


def _noted(place: Path) -> str:
    """What was written down when it came, as sha256sum writes it."""
    with suppress(OSError, ValueError, IndexError):
        return _plain(_note(place).read_text(encoding="utf-8")[:200].split()[0])
    return ""


def _note(place: Path) -> Path:
    return place.with_name(f"{place.name}.sha256")


def _keep(place: Path, data: bytes) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _put(place, data)
        digits = chart_package.digest(data).removeprefix("sha256:")
        _put(_note(place), f"{digits}  {place.name}\n".encode())
    except OSError as error:
        cause = f"The folder cannot be written: {error.strerror or 'unknown reason'}."
        raise OutsideFailed(
            f"The chart cannot be kept in {place.parent}.", cause, f"df -h {place.parent}, ls -ld {place.parent}"
        ) from error


def _put(place: Path, data: bytes) -> None:
    """Whole or not at all, however many do it at once."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _fetched(version: str, wanted: str, repository: str) -> bytes:
    entry = _entry(version, repository)
    url = urljoin(_folder(repository), entry["url"])
    try:
        data = download(url, chart_package.LARGEST)
    except Undelivered as error:
        raise _undelivered(f"Chart {version}", url, error, version) from error
    found = chart_package.digest(data)
    if wanted and found != wanted:
        cause = "The digest in classhub.yaml is mistyped or of another version, or somebody changed the chart since."
        raise _other(f"Chart {version} from {url} is not the one that classhub.yaml pins", wanted, found, cause)
    if entry["digest"] and found != entry["digest"]:
        cause = "Something on the way changed it (a proxy's error page?), or the repository is being written just now."
        raise _other(f"Chart {version} from {url} is not what the repository's index promises", entry["digest"], found,
                     cause, "Run the same again.")  # fmt: skip
    try:
        chart_package.about(data)
    except Unusable as error:
        fix = _BY_HAND.format(version=version)
        raise Refused(f"What came from {url} is not a chart.", str(error), fix) from error
    return data


def _other(what: str, expected: str, got: str, cause: str, fix: str = "") -> ClasshubError:
    advice = f"If you trust it, in classhub.yaml: chart: {{digest: {got}}}"
    return Refused(f"{what}: expected {expected}, got {got}.", cause, fix or advice)


def _undelivered(what: str, url: str, error: Undelivered, version: str) -> ClasshubError:
    kind = NotFound if error.code in (404, 410) else OutsideFailed
    return kind(f"{what} could not be fetched from {url}, and the cache has none that fits: {error}.",
                _cause(error), _BY_HAND.format(version=version))  # fmt: skip


def _cause(error: Undelivered) -> str:
    if error.code in (404, 410):
        return "The address is not the one of a Helm repository, or the chart was taken away."
    if error.code:
        return "The repository has a fault of its own; later it may answer."
    return "This machine has no way to it (no network, a firewall, a proxy), or the repository is down."


def _folder(repository: str) -> str:
    return repository if repository.endswith("/") else f"{repository}/"


def _entry(version: str, repository: str) -> dict[str, str]:
    """Its address and digest by the repository's index."""
    url = urljoin(_folder(repository), "index.yaml")
    try:
        data = download(url, LARGEST_INDEX)
    except Undelivered as error:
        raise _undelivered(f"The list of charts, needed for chart {version},", url, error, version) from error
    entries = _entries(data, url)
    for entry in entries:
        if entry.get("version") == version:
            return {"url": _address(entry, url), "digest": _plain(str(entry.get("digest") or ""))}
    known = [str(entry.get("version")) for entry in entries if isinstance(entry.get("version"), str)]
    near = ", ".join(_near(version, known)) or "none"
    fix = f'In classhub.yaml: chart: {{version: "{_near(version, known)[0]}"}}' if known else ""
    raise NotFound(f"The repository {repository} has no chart {version}; near it: {near}.",
                   "The version in classhub.yaml is mistyped, or was never published.", fix)  # fmt: skip


def _entries(data: bytes, url: str) -> list[Mapping[str, Any]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        entries = yaml.load(data, Loader=loader)["entries"][NAME]
        return [entry for entry in entries if isinstance(entry, Mapping)]
    except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, ValueError, RecursionError) as error:
        cause = "It is not the address of a Helm repository, or a proxy's page came in its place."
        raise OutsideFailed(
            f"{url} is not a list of charts that names {NAME}.", cause, f"Open {url} in a browser and look."
        ) from error


def _address(entry: Mapping[str, Any], url: str) -> str:
    urls = entry.get("urls")
    if isinstance(urls, list) and urls and isinstance(urls[0], str):
        return urls[0]
    raise OutsideFailed(f"{url} names no address for chart {entry.get('version')}.", "The index is damaged.",
                        f"Open {url} in a browser and look.")  # fmt: skip


def _near(version: str, known: list[str]) -> list[str]:
    """Three versions: those written alike, else the newest releases (the index lists the newest first)."""
    releases = [one for one in known if "-" not in one] or known
    return get_close_matches(version, releases, n=3, cutoff=0.5) or releases[:3]
