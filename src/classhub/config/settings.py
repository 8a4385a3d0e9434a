"""classhub.yaml -> Settings: what this machine and the cluster need to know and the chart has no word for."""

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

from classhub.config.belongs import OWN
from classhub.config.chart.table import VERSIONS, known
from classhub.config.document import Document
from classhub.config.fields import Fields
from classhub.config.host_names import is_host_name
from classhub.config.model import Local, Settings
from classhub.errors import Finding

HTTPS = ("off", "own", "acme", "internal")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPOSITORIES = re.compile(r"https://(?P<host>[^/@:?#*\s]+)(?::\d+)?/[^/?#\s][^?#\s]*")
_DNS_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$")
"""Helm takes release names of up to 53 characters."""


def settings(document: Document, folder: Path, mistakes: list[Finding]) -> Settings:
    """folder: config/, absolute. Relative paths: homes.folder from config/'s parent, certificates from config/."""
    fields = Fields(document, mistakes)
    fields.only(*OWN, file="classhub.yaml")
    default = Settings()
    return Settings(
        target=fields.choice("target", default.target, ("local", "cluster")),
        **_chart(fields, folder, default.chart_version),
        cluster_context=_context(fields),
        release=_name(fields, "release", default.release),
        namespace=_name(fields, "namespace", default.namespace),
        values=tuple(_values(fields)),
        homes_folder=_homes(fields, folder),
        local=_local(fields, folder),
        material_repositories=tuple(_repositories(fields)),
    )


def _repositories(fields: Fields) -> Iterator[str]:
    material = fields.section("material")
    if material is None:
        return
    material.only("repositories")
    for index, address in material.places("repositories", str, "text, as https://github.com/college/*"):
        found = _REPOSITORIES.fullmatch(address)
        if found and is_host_name(found["host"]):
            yield address
        else:
            message = f"{address} is no address of repositories."
            why = "A link to one of them brings it to whoever clicks, so it must say whose they are."
            fix = "- https://github.com/college/*"
            material.wrong_inside(("repositories", index), "CH1941", message, why, fix)


def _context(fields: Fields) -> str:
    cluster = fields.section("cluster")
    if cluster is None:
        return ""
    cluster.only("context")
    return cluster.text("context")


def _chart(fields: Fields, folder: Path, default: str) -> dict[str, Any]:
    """The fields of Settings that begin with chart_."""
    chart = fields.section("chart")
    if chart is None:
        return {}
    chart.only("version", "digest", "file")
    return {
        "chart_version": _version(chart, default),
        "chart_digest": _digest(chart),
        "chart_file": _package(chart, folder),
    }


def _version(chart: Fields, default: str) -> str:
    version = chart.text("version", default)
    if version not in VERSIONS:
        message = f"ClassHub has no table of this chart version; config.yaml is checked as for {known(version)}."
        chart.wrong("version", "CH1906", message, "", f"Known: {', '.join(VERSIONS)}.", severity="warning")
    return version


def _digest(chart: Fields) -> str:
    text = chart.text("digest")
    digits = text.lower().removeprefix("sha256:")
    if not text or _SHA256.fullmatch(digits):
        return f"sha256:{digits}" if text else ""
    why = "No chart has it, so none would ever be used."
    fix = "Write sha256: and 64 digits from 0 to f, or take the line out."
    chart.wrong("digest", "CH1916", "chart.digest is no digest of a chart.", why, fix)
    return ""


def _package(chart: Fields, folder: Path) -> Path | None:
    if not chart.given("file"):
        return None
    path = _path(chart, "file", folder)
    if path is not None and not path.is_file():
        fix = f"Put the package (.tgz) there, or correct the path: it starts at {folder.name}/."
        chart.wrong("file", "CH1917", f"chart.file names a file that does not exist: {path}", "", fix)
    return path


def _name(fields: Fields, name: str, default: str) -> str:
    value = fields.text(name, default)
    if not _DNS_LABEL.match(value):
        why = "Kubernetes takes small letters, digits and dashes, at most 53."
        fields.wrong(name, "CH1905", f"{name} cannot be a name in Kubernetes.", why, f"{name}: {default}")
        return default
    return value


def _values(fields: Fields) -> Iterator[str]:
    """The names that can be read. Whether there are such files is for load.py, which knows what is about to be written."""
    seen: set[str] = set()
    for index, name in fields.places("values", str, "text, as autumn.yaml"):
        message, why = ("This file is named twice.", "") if name in seen else _no_values(name)
        if message:
            fields.wrong_inside(("values", index), "CH1914", message, why, "Take the line out.")
        else:
            yield name
        seen.add(name)


def _no_values(name: str) -> tuple[str, str]:
    """What is wrong with it as the name of a further file of values, and why it matters."""
    parts = name.split("/")
    if name in ("config.yaml", "secrets.yaml"):
        return f"{name} is read without being named.", "config.yaml is the first, and secrets.yaml the last."
    if name == "classhub.yaml" or parts[0] == "courses":
        return f"{name} holds no values of the chart.", "It is ClassHub's own file."
    if "\0" in name or name.startswith("~") or any(part in ("", ".", "..") for part in parts):
        return "This is no file in the deployment folder.", "The folder is copied, and kept in git, as a whole."
    return ("", "") if name.endswith((".yaml", ".yml")) else ("This is no .yaml file.", "Values are YAML.")


