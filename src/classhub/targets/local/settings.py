"""Config and machine -> the settings that supervisor and hub work from (hub.json). Pure."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from classhub.config.extra_config import extra_config
from classhub.config.model import Config, Material
from classhub.config.parity_classes import NOT_HERE, OURS
from classhub.config.traits import traits
from classhub.config.traits.lookup import mapping
from classhub.config.traits.names import names
from classhub.config.traits.services import CULLER, roles
from classhub.plan.mirror_settings import mirror_settings
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths

MOST_STARTS_AT_ONCE = 8
MACHINE_S = (
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib64",
    "opt",
    "proc",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr",
    "var",
)


def settings(config: Config, machine: Machine, paths: Paths, *, is_root: bool, cores: int) -> dict[str, Any]:
    """JSON values only. "proxy", "hub", "mirror" (empty without material), "culler" (empty without culling), "login",
    "hidden". Holds secrets."""
    own = traits(
        config.values,
        release=config.settings.release,
        namespace=config.settings.namespace,
        chart_version=config.settings.chart_version,
    )
    services = own["JupyterHub"]["services"]
    proxy = _proxy(config, machine, paths)
    return {
        "proxy": proxy,
        "hub": {
            "traits": _held(own),
            "values": dict(config.values),
            "release": config.settings.release,
            "prefix": names(config.values, config.settings.release).prefix,
            "extra_config": [list(pair) for pair in extra_config(config.values)],
            "services": _own_services(config, services),
            "culler_role": next((role for role in roles(config.values) if role["name"] == CULLER), None),
            "tokens": {"classhub": machine.classhub_token, "culler": machine.culler_token, "crypt": machine.crypt_key},
            "machine": _machine(config, paths, proxy, is_root, cores),
        },
        "mirror": _mirror(config, paths, proxy),
        "culler": _culler(services, machine, proxy),
        "login": _login(config),
        "hidden": [list(way) for way in config.hidden],
    }


def _held(own: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Without what this machine sets for itself, or cannot do: parity says so of each."""
    hub = {name: value for name, value in own["JupyterHub"].items() if name not in OURS | NOT_HERE}
    return {**own, "JupyterHub": hub}


def _own_services(config: Config, services: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The college's, each with the token that was written for it: whoever calls the hub from elsewhere has it already."""
    written = mapping(config.values, "hub.services")
    tokens = {(one or {}).get("name", key): (one or {}).get("apiToken") for key, one in written.items()}
    own = [service for service in services if service["name"] != CULLER]
    return [{**one, **({"api_token": tokens[one["name"]]} if tokens.get(one["name"]) else {})} for one in own]


def address(config: Config) -> str:
    """What a person types into a browser, with trailing slash."""
    local = config.settings.local
    scheme = "http" if local.https == "off" else "https"
    host = local.host or local.address
    host = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[scheme]
    port = "" if local.port == default else f":{local.port}"
    return f"{scheme}://{host}{port}{base_url(config)}"


def door(proxy: Mapping[str, Any]) -> str:
    """Where our own commands ask, token in hand: on the loopback, whatever the hub's name leads to.

    Through the proxy a restarting hub is a short wait; behind a certificate, or on another address, the hub's own door.
    """
    host, _, port = proxy["listen"].rpartition(":")
    near = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "localhost": "127.0.0.1"}.get(host, host)
    is_near = near.startswith("127.") or near == "[::1]"
    where = f"{near}:{port}" if is_near and proxy["https"]["mode"] == "off" else proxy["hub"]
    return f"http://{where}{proxy['base_url']}"


def base_url(config: Config) -> str:
    """hub.baseUrl with slashes at both ends."""
    inner = str(config.values.get("hub", {}).get("baseUrl", "/")).strip("/")
    return f"/{inner}/" if inner else "/"


def _proxy(config: Config, machine: Machine, paths: Paths) -> dict[str, Any]:
    local = config.settings.local
    host = f"[{local.address}]" if ":" in local.address else local.address
    return {
        "listen": f"{host}:{local.port}",
        "internal": f"127.0.0.1:{machine.internal_port}",
        "hub": f"127.0.0.1:{machine.hub_port}",
        "hub_socket": str(paths.hub_socket),
        "mirror_socket": str(paths.mirror_socket),
        "base_url": base_url(config),
        "url": address(config),
        "sockets": str(paths.sockets),
        "admin": str(paths.caddy_admin),
        "storage": str(paths.state / "caddy"),
        "https": {
            "mode": local.https,
            "host": local.host,
            "certificate": str(local.certificate or ""),
            "key": str(local.key or ""),
        },
    }


