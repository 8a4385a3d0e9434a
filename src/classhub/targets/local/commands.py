"""How each part is started: argv, environment, log. Pure; the supervisor runs them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from classhub.plan.changes import PARTS, digests, is_wanted
from classhub.targets.local.paths import Paths
from classhub.walls import machine_uids

__all__ = ["LOGIN_VARIABLES", "PARTS", "Command", "command"]

LOGIN_VARIABLES = ("OAUTH", "GOOGLE_", "GITHUB_", "GITLAB_", "CILOGON_", "BITBUCKET_", "AUTH0_", "OPENSHIFT_URL")
"""Where oauthenticator 17 looks for a client's id and secret beside the traits (read in its source)."""


@dataclass(frozen=True)
class Command:
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    launched: Mapping[str, str] = field(default_factory=dict)
    """Digests of the settings that it stands for."""


def command(part: str, settings: Mapping[str, Any], paths: Paths, environ: Mapping[str, str]) -> Command | None:
    """The command of a part; None when these settings do without it (no culling, no material)."""
    if not is_wanted(part, settings):
        return None
    return replace(_MAKERS[part](settings, paths, environ), launched=digests(settings))


def _proxy(settings: Mapping[str, Any], paths: Paths, environ: Mapping[str, str]) -> Command:
    config = paths.runtime / "caddy.json"
    argv = (_beside_python("caddy"), "run", "--config", str(config))
    env = {
        **_plain(environ),
        "HOME": str(paths.state),
        "XDG_DATA_HOME": str(paths.state / "caddy"),
        "XDG_CONFIG_HOME": str(paths.state / "caddy"),
    }
    return Command(argv, env, paths.state, paths.logs / "proxy.log")


def _hub(settings: Mapping[str, Any], paths: Paths, environ: Mapping[str, str]) -> Command:
    from classhub import hub

    source = Path(hub.__file__).with_name("jupyterhub_config.py")
    argv = (sys.executable, "-m", "jupyterhub", "--config", str(source))
    env = {**_plain(environ), "CLASSHUB_STATE": str(paths.state), "HOME": environ.get("HOME", str(paths.state))}
    return Command(argv, env, paths.state, paths.logs / "hub.log")


def _mirror(settings: Mapping[str, Any], paths: Paths, environ: Mapping[str, str]) -> Command:
    argv = (sys.executable, "-m", "classhub.materials.mirror", str(paths.mirror_json))
    return Command(argv, {**_plain(environ), "HOME": str(paths.state)}, paths.state, paths.logs / "mirror.log")


def _culler(settings: Mapping[str, Any], paths: Paths, environ: Mapping[str, str]) -> Command:
    culler = settings["culler"]
    env = {**_plain(environ), "JUPYTERHUB_API_TOKEN": culler["token"]}
    argv = (sys.executable, *culler["argv"][1:])
    return Command(argv, env, paths.state, paths.logs / "culler.log")


_MAKERS = {"proxy": _proxy, "hub": _hub, "mirror": _mirror, "culler": _culler}


def _plain(environ: Mapping[str, str]) -> dict[str, str]:
    """What a part needs of our environment: a clean path with this interpreter first, language, proxies, secrets by name.

    OAuth secrets may be given as environment variables, as oauthenticator documents.
    """
    keep = (
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        machine_uids.VARIABLE,
    )
    kept = {name: value for name, value in environ.items() if name in keep or name.startswith(LOGIN_VARIABLES)}
    path = environ.get("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{path}", "PYTHONUNBUFFERED": "1"}


def _beside_python(program: str) -> str:
    """A program that pip installed with this interpreter."""
    return str(Path(sys.executable).parent / program)
