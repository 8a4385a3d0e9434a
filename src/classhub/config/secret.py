"""Where secrets stand, and copies of values without them: the one list for all who ask for, judge or show a value."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from classhub.config.document import Document, Where
from classhub.config.traits.lookup import at

MASK = "********"
_NAMES = re.compile(
    r"(secret|password|passwd|pwd|passphrase|token|(api|private|secret|access|crypt|encryption|signing|deploy|ssh)key)s?$"
)
_LAST_WORD = re.compile(r"(?:^|[^A-Za-z]|(?<=[a-z])(?=[A-Z]))(?i:pass|pat|credentials?)$")
"""SMTP_PASS, githubPat; a compass is none."""
_ONLY_NAMES = (
    *("existingsecret", "imagepullsecret", "imagepullsecrets", "pullsecrets"),
    "googleapplicationcredentials",
)
"""Kubernetes' names of secrets, and the name of a file; not secrets themselves."""
_ABOVE = ("CryptKeeper", "consumers")
"""Whatever stands below these: keys of the cookie's cipher, LTI 1.1 keys with their secrets."""
_KEYED = ("api_tokens", "service_tokens")
"""JupyterHub's mappings that have the tokens for keys."""
_REFERENCES = ("CryptKeeper", "secret")
"""Mappings that are shown themselves: a class, and Kubernetes' word for where a secret is."""
_PEM: Where = ("proxy", "https", "manual", "key")
_CONTENT = ("data", "stringData", "binaryData")
_WORD = re.compile(r"[^\s\"']+")
_PORT = re.compile(r"\d{1,5}/")
_ASSIGNED = re.compile(
    r"((?:secret|password|token|api_?key)\w{0,30}[\"']?\]?\s{0,9}[=:]\s{0,9}f?)([\"'])(?:(?!\2).){1,500}\2",
    re.IGNORECASE,
)
"""In code: client_secret = "...", "token": "..."."""
_GLUED = re.compile(r"^\s*([\w.-]+)[:=]\S+\s*$")
"""A line of YAML without the space behind its colon is a text."""
_TELLTALES = ("stringData", "binaryData", "value", "url")
_TELLING = 6
"""Characters. A shorter text is masked where it stands alone, and not within another."""


def is_secret(where: Where) -> bool:
    """Whether the names of the keys say so."""
    names = [part for part in where if isinstance(part, str)]
    if not names:
        return False
    plain = re.sub(r"[^a-z]", "", names[-1].lower())
    if any(name in _ABOVE for name in names) or tuple(names) == _PEM:
        return True
    return plain not in _ONLY_NAMES and bool(_NAMES.search(plain) or _LAST_WORD.search(names[-1]))


def holds_only_secrets(file: str) -> bool:
    """Whether all of a file is to be hidden, by its name: secrets.yaml, prod.secrets.yaml."""
    return "secret" in PurePath(file).name.lower()


def hidden(apart: Sequence[Document]) -> Callable[[Where], bool]:
    """What is shown only when asked for: secrets, what files hold, and all that stands in the files `apart`."""
    return lambda where: (
        is_secret(where) or _is_content(where) or _is_astray(where) or any(document.has(where) for document in apart)
    )


def _is_content(where: Where) -> bool:
    """hub.extraFiles and singleuser.extraFiles: the chart keeps them in a Secret."""
    return where[1:2] == ("extraFiles",) and len(where) > 3 and where[3] in _CONTENT


def _is_astray(where: Where) -> bool:
    """A text or a list where a section belongs: a secret may have slipped out of its key."""
    section = where[:-1] if where and isinstance(where[-1], int) else where
    return where == _PEM[:-1] or (section[:2] == ("hub", "config") and len(section) == 3)


def secrets(value: Any, where: Where = ()) -> Iterator[Where]:
    """The place of each text that a name says is a secret; of a list of them, and of LTI's consumers, the whole's."""
    if isinstance(value, Mapping) and where[-1:] != ("consumers",):
        for name, inner in value.items():
            if name == "value" and isinstance(inner, str) and inner and _is_secret_variable(value):
                yield (*where, name)
            yield from secrets(inner, (*where, name))
    elif is_secret(where):
        if any(isinstance(leaf, str) for _, leaf in _leaves(value, where)):
            yield where
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from secrets(inner, (*where, number))


def holds_secret(where: Where, value: Any) -> bool:
    """It, or something within it: by the names, or in a text as a login in an address."""
    texts_in_it = (leaf for _, leaf in _leaves(value) if isinstance(leaf, str))
    return next(secrets(value, where), None) is not None or any(_clean(text) != text for text in texts_in_it)


def _is_secret_variable(entry: Any) -> bool:
    """{name: API_TOKEN, value: ...}, as containers list their variables."""
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and is_secret((entry["name"],))


def masked(value: Any, where: Where, is_hidden: Callable[[Where], bool] = is_secret) -> Any:
    """A copy; what is hidden and not empty is ********, a login within an address too."""
    return replaced(value, where, lambda one, place: is_masked_whole(one, place, is_hidden), lambda _: MASK, _clean)


