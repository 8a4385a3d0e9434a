"""git with nothing of this machine's settings, hooks, prompts or helpers, and with one course's key or token. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

CONNECT_S = 10
SILENCE_S = 10
"""A connection that brings next to nothing for so long is cut."""

CONFIG = f"""[safe]
    directory = *
[gc]
    auto = 0
[maintenance]
    auto = false
[transfer]
    fsckObjects = false
    unpackLimit = 1
[core]
    hooksPath = /dev/null
[http]
    lowSpeedLimit = 1000
    lowSpeedTime = {SILENCE_S}
"""
"""All the configuration there is. Owners do not count: nothing of a repository is run. Odd objects come; what is odd is left out path
by path. What comes stays packed, as little of it may stand for much. Nothing is tidied away: a student's clone may begin at a commit
that a push by force took away."""

ASKPASS = """#!/bin/sh
# The token is for one host alone: an address that leads elsewhere gets nothing.
case "$1" in
    "Username for '$CLASSHUB_GIT_HOST'"*) printf '%s\\n' "$CLASSHUB_GIT_USER" ;;
    "Password for '$CLASSHUB_GIT_HOST_OF_USER'"*) printf '%s\\n' "$CLASSHUB_GIT_SECRET" ;;
    *) exit 1 ;;
esac
"""

KEPT = (
    *("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "SSH_AUTH_SOCK"),
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
)
"""Of the environment: how this machine reaches others."""
_SCP = re.compile(r"(?!/)[^/]*:")


@dataclass(frozen=True)
class Access:
    """What opens a private repository."""

    key: Path | None = None
    """File of a private key, for ssh."""
    user: str = ""
    secret: str = ""
    """A token or password, for https. In no argv, address or file of ours."""


def protocol(address: str) -> str:
    """ "file", "ssh", "http" or "https"."""
    if "://" in address:
        return address.partition("://")[0].lower()
    return "ssh" if _SCP.match(address) else "file"


def environment(home: Path, address: str, access: Access, environ: Mapping[str, str]) -> dict[str, str]:
    """All that git gets. home: a folder of our own with `gitconfig`, `askpass` and a link `key`; git is run in it."""
    wanted = protocol(address)
    kept = {name: environ[name] for name in KEPT if name in environ}
    return {
        **kept,
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https" if wanted == "http" else wanted,
        "GIT_ASKPASS": str(home / "askpass"),
        "SSH_ASKPASS": "false",
        **(_ssh(access) if wanted == "ssh" else {}),
        **(_token(address, access) if wanted in ("http", "https") and access.secret else {}),
    }


def _ssh(access: Access) -> dict[str, str]:
    """A key of the course's own, and nobody else's; without one, those of this account.

    git runs in our home, so names alone do: in a path ssh would read % and ${...} as its own.
    """
    words = ["ssh"]
    if access.key:
        words += ["-F", "/dev/null", "-i", "key", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
    for option in (
        "UserKnownHostsFile=known_hosts",
        "GlobalKnownHostsFile=/dev/null",
        "StrictHostKeyChecking=accept-new",
        "BatchMode=yes",
        f"ConnectTimeout={CONNECT_S}",
        "ServerAliveInterval=5",
        "ServerAliveCountMax=2",
    ):
        words += ["-o", option]
    return {"GIT_SSH_COMMAND": " ".join(words), "GIT_SSH_VARIANT": "ssh"}


def _token(address: str, access: Access) -> dict[str, str]:
    parts = urlsplit(address)
    user = access.user or "x-access-token"
    host = parts.netloc.rpartition("@")[2]
    return {
        "CLASSHUB_GIT_HOST": f"{parts.scheme}://{host}",
        "CLASSHUB_GIT_HOST_OF_USER": f"{parts.scheme}://{quote(user, safe='')}@{host}",
        "CLASSHUB_GIT_USER": user,
        "CLASSHUB_GIT_SECRET": access.secret,
    }
