"""Where secrets stand, and copies of values without them: the one list for all who ask for, judge or show a value."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from classhub.config.document import Document, Where
from classhub.config.secret_code import literals
from classhub.config.secret_names import MASK, PEM, is_database, is_free, is_placeholder, is_plain, is_secret
from classhub.config.secret_texts import clean, found, has_private_key, is_obscure, logins
from classhub.config.traits.lookup import at

_KEYED = ("api_tokens", "service_tokens")
"""JupyterHub's mappings that have the tokens for keys."""
_REFERENCES = ("CryptKeeper", "secret")
"""Mappings that are shown themselves: a class, and Kubernetes' word for where a secret is."""
_CONTENT = ("data", "stringData", "binaryData")
_PLAIN = ("jupyterhub-singleuser", "configurable-http-proxy")
"""The chart's own commands."""
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_TELLING = 6
"""Characters. A shorter text is masked where it stands alone, and not within another."""


def hidden(apart: Sequence[Document]) -> Callable[[Where], bool]:
    """What is shown only when asked for: secrets, what files hold, all that stands in the files `apart`, and where a secret
    may stand under any name."""
    by_name = named(apart)
    return lambda where: (is_free(where) and not is_plain(where)) or by_name(where)


def named(apart: Sequence[Document]) -> Callable[[Where], bool]:
    """The same without places of any name."""
    return lambda where: (
        is_secret(where) or _is_content(where) or _is_astray(where) or any(document.has(where) for document in apart)
    )


def _is_content(where: Where) -> bool:
    """hub.extraFiles and singleuser.extraFiles: the chart keeps them in a Secret."""
    return where[1:2] == ("extraFiles",) and len(where) > 3 and where[3] in _CONTENT


def _is_astray(where: Where) -> bool:
    """A text or a list where a section belongs: a secret may have slipped out of its key."""
    section = where[:-1] if where and isinstance(where[-1], int) else where
    return where == PEM[:-1] or (section[:2] == ("hub", "config") and len(section) == 3)


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


def unnamed(value: Any, where: Where = ()) -> Iterator[tuple[Where, bool]]:
    """The place of each text that holds a secret without a name that says so, and whether that is certain."""
    for place, leaf in _leaves(value, where):
        if isinstance(leaf, str):
            kind = _kind(leaf, place)
            if kind is not None:
                yield place, kind
    yield from ((place, False) for place in _behind_options(value, where))


def _behind_options(value: Any, where: Where) -> Iterator[Where]:
    """[--token, ...]: the place of the latter."""
    if isinstance(value, list):
        for number, (option, text) in enumerate(pairwise(value), 1):
            is_option = isinstance(option, str) and option.startswith("--") and is_secret((option,))
            if is_option and isinstance(text, str) and not text.startswith("-") and not _is_put_in(text):
                yield (*where, number)
    if isinstance(value, Mapping | list):
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _behind_options(inner, (*where, name))


def _kind(text: str, place: Where) -> bool | None:
    """True: certainly a secret; False: perhaps; None: not."""
    written = [one.text for one in logins(text) if not _is_put_in(one.text)]
    if has_private_key(text) or (is_database(place) and written):
        return True
    if is_database(place) and is_obscure(text) and not is_placeholder(text):
        return False
    if place[:2] == ("hub", "extraConfig"):
        return False if any(not _is_put_in(one) for one in literals(text)) else None
    return False if written or any(one.is_likely and not _is_put_in(one.text) for one in found(text)) else None


def _is_put_in(text: str) -> bool:
    """Something that stands for the secret: <password>, $PASSWORD, {password}, %s."""
    return is_placeholder(text) or text.startswith(("$", "{", "%", "<")) or bool(_VARIABLE.fullmatch(text))


def holds_secret(where: Where, value: Any) -> bool:
    """It, or something within it."""
    if isinstance(value, str) and is_database(where) and is_obscure(value):
        return True
    return next(secrets(value, where), None) is not None or next(unnamed(value, where), None) is not None


def _is_secret_variable(entry: Any) -> bool:
    """{name: API_TOKEN, value: ...}, as containers list their variables."""
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and is_secret((entry["name"],))


def masked(value: Any, where: Where, is_hidden: Callable[[Where], bool] = is_secret) -> Any:
    """A copy; what is hidden and not empty is ********, a login within an address too."""
    return replaced(value, where, lambda one, place: is_masked_whole(one, place, is_hidden), lambda _: MASK, clean)


def masked_traits(traits: Any, made_without: Any) -> Any:
    """A copy of class to trait to value. made_without: the same, made of without_free() values: what stands there as well
    came from nowhere that a secret may stand."""
    plain = frozenset(str(leaf) for _, leaf in _leaves(made_without))

    def is_whole(value: Any, where: Where) -> bool:
        return is_masked_whole(value, where, is_secret) or (
            _is_masked_as_free(value, where) and str(value) not in plain
        )

    return replaced(traits, (), is_whole, lambda _: MASK, clean)


def without_free(values: Any) -> Any:
    """A copy; where a secret may stand under any name there is ********."""
    return replaced(values, (), _is_masked_as_free, lambda _: MASK, str)


def _is_masked_as_free(value: Any, where: Where) -> bool:
    is_leaf = value not in (None, "") and not isinstance(value, bool | list | Mapping)
    return is_leaf and value not in _PLAIN and is_free(where) and not is_plain(where)


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
    if isinstance(value, str) and is_database(where) and is_obscure(value):
        return True
    return value not in _PLAIN and is_hidden(where)


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
        yield from literals(value) if where[:2] == ("hub", "extraConfig") else (one.text for one in found(value))


def telling(value: Any, is_hidden: Callable[[Where], bool]) -> Iterator[str]:
    """Those that are long enough to be known again."""
    return (text for text in texts(value, is_hidden) if len(text) >= _TELLING)


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
