"""A chart's package from anywhere: the two files in it, or a sentence why not."""

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from classhub.outside.chart_package import DEFAULTS, LARGEST, LARGEST_INSIDE, SCHEMA, Unusable, cached, read


def package(path: Path, *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, link
            archive.addfile(member, io.BytesIO(content))
    return path


GOOD = ((SCHEMA, b"{}"), (DEFAULTS, b"a: 1\n"))


def test_both_files_are_read_among_others(tmp_path):
    found = read(package(tmp_path / "chart.tgz", ("jupyterhub/Chart.yaml", b"x"), *GOOD, ("../../etc/passwd", b"x")))
    assert found == ("{}", b"a: 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["chart.tgz"]


def test_a_schema_by_itself_has_no_defaults(tmp_path):
    (tmp_path / "values.schema.json").write_text("{}")
    assert read(tmp_path / "values.schema.json") == ("{}", b"")


def _bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(LARGEST_INSIDE + 1)))


def _nested_headers(path: Path) -> None:
    """Each extended header is followed by another one: tarfile calls itself for each."""
    with tarfile.open(path, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for _ in range(5000):
            member = tarfile.TarInfo("x")
            member.type, member.size = tarfile.XHDTYPE, 9
            archive.addfile(member, io.BytesIO(b"9 path=x\n"))


HOSTILE = {
    "missing": (lambda path: None, "no such file"),
    "folder": (lambda path: path.mkdir(), "no such file"),
    "pipe": (os.mkfifo, "no such file"),
    "empty": (lambda path: path.write_bytes(b""), "no package"),
    "text": (lambda path: path.write_text("hello"), "no package"),
    "cut short": (lambda path: path.write_bytes(package(path, *GOOD).read_bytes()[:60]), "no package"),
    "noise": (lambda path: path.write_bytes(gzip.compress(os.urandom(4096))), "no package"),
    "large": (lambda path: path.write_bytes(bytes(LARGEST + 1)), "larger than any chart."),
    "bomb": (_bomb, "once it is unpacked"),
    "nested headers": (_nested_headers, "no package"),
    "no schema": (lambda path: package(path, GOOD[1]), "values.schema.json"),
    "no defaults": (lambda path: package(path, GOOD[0]), "values.yaml"),
    "large inside": (lambda path: package(path, (SCHEMA, bytes(2**20 + 1))), "too large"),
    "link": (lambda path: package(path, (SCHEMA, b""), kind=tarfile.SYMTYPE, link="/etc/passwd"), "is no file"),
    "not utf-8": (lambda path: package(path, (SCHEMA, b"\xff"), GOOD[1]), "UTF-8"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_package_is_said_in_a_sentence(tmp_path, name):
    make, words = HOSTILE[name]
    path = tmp_path / "chart.tgz"
    make(path)
    with pytest.raises(Unusable, match=words):
        read(path)


def test_the_caches_of_classhub_and_helm_are_looked_into(tmp_path):
    home = {"HOME": str(tmp_path)}
    assert cached("4.4.0", home) is None
    helm = tmp_path / ".cache/helm/repository/jupyterhub-4.4.0.tgz"
    helm.parent.mkdir(parents=True)
    helm.touch()
    assert cached("4.4.0", home) == helm
    own = tmp_path / ".cache/classhub/jupyterhub-4.4.0.tgz"
    own.parent.mkdir()
    own.touch()
    assert cached("4.4.0", home) == own and cached("4.3.2", home) is None
    assert cached("4.4.0", {"XDG_CACHE_HOME": str(tmp_path / ".cache")}) == own
    assert cached("4.4.0", {}) is None and cached("4.4.0", {**home, "XDG_CACHE_HOME": "relative"}) is None


def test_a_version_leads_to_no_other_folder(tmp_path):
    (tmp_path / ".cache/classhub/jupyterhub-").mkdir(parents=True)
    (tmp_path / "x.tgz").touch()
    assert cached("/../../../x", {"HOME": str(tmp_path)}) is None