def replaced(
    value: Any,
    where: Where,
    is_whole: Callable[[Any, Where], bool],
    mask: Callable[[Any], str],
    clean: Callable[[str], str],
) -> Any:
    """A copy: mask() of all that is hidden whole, clean() of the other texts. The one walk of all who hide secrets."""
    if is_whole(value, where):
        return mask(value)
    if isinstance(value, Mapping | list):
        inside = [(name, replaced(inner, place, is_whole, mask, clean)) for name, inner, place in _within(value, where)]
        return dict(inside) if isinstance(value, Mapping) else [inner for _, inner in inside]
    return clean(value) if isinstance(value, str) else value


def is_masked_whole(value: Any, where: Where, is_hidden: Callable[[Where], bool]) -> bool:
    """Whether nothing of it is shown, not even its keys."""
    if value in (None, "", {}) or isinstance(value, bool | list):
        return False
    if isinstance(value, Mapping):
        named = is_secret(where) and where[-1] not in _REFERENCES and "valueFrom" not in value
        return named or _is_content(where) or (bool(where) and where[-1] in _KEYED)
    return is_hidden(where)


def _clean(text: str) -> str:
    """Without logins in addresses, and without what code gives to a name that says it is a secret."""
    if (glued := _GLUED.match(text)) and (glued[1] in _TELLTALES or is_secret((glued[1],))):
        return f"{glued[1]}:{MASK}"
    parts, done = [], 0
    for start, end, _ in _logins(text):
        parts += [text[done:start], MASK]
        done = end
    return _ASSIGNED.sub(rf"\1\g<2>{MASK}\2", "".join([*parts, text[done:]]))


def _logins(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each login in an address, and its password."""
    for word in _WORD.finditer(text) if "://" in text and "@" in text else ():
        scheme, *rest = word[0].split("://")
        start = word.start() + len(scheme)
        for part in rest:
            start += len("://")
            login, password = _login(scheme, part)
            if password:
                yield start, start + len(login), password
            scheme, start = part, start + len(part)


def _login(scheme: str, address: str) -> tuple[str, str]:
    """Login and password of what stands behind ://; over https a token alone, as git hosts take it; "" without.

    A password goes on to the last @: whoever writes / or @ in it forgets that they ought to be %2F and %40. In an address
    of the web, digits and a slash are a port.
    """
    login = address.rpartition("@")[0]
    name, _, password = login.partition(":")
    is_port = scheme.endswith(("http", "https")) and _PORT.match(password)
    if password and "/" not in name and not is_port:
        return login, password
    token = address.partition("/")[0].rpartition("@")[0]
    return (token, token) if scheme.endswith("https") and ":" not in token else ("", "")


def texts(value: Any, is_hidden: Callable[[Where], bool], where: Where = ()) -> Iterator[str]:
    """Every text that masked() would hide, to be looked for where no key tells of it: in traits and in messages."""
    if is_masked_whole(value, where, is_hidden):
        # the settings in a file of the college's are words that stand everywhere
        ways = secrets(value, where) if where[3:4] == ("data",) and _is_content(where) else [where]
        for way in ways:
            yield from _words(at(value, way[len(where) :]))
    elif isinstance(value, Mapping | list):
        for _, inner, place in _within(value, where):
            yield from texts(inner, is_hidden, place)
    elif isinstance(value, str):
        yield from (password for _, _, password in _logins(value))


def without(value: Any, found: Collection[str]) -> Any:
    """A copy with ******** for each of the texts, as a whole value and within others."""
    if isinstance(value, Mapping):
        return {without(name, found): without(inner, found) for name, inner in value.items()}
    if isinstance(value, list):
        return [without(inner, found) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if str(value) in found:
        return MASK
    if isinstance(value, str):
        for text in sorted((text for text in found if len(text) >= _TELLING and text in value), key=len, reverse=True):
            value = value.replace(text, MASK)
    return value


def _within(value: Mapping[str, Any] | list[Any], where: Where) -> Iterator[tuple[Any, Any, Where]]:
    """Key, value and place of each; the value of a variable has the variable's name for its place."""
    if isinstance(value, list):
        yield from ((number, inner, (*where, number)) for number, inner in enumerate(value))
        return
    variable = _is_secret_variable(value)
    for name, inner in value.items():
        yield name, inner, (*where, value["name"] if variable and name == "value" else name)


def _leaves(value: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Each text and number, with its place."""
    if isinstance(value, Mapping | list):
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _leaves(inner, (*where, name))
    elif value is not None and value != "" and not isinstance(value, bool):
        yield where, value


def _words(value: Any) -> Iterator[str]:
    """Keys too: a secret may have become one."""
    for where, leaf in _leaves(value):
        yield from (part for part in where if isinstance(part, str) and len(part) >= _TELLING)
        yield str(leaf)
