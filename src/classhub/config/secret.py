"""Which keys hold secrets, by their names, and values with the secrets masked."""

import re
from collections.abc import Callable
from typing import Any

from classhub.config.document import Where

MASK = "********"
_NAMES = re.compile(r"(secret|password|passwd|passphrase|token|cookiesecret|(api|private|secret|access)key)s?$")
_ONLY_NAMES = ("existingsecret", "imagepullsecret", "imagepullsecrets")
"""Kubernetes' names of secrets; not secrets themselves."""
_ABOVE = ("CryptKeeper", "consumers")
"""Whatever stands below these: keys of the cookie's cipher, LTI 1.1 keys with their secrets."""
_PEM: Where = ("proxy", "https", "manual", "key")
_LOGIN_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)")


def is_secret(where: Where) -> bool:
    names = [part for part in where if isinstance(part, str)]
    if not names:
        return False
    plain = re.sub(r"[^a-z]", "", names[-1].lower())
    if any(name in _ABOVE for name in names) or where == _PEM:
        return True
    return plain not in _ONLY_NAMES and bool(_NAMES.search(plain))


def holds_secret(where: Where, value: Any) -> bool:
    """It, or something within it."""
    if isinstance(value, dict):
        return any(holds_secret((*where, name), inner) for name, inner in value.items())
    if isinstance(value, list):
        return any(holds_secret((*where, number), inner) for number, inner in enumerate(value))
    return isinstance(value, str) and value != "" and is_secret(where)


def masked(value: Any, where: Where, is_hidden: Callable[[Where], bool] = is_secret) -> Any:
    """A copy; what is hidden and not empty is ********, a login within an address too."""
    if isinstance(value, dict):
        return {name: masked(inner, (*where, name), is_hidden) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, (*where, number), is_hidden) for number, inner in enumerate(value)]
    if value is None or value == "" or isinstance(value, bool):
        return value
    if is_hidden(where):
        return MASK
    return _LOGIN_IN_ADDRESS.sub(MASK, value) if isinstance(value, str) else value