def _machine(config: Config, paths: Paths, proxy: Mapping[str, Any], is_root: bool, cores: int) -> dict[str, Any]:
    return {
        "id": paths.runtime.name,
        "root": is_root,
        "python": sys.executable,
        "servers": config.settings.local.servers,
        "starts_at_once": config.settings.local.starts_at_once or starts_at_once(cores),
        "folders": {
            "state": str(paths.state),
            "homes": str(paths.homes),
            "runtime": str(paths.runtime),
            "servers": str(paths.servers),
            "logs": str(paths.user_logs),
            "events": str(paths.events),
            "libraries": str(paths.libraries),
        },
        "hide": _hidden([paths.state, paths.homes, paths.runtime, config.folder, *sources(config)]),
        "material": f"http://{proxy['hub']}{proxy['base_url']}services/material" if config.has_material else "",
        "material_files": str(paths.mirror_files) if config.has_material else "",
    }


def starts_at_once(cores: int) -> int:
    """A start is 2.2 CPU seconds: three at a time on two cores all came up, 24 at a time none (facts: local-hub.md, 6)."""
    return min(cores + 1, MOST_STARTS_AT_ONCE)


def _hidden(folders: Sequence[Path]) -> list[str]:
    return [str(folder) for folder in folders]


def sources(config: Config) -> list[Path]:
    """Folders of this machine that courses' material comes from: it lies there before its date, readable by whoever may.

    Of an archive the folder that it lies in. Left out is what servers need, or this machine: nothing of it can be hidden.
    """
    given = (course.source for course in config.courses)
    found = {folder for one in given if one and (folder := _local(one)) and folder.is_absolute()}
    return sorted(folder for folder in found if _can_be_hidden(folder, config))


def _local(material: Material) -> Path | None:
    """None for what lies on another machine."""
    address = urlsplit(material.source)
    if address.scheme == "file":
        path = Path(unquote(address.path))
    elif material.source.startswith("/"):
        path = Path(material.source)
    else:
        return None
    return path.parent if material.kind == "archive" else path


def _can_be_hidden(folder: Path, config: Config) -> bool:
    needed = (sys.executable, sys.prefix, sys.base_prefix, __file__, os.fspath(config.folder))
    real = folder.resolve()
    top = real.parts[1] if len(real.parts) > 1 else ""
    is_the_machine_s = len(real.parts) <= 2 and top in ("", *MACHINE_S)
    return not is_the_machine_s and not any(Path(one).resolve().is_relative_to(real) for one in needed)


def _mirror(config: Config, paths: Paths, proxy: Mapping[str, Any]) -> dict[str, Any]:
    """The mirror's own settings and where it is; none when no course has material."""
    if not config.has_material:
        return {}
    place = {
        "libraries": str(paths.libraries),
        "listen": str(paths.mirror_socket),
        "files": str(paths.mirror_files),
        "prefix": f"{proxy['base_url']}services/material",
        "hub_api": f"http://{proxy['hub']}{proxy['base_url']}hub/api",
    }
    return {**mirror_settings(config, paths.material, imports_here=True), **place}


def _culler(services: Sequence[Mapping[str, Any]], machine: Machine, proxy: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's own command line, with this machine's interpreter and address; the supervisor runs it, so that it outlives the hub."""
    for service in services:
        if service.get("name") == CULLER and "command" in service:
            url = f"--url=http://{proxy['hub']}{proxy['base_url']}hub/api"
            return {
                "argv": [
                    sys.executable,
                    *(url if word.startswith("--url=") else word for word in service["command"][1:]),
                ],
                "token": machine.culler_token,
            }
    return {}


def _login(config: Config) -> dict[str, Any]:
    login = config.login
    return {
        "stand_in": login.stand_in,
        "configured": login.configured,
        "why": login.why,
        "admins": list(login.admins),
        "allowed": list(login.allowed),
        "sections": list(login.sections),
    }