def _homes(fields: Fields, folder: Path) -> Path | None:
    homes = fields.section("homes")
    if homes is None:
        return None
    homes.only("folder")
    if not homes.given("folder"):
        return None
    path = _path(homes, "folder", folder.parent)
    if path is not None and (path == folder or folder in path.parents):
        why = "config/ is kept in git, and students' files do not belong there."
        homes.wrong(
            "folder", "CH1907", "homes.folder lies inside the deployment folder.", why, "folder: .classhub/homes"
        )
    elif path is not None and path.parent != folder.parent / ".classhub" and not _is_folder(path.parent):
        message = f"homes.folder lies in a folder that is not there on this machine: {path.parent}."
        why = "`up` refuses to begin: a disk that is not mounted looks the same."
        homes.wrong("folder", "CH1918", message, why, _make(path.parent), severity="warning")
    return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # closed to us; whoever starts the hub may see more
        return True


def _make(folder: Path) -> str:
    return f"Mount the disk, correct the path, or make the folder: mkdir -p {quote(str(folder))}"


def _local(fields: Fields, folder: Path) -> Local:
    local = fields.section("local")
    if local is None:
        return Local()
    local.only("address", "port", "certificate", "key", "https", "host", "servers", "starts_at_once")
    certificate, key = (_pem(local, name, folder) for name in ("certificate", "key"))
    has_pair = local.given("certificate") and local.given("key")
    https = local.choice("https", "own" if has_pair else "off", HTTPS, on=_on(local, has_pair))
    found = Local(
        address=_address(local),
        port=local.whole("port", 8000, 1, 65535),
        certificate=certificate,
        key=key,
        https=https,
        host=_host(local),
        servers=local.whole("servers", 0, 0, 100_000),
        starts_at_once=local.whole("starts_at_once", 0, 0, 1000),
    )
    _consistent(local, found)
    return found


_KINDS = (
    "own is your certificate, acme a public one for local.host, internal one of Caddy's own, which browsers warn of."
)


def _on(local: Fields, has_pair: bool) -> tuple[str, str]:
    """What `https: on` most probably means: a certificate that is there, else one that can be had for the host."""
    host = local.text("host") if local.is_text("host") else ""
    word = "own" if has_pair else "acme" if "." in host else "internal"
    return f"https: {word}" + ("" if host or has_pair else ", and host: hub.college.edu"), _KINDS


def _consistent(local: Fields, found: Local) -> None:
    has_certificate, has_key = local.given("certificate"), local.given("key")
    if has_certificate != has_key:
        there, lacking = ("certificate", "key") if has_certificate else ("key", "certificate")
        local.wrong(
            there,
            "CH1908",
            f"local.{there} is given without local.{lacking}.",
            "HTTPS needs both.",
            f"Add {lacking}: FILE",
        )
    elif found.https == "own" and not has_certificate:
        message = "local.https is own, but local.certificate and local.key are missing."
        local.wrong("https", "CH1908", message, "", "Name the two PEM files, or write https: internal.")
    elif has_certificate and found.https != "own":
        message = f"local.certificate is given, but local.https is {found.https}, so it is not used."
        local.wrong("https", "CH1908", message, "", "https: own", severity="warning")
    if found.https in ("acme", "internal") and not found.host:
        why = "A certificate is issued for a host name that leads here."
        local.wrong(
            "https",
            "CH1908",
            f"local.https is {found.https}, but local.host is missing.",
            why,
            "Add host: hub.college.edu",
        )
    if found.address in ("0.0.0.0", "::") and not found.host:
        message = f"local.address is {found.address}, but local.host is missing, so links say 127.0.0.1."
        local.wrong(
            "address",
            "CH1909",
            message,
            "Nobody else can follow them.",
            "Add host: hub.college.edu",
            severity="warning",
        )


def _address(local: Fields) -> str:
    """An IP address, or localhost. Nothing is looked up."""
    from ipaddress import ip_address  # late: most folders do not set it

    address = local.text("address", "127.0.0.1")
    try:
        return address if address == "localhost" else str(ip_address(address.strip("[]")))
    except ValueError:
        fix = "127.0.0.1 (this machine only), 0.0.0.0 (all its addresses), or one address of this machine."
        local.wrong("address", "CH1909", "local.address is not an IP address.", "", fix)
        return "127.0.0.1"


def _host(local: Fields) -> str:
    host = local.text("host")
    if host and not is_host_name(host):
        local.wrong(
            "host", "CH1910", "local.host is not a host name.", "", "Write the name alone: no https://, port or path."
        )
        return ""
    return host


def _pem(local: Fields, name: str, folder: Path) -> Path | None:
    if not local.given(name):
        return None
    path = _path(local, name, folder)
    if path is not None and not path.is_file():
        fix = f"Put the PEM file there, or correct the path: it starts at {folder.name}/."
        local.wrong(name, "CH1911", f"local.{name} names a file that does not exist: {path}", "", fix)
    return path


def _path(fields: Fields, name: str, base: Path) -> Path | None:
    text = fields.text(name)
    if not text or "\0" in text:
        return None
    try:
        return base.joinpath(Path(text).expanduser())
    except RuntimeError:  # ~somebody who does not exist
        fields.wrong(
            name, "CH1912", f"{name} starts with the home of somebody unknown here.", "", "Write the whole path."
        )
        return None
