"""Secrets within a text: logins in addresses, keys, and what is given to a name that says it is a secret."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from classhub.config.secret_names import MASK, asks_secretly, is_secret

_WORD = re.compile(r"""(?:[^\s"']|["'](?![\s,;:)\]}"'=]|$))+""")
"""A quote that more follows is part of a password."""
_WHOLE = re.compile(r"\s*[A-Za-z][\w+.-]*://\S")
_PORT = re.compile(r"\d{1,5}/(.*)", re.DOTALL)
_OF_A_HUB = re.compile(r"(^|/)(hub|user|users|services)/")
_QUESTION = re.compile(r"[?&]([\w.-]{1,100})=([^&#\s\"']+)")
_LONG = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[\w+/=-]{16,}", re.ASCII)
_ASSIGNED = re.compile(
    r"(?:secret|password|passwd|token|credential|(?:api|private|access)_?key|_pass)\w{0,30}[\"']?\]?\s{0,9}[=:]\s{0,9}"
    r"(?:(?:str|bytes|bytes\.fromhex|SecretStr)?[(\[]\s{0,9}){0,3}[fbruFBRU]{0,2}(\"\"\"|'''|\"|')(?P<it>(?:\\.|(?!\1).){1,500})\1",
    re.IGNORECASE | re.DOTALL,
)
"""In code: client_secret = "...", "token": "..."."""
_GIVEN = re.compile(
    r"(?<![\w.\-?&])(?:--?)?([A-Za-z_][\w.-]{0,60})=(?![fbruFBRU]{1,2}[\"'])([^\s\"'()\[\]{}$<>;,&|%`]+)(?=[\s\"';&|]|$)"
)
"""API_TOKEN=..., --token=..."""
_OPTION = re.compile(r"(?<![\w-])--([a-z][\w-]{0,60})\s+([^\s\"'()\[\]{}$<>;,&|%`-][^\s\"'()\[\]{}$<>;,&|%`]*)")
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL)
_GLUED = re.compile(r"^\s*([\w.-]+)[:=](\S+)\s*$")
"""A line of YAML without the space behind its colon is a text."""
_TELLTALES = ("stringData", "binaryData", "value", "url")
_DATABASE_WITHOUT = re.compile(
    r"sqlite:///?[^?@]*|[A-Za-z][\w+.-]*://(?:[\w.-]+@)?[\w.-]+(?::\d{1,5})?(?:/[\w.-]*)?(?:\?[\w=&.-]*)?", re.ASCII
)


class Found(NamedTuple):
    """What is masked, and the secret in it."""

    start: int
    end: int
    text: str
    is_likely: bool = True
    """False: long and without a meaning, as many a secret is."""


def clean(text: str) -> str:
    """Without what is found in it."""
    parts, done = [], 0
    for start, end, *_ in sorted(found(text)):
        if start >= done:
            parts += [text[done:start], MASK]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def found(text: str) -> Iterator[Found]:
    """In any order; they may overlap."""
    if (glued := _GLUED.match(text)) and (glued[1] in _TELLTALES or is_secret((glued[1],))):
        yield Found(glued.start(2), glued.end(2), glued[2])
    yield from logins(text)
    for one in _PEM.finditer(text):
        yield Found(one.start(), one.end(), one[0])
    for one in _ASSIGNED.finditer(text):
        yield Found(*one.span("it"), one["it"])
    for one in _QUESTION.finditer(text):
        if (named := asks_secretly(one[1])) or _LONG.fullmatch(one[2]):
            yield Found(*one.span(2), one[2], named)
    for one in (*_GIVEN.finditer(text), *_OPTION.finditer(text)):
        if is_secret((one[1],)):
            yield Found(*one.span(2), one[2])


def has_private_key(text: str) -> bool:
    return bool(_PEM.search(text))


def is_obscure(database: str) -> bool:
    """Whether a secret may be left in it when it is clean: of a known form are only addresses."""
    return not _DATABASE_WITHOUT.fullmatch(clean(database).replace(MASK, "x").strip())


def logins(text: str) -> Iterator[Found]:
    """Each login in an address."""
    if "://" not in text or "@" not in text:
        return
    is_one = text.count("://") == 1 and _WHOLE.match(text)
    for begin, word in [(0, text)] if is_one else [(one.start(), one[0]) for one in _WORD.finditer(text)]:
        yield from _logins_of(word, begin)


def _logins_of(word: str, begin: int) -> Iterator[Found]:
    scheme, *rest = word.split("://")
    end = begin + len(scheme)
    for part in rest:
        start = end + len("://")
        end = start + len(part)
        login, password = _login(scheme, part)
        if password:
            yield Found(start, start + len(login), password)
        scheme = part


def _login(scheme: str, address: str) -> tuple[str, str]:
    """Login and password of what stands behind ://; over https a token alone, as git hosts take it; "" without.

    A password goes on to the last @: whoever writes / or @ in it forgets that they ought to be %2F and %40.
    """
    login = address.rpartition("@")[0]
    name, _, password = login.partition(":")
    is_web = scheme.endswith(("http", "https"))
    if password and "/" not in name and not password[0].isspace() and not (is_web and _is_port(name, password)):
        return login, password
    if not scheme.endswith("https"):
        return "", ""
    first = address.partition("/")[0]
    if "@" not in first and ":" not in first and "." not in first and first != "localhost":
        return login, login  # no name of a host: a token with a slash in it
    token = first.rpartition("@")[0]
    return (token, token) if ":" not in token else ("", "")


def _is_port(host: str, rest: str) -> bool:
    """Of an address of the web whose path has an @ in it; `user:123/x@host` is a login."""
    found = _PORT.match(rest)
    return bool(found and ("." in host or host == "localhost" or _OF_A_HUB.search(found[1])))
