"""A chart as Helm fetches it: jupyterhub-VERSION.tgz, of which three files are of use here. Nothing is unpacked to disk."""

import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

LARGEST = 4 * 2**20
"""Bytes of the package; the real one has 47 kB."""
LARGEST_INSIDE = 16 * 2**20
LARGEST_FILE = 2**20
SCHEMA, DEFAULTS = "jupyterhub/values.schema.json", "jupyterhub/values.yaml"
_ABOUT = re.compile(r"[^/]+/Chart\.yaml")


class Package(NamedTuple):
    schema: str
    defaults: bytes
    """values.yaml; empty where only a schema was given."""


class About(NamedTuple):
    """What Chart.yaml says."""

    name: str
    version: str


class Unusable(Exception):
    """Says why in a sentence."""


def folder(environ: Mapping[str, str]) -> Path | None:
    """~/.cache/classhub/charts, or where $XDG_CACHE_HOME says; None without a home."""
    cache = _cache(environ)
    return cache / "classhub/charts" if cache else None


def cached(version: str, environ: Mapping[str, str]) -> Path | None:
    """Where ClassHub or Helm keeps the package of this version, if they do."""
    cache = _cache(environ)
    if cache is None or not is_version(version):
        return None
    places = ("classhub/charts", "classhub", "helm/repository")
    return next((path for below in places if (path := cache / below / file_name(version)).is_file()), None)


def _cache(environ: Mapping[str, str]) -> Path | None:
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", ""), ".cache"))
    return cache if cache.is_absolute() else None


def is_version(text: str) -> bool:
    """Whether it can be part of a file's name; charts' versions can."""
    return re.fullmatch(r"\w[\w.+-]*", text) is not None


def file_name(version: str) -> str:
    return f"jupyterhub-{version}.tgz"


def content(path: Path) -> bytes:
    """The file's bytes. Raises Unusable."""
    try:
        if not path.is_file():
            raise Unusable("There is no such file.")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Unusable(f"It cannot be read: {error.strerror or 'unknown reason'}.") from error
    if len(data) > LARGEST:
        raise Unusable("It is larger than any chart.")
    return data


def digest(data: bytes) -> str:
    """As sha256:HEX."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def about(data: bytes) -> About:
    """Of a whole package. Raises Unusable."""
    import yaml

    found = _members(data, lambda name: _ABOUT.fullmatch(name) is not None)
    if not found:
        raise Unusable("It holds no Chart.yaml.")
    try:
        said = yaml.safe_load(next(iter(found.values())))
        return About(str(said["name"]), str(said["version"]))
    except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Unusable("Its Chart.yaml does not say name and version.") from error


def read(path: Path) -> Package:
    """A package, or a values.schema.json by itself. Raises Unusable."""
    data = content(path)
    try:
        return Package(data.decode(), b"") if path.suffix == ".json" else _unpacked(data)
    except UnicodeDecodeError as error:
        raise Unusable("It is not UTF-8 text.") from error


def _unpacked(data: bytes) -> Package:
    found = _members(data, (SCHEMA, DEFAULTS).__contains__)
    for name in (SCHEMA, DEFAULTS):
        if name not in found:
            raise Unusable(f"It holds no {name}.")
    return Package(found[SCHEMA].decode(), found[DEFAULTS])


def _members(data: bytes, is_wanted: Callable[[str], bool]) -> dict[str, bytes]:
    try:
        inside = _inside(data)
        with tarfile.open(fileobj=BytesIO(inside), mode="r:") as archive:
            return {member.name: _content(archive, member) for member in archive if is_wanted(member.name)}
    except (tarfile.TarError, zlib.error, ValueError, EOFError, LookupError, RecursionError) as error:
        raise Unusable("It is no package of a chart, or damaged.") from error


def _inside(data: bytes) -> bytes:
    """Unpacked, with the checksum at its end compared."""
    unpacker = zlib.decompressobj(wbits=31)
    inside = unpacker.decompress(data, LARGEST_INSIDE + 1)
    if len(inside) > LARGEST_INSIDE:
        raise Unusable("It is larger than any chart once it is unpacked.")
    if not unpacker.eof:
        raise EOFError
    return inside


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None or member.size > LARGEST_FILE:
        raise Unusable(f"Its {member.name} is no file, or too large.")
    return file.read()
