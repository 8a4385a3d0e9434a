"""Which names and places say that a secret stands there, or that one may."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from classhub.config.document import Where

MASK = "********"
_NAMES = re.compile(
    r"(secret|password|passwd|pwd|passphrase|token|credential|(?<!by)(?<!com)pass"
    r"|(api|private|secret|access|crypt|encryption|signing|deploy|ssh)key)s?$"
)
_LAST_WORD = re.compile(r"(^|[^A-Za-z]|[a-z])(PAT|Pat)$|(^|[^A-Za-z])pat$")
"""A personal access token; not compat."""
_ONLY_NAMES = ("existingsecret", "imagepullsecret", "imagepullsecrets", "pullsecrets", "pass")
"""Kubernetes' names of secrets; not secrets themselves. Nor is whatever may pass."""
_ABOVE = ("CryptKeeper", "consumers")
"""Whatever stands below these: keys of the cookie's cipher, LTI 1.1 keys with their secrets."""
PEM: Where = ("proxy", "https", "manual", "key")
_FREE = {
    *("extraconfig", "extraenv", "env", "environment", "cmd", "command", "args", "lifecyclehooks"),
    *("initcontainers", "extracontainers", "extrapodconfig", "custom", "global"),
}
"""Code, environments, command lines and whatever the college likes, as the chart and KubeSpawner spell them."""
_NONE_IN_A_LIST = ("name", "image", "imagePullPolicy", "mountPath", "subPath", "workingDir", "containerPort")
"""Of a container, its mounts and its variables."""
_KNOWN_BELOW = ("valueFrom", "pluginConfig")
"""Where a value is, and the scheduler's arguments."""
_DATABASES: tuple[Where, ...] = (
    ("hub", "db", "url"),
    ("hub", "config", "JupyterHub", "db_url"),
    ("JupyterHub", "db_url"),
)
_PLACEHOLDER = re.compile(r"^<.*>$|^(replace|change[-_ ]?(me|it)|todo|your[-_ ]|xxx|\.\.\.)", re.IGNORECASE)
_IN_A_QUESTION = ("key", "sig", "signature", "code", "auth", "pw")


def is_secret(where: Where) -> bool:
    """Whether the names of the keys say so."""
    names = [part for part in where if isinstance(part, str)]
    if not names:
        return False
    plain = re.sub(r"[^a-z]", "", names[-1].lower())
    if any(name in _ABOVE for name in names) or tuple(names) == PEM:
        return True
    return plain not in _ONLY_NAMES and bool(_NAMES.search(plain) or _LAST_WORD.search(names[-1]))


def is_free(where: Where) -> bool:
    """Whether a secret may stand there under any name."""
    names = [part.replace("_", "").lower() if isinstance(part, str) else "" for part in where]
    return not _FREE.isdisjoint(names) and not any(name in where for name in _KNOWN_BELOW)


def is_plain(where: Where) -> bool:
    """What says of a container, a mount or a variable which one it is, among places of any name."""
    is_entry = len(where) > 1 and isinstance(where[-2], int) and where[0] not in ("custom", "global")
    return is_entry and where[-1] in _NONE_IN_A_LIST


def is_database(where: Where) -> bool:
    """An address that has a password in it for the most part."""
    return where in _DATABASES


def asks_secretly(name: str) -> bool:
    """?key=... in an address."""
    return name.lower() in _IN_A_QUESTION or is_secret((name,))


def is_placeholder(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(is_placeholder(part) for pair in value.items() for part in pair)
    return isinstance(value, str) and bool(_PLACEHOLDER.search(value.strip()))


def holds_only_secrets(file: str) -> bool:
    """Whether all of a file is to be hidden, by its name: secrets.yaml, prod.secrets.yaml."""
    return "secret" in PurePath(file).name.lower()
