"""Secrets: where they stand, whether git keeps them, and whether they are worth the name. None is ever shown."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from shlex import quote

from classhub.config.document import Where
from classhub.config.meaning.found import Values, is_stock
from classhub.config.problem import Problem
from classhub.config.secret import secrets, unnamed
from classhub.config.secret_names import is_placeholder
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, mapping

Tracked = Callable[[str], bool | None]
"""Does git keep this file: "config.yaml" of the folder, or a whole path? None: nobody knows."""

_KEYS: tuple[Where, ...] = (
    ("proxy", "secretToken"),
    ("hub", "cookieSecret"),
    ("hub", "config", "JupyterHub", "cookie_secret"),
    ("hub", "config", "ConfigurableHTTPProxy", "auth_token"),
)
"""What the chart makes by itself if it is not written."""
_FREE = ("custom", "global")
"""Where a name alone does not prove what its value is; so in the college's own files."""
_LEAST = 32
_HOW = "openssl rand -hex 32"
_PASSWORDS = {"user_password": 8, "admin_password": 32}
"""jupyterhub/authenticators/shared.py."""


def problems(
    values: Values, kept: Mapping[str, Values], secret: Mapping[str, Values], tracked: Tracked | None
) -> Iterator[Problem]:
    """kept, secret: what stands in the files by their names; all of the latter is secret."""
    for file, standing in kept.items():
        in_git = tracked(file) if tracked else None
        if in_git is not False:
            yield from _written(file, standing, in_git is True)
    for file, standing in secret.items():
        if standing and tracked and tracked(file):
            yield _tracked(file, standing)
    yield from _weak(values)
    yield from _crypt_keys(values)
    yield from _passwords(values)


def _written(file: str, standing: Values, in_git: bool) -> Iterator[Problem]:
    named = dict.fromkeys(secrets(standing))
    for where in named:
        if not is_placeholder(at(standing, where)):
            sure = in_git and where[0] not in _FREE and "extraFiles" not in where and not _is_path(where, standing)
            yield _in_the_open(where, file, "is", in_git, sure)
    for where, certain in dict(unnamed(standing)).items():
        if not any(where[:length] in named for length in range(len(where) + 1)):
            yield _in_the_open(where, file, "holds" if certain else "seems to hold", in_git, in_git and certain)


def _is_path(where: Where, standing: Values) -> bool:
    """GOOGLE_APPLICATION_CREDENTIALS: where the secret is, and not what."""
    return str(at(standing, where)).startswith(("/", "~"))


def _tokens(values: Values) -> list[Where]:
    return [
        ("hub", "services", key, name) for key in mapping(values, "hub.services") for name in ("apiToken", "api_token")
    ]


def _in_the_open(where: Where, file: str, verb: str, in_git: bool, sure: bool) -> Problem:
    name = PurePath(file).name if PurePath(file).is_absolute() else file
    meant = "the file that is meant for git" if name == "config.yaml" else "a file that is not kept for secrets alone"
    message = f"{dotted(where)} {verb} a secret, and stands in {name}, {'which git keeps' if in_git else meant}."
    fix = "Move the line to secrets.yaml, below the same keys." + (" Then make a new secret." if in_git else "")
    why = "Whoever can read the repository, now or later, has it."
    return Problem(where, message, why, fix, "error" if sure else "warning", "CH1701", file=file)


def _tracked(file: str, secret: Values) -> Problem:
    path = PurePath(file)
    why = "Whoever can read the repository, now or later, has every secret in it."
    place = str(path) if path.is_absolute() else f"config/{path}"
    ignore = str(path.parent / ".gitignore") if path.is_absolute() else "config/.gitignore"
    name = path.name if path.is_absolute() else file
    fix = f"git rm --cached {quote(place)}, write {name} in {ignore}, and make new secrets."
    return Problem((next(iter(secret)),), f"{name} is kept by git.", why, fix, code="CH1702", file=file)


def _weak(values: Values) -> Iterator[Problem]:
    seen: dict[str, Where] = {}
    for where in [*_KEYS, *_tokens(values)]:
        value = at(values, where)
        if not isinstance(value, str) or not value:
            continue
        if value in seen:
            message = f"{dotted(where)} is the same as {dotted(seen[value])}."
            why = "Who gets hold of one has the other too."
            yield Problem(where, message, why, f"Make each by itself: {_HOW}", "warning", "CH1704")
        elif where in _KEYS and (is_placeholder(value) or len(value) < _LEAST):
            message = f"{dotted(where)} can be guessed: it has less than {_LEAST} characters, or is an example."
            fix = f"Remove the line: the chart makes one and keeps it. Or make one: {_HOW}"
            yield Problem(where, message, "It guards every login.", fix, "warning", "CH1703")
        seen.setdefault(value, where)


def _crypt_keys(values: Values) -> Iterator[Problem]:
    where: Where = ("hub", "config", "CryptKeeper", "keys")
    written = at(values, where)
    keys = written.split(";") if isinstance(written, str) else written if isinstance(written, list) else []
    used = any(at(section, ("enable_auth_state",)) is True for section in mapping(values, "hub.config").values())
    for index, key in enumerate(keys):
        if not is_placeholder(key) and not _is_key(str(key)):
            here = where if isinstance(written, str) else (*where, index)
            message = f"{dotted(here)} is no key of 32 bytes."
            why = "The hub would not start." if used else "The hub does not start with it once enable_auth_state is on."
            yield Problem(here, message, why, f"Make one: {_HOW}", "error" if used else "warning", "CH1705")


def _is_key(text: str) -> bool:
    """As jupyterhub/crypto.py reads it."""
    if len(text) == 44:
        try:
            return len(urlsafe_b64decode(text)) == 32
        except ValueError:
            return False
    return len(text) == 32 or bool(re.fullmatch(r"[0-9a-fA-F]{64}", text))


def _passwords(values: Values) -> Iterator[Problem]:
    if at(values, ("hub", "config", "JupyterHub", "authenticator_class")) != "shared-password":
        return
    severity = "error" if is_stock(values) else "warning"
    section: Where = ("hub", "config", "SharedPasswordAuthenticator")
    for name, least in _PASSWORDS.items():
        where = (*section, name)
        value = at(values, where)
        if isinstance(value, str) and 0 < len(value) < least and not is_placeholder(value):
            message = f"{dotted(where)} has less than {least} characters."
            fix = f"Make a longer one: openssl rand -hex {least // 2}"
            yield Problem(where, message, "The hub would not start.", fix, severity, "CH1706")
    first, second = (at(values, (*section, name)) for name in _PASSWORDS)
    if first and first == second and isinstance(first, str):
        where = (*section, "admin_password")
        message = f"{dotted(where)} is the same as user_password."
        yield Problem(where, message, "The hub would not start.", "openssl rand -hex 32", severity, "CH1704")
