"""A chart as Helm fetches it: jupyterhub-VERSION.tgz, of which two files are of use here. Nothing is unpacked to disk."""

import re
import tarfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

LARGEST = 4 * 2**20
"""Bytes of the package; the real one has 47 kB."""
LARGEST_INSIDE = 16 * 2**20
LARGEST_FILE = 2**20
SCHEMA, DEFAULTS = "jupyterhub/values.schema.json", "jupyterhub/values.yaml"


class Package(NamedTuple):
    schema: str
    defaults: bytes
    """values.yaml; empty where only a schema was given."""


class Unusable(Exception):
    """Says why in a sentence."""


def cached(version: str, environ: Mapping[str, str]) -> Path | None:
    """Where ClassHub or Helm keeps the package of this version, if they do."""
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", ""), ".cache"))
    if not cache.is_absolute() or not re.fullmatch(r"\w[\w.+-]*", version):
        return None
    places = [cache / below / f"jupyterhub-{version}.tgz" for below in ("classhub", "helm/repository")]
    return next((path for path in places if path.is_file()), None)


def read(path: Path) -> Package:
    """A package, or a values.schema.json by itself. Raises Unusable."""
    try:
        if not path.is_file():
            raise Unusable("There is no such file.")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unusable("It is larger than any chart.")
        return Package(data.decode(), b"") if path.suffix == ".json" else _unpacked(data)
    except OSError as error:
        raise Unusable(f"It cannot be read: {error.strerror or 'unknown reason'}.") from error
    except UnicodeDecodeError as error:
        raise Unusable("It is not UTF-8 text.") from error


def _unpacked(data: bytes) -> Package:
    try:
        inside = zlib.decompressobj(wbits=31).decompress(data, LARGEST_INSIDE + 1)
        if len(inside) > LARGEST_INSIDE:
            raise Unusable("It is larger than any chart once it is unpacked.")
        with tarfile.open(fileobj=BytesIO(inside), mode="r:") as archive:
            found = {member.name: _content(archive, member) for member in archive if member.name in (SCHEMA, DEFAULTS)}
    except (tarfile.TarError, zlib.error, ValueError, EOFError, LookupError, RecursionError) as error:
        raise Unusable("It is no package of a chart, or damaged.") from error
    for name in (SCHEMA, DEFAULTS):
        if name not in found:
            raise Unusable(f"It holds no {name}.")
    return Package(found[SCHEMA].decode(), found[DEFAULTS])


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None or member.size > LARGEST_FILE:
        raise Unusable(f"Its {member.name} is no file, or too large.")
    return file.read()
