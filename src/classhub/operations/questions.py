"""What `init` must know of a new hub: five questions, each with a default, and what is an answer to them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from classhub.config.courses import is_name
from classhub.config.host_names import is_host_name
from classhub.config.spelling import nearest
from classhub.errors import WrongUsage

NONE = "none"
LOGINS = ("invitations", "google")
_RESERVED = re.compile(r"(^|\.)(example(\.(com|net|org))?|invalid|localhost|local|test)$")
_TOP = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_MAILBOXES = ("gmail.com", "googlemail.com")
_ADDRESS = re.compile(r"[\w.+-]+@([a-z0-9-]+\.)+[a-z0-9-]+", re.ASCII)
_LONGEST = 255
"""Bytes of a user's name: what JupyterHub's table holds."""

Found = Mapping[str, Any]
"""The answers so far, by the names of their questions."""


@dataclass(frozen=True)
class Answers:
    host: str
    """Empty if there is none yet."""
    login: str
    """One of LOGINS."""
    domain: str
    """Of people's e-mail addresses; empty if there is none."""
    admins: tuple[str, ...]
    course: str
    """Empty for none."""

    @property
    def contact(self) -> str:
        """For Let's Encrypt: the first admin with an address, else the usual one of the domain."""
        addresses = [name for name in self.admins if _ADDRESS.fullmatch(name) and is_public(name.partition("@")[2])]
        return next(iter(addresses), f"admin@{self.domain}")


@dataclass(frozen=True)
class Question:
    name: str
    words: str
    default: Callable[[Found], str]
    read: Callable[[str, Found], Any]
    """Raises WrongUsage, in a sentence that also says what would be an answer."""


def gather(
    given: Mapping[str, str], ask: Callable[[str, str], str] | None = None, tell: Callable[[str], None] = lambda _: None
) -> Answers:
    """given: answers by the names of their questions; the rest is asked, or without ask the default.

    ask: of words and default, gives what was typed. tell: why that is no answer, before it is asked again.
    """
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        found[question.name] = _answer(question, given.get(question.name), found, ask, tell)
    return Answers(**found)


def _answer(
    question: Question,
    given: str | None,
    found: Found,
    ask: Callable[[str, str], str] | None,
    tell: Callable[[str], None],
) -> Any:
    default = question.default(found)
    while True:
        text = given if given is not None else ask(question.words, default) if ask else default
        try:
            return question.read(text.strip() or default, found)
        except WrongUsage as error:
            if given is not None or ask is None:
                raise
            tell(error.what)


def is_public(host: str) -> bool:
    """A host name that can be reached from outside, by its form."""
    _, dot, top = host.rpartition(".")
    return bool(dot and is_host_name(host) and _TOP.fullmatch(top) and not _RESERVED.search(host))


def _host(text: str, found: Found) -> str:
    if text == NONE:
        return ""
    name = text.lower()
    if not is_public(name):
        raise WrongUsage(
            f"{text!r} is no public host name: write it as hub.college.edu, without https:// and path, or {NONE}."
        )
    return name


def _login(text: str, found: Found) -> str:
    if text.lower() in LOGINS:
        return text.lower()
    meant = nearest(text, LOGINS)
    raise WrongUsage(f"People sign in by {' or '.join(LOGINS)}." + (f" Did you mean {meant}?" if meant else ""))


def _domain(text: str, found: Found) -> str:
    name = "" if text == NONE else text.lower().removeprefix("@")
    if name and not is_public(name):
        raise WrongUsage(f"{text!r} is no e-mail domain: write what stands behind the @, as college.edu, or {NONE}.")
    if found["login"] == "google" and (not name or name in _MAILBOXES):
        who = f"{name} is everybody's" if name else "without one it would be open to everybody"
        raise WrongUsage(f"Google login needs the e-mail domain of the college, as college.edu: {who}.")
    if found["host"] and not name:
        raise WrongUsage("A hub with a host name needs an e-mail domain: its certificate needs a contact address.")
    return name


def _admins(text: str, found: Found) -> tuple[str, ...]:
    """Names with commas between, in small letters as JupyterHub writes them, each once."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    if not names:
        raise WrongUsage("At least one admin is needed.")
    for name in names:
        if "/" in name or not name.isprintable() or len(name.encode("utf-8", "surrogatepass")) > _LONGEST:
            raise WrongUsage(
                f"{name!r} cannot be a user's name: no slash, nothing that cannot be seen, 255 bytes at most."
            )
        if " " in name:
            raise WrongUsage(f"{name!r} has a space in it, as no user's name has: write commas between names.")
        local, _, domain = name.rpartition("@")
        if found["login"] == "google" and (not local or "@" in local or domain != found["domain"]):
            raise WrongUsage(
                f"{name!r} could not sign in: with Google login an admin's name is an address @{found['domain']}."
            )
    return names


def _course(text: str, found: Found) -> str:
    if text == NONE:
        return ""
    if not is_name(text):
        raise WrongUsage(
            f"{text!r} cannot be a course's name: letters, digits, dots and dashes, as comp141, or {NONE}."
        )
    return text


def _domain_of_host(found: Found) -> str:
    """college.edu of hub.college.edu."""
    host = str(found["host"])
    return (host.partition(".")[2] if host.count(".") > 1 else host) or NONE


QUESTIONS = (
    Question("host", f"Host name of the hub, as hub.college.edu, or {NONE} yet", lambda found: NONE, _host),
    Question("login", f"How people sign in: {' or '.join(LOGINS)}", lambda found: LOGINS[0], _login),
    Question("domain", f"E-mail domain of your people, as college.edu, or {NONE}", _domain_of_host, _domain),
    Question(
        "admins",
        "Admins' names, with commas between; the first is you",
        lambda found: f"admin@{found['domain']}" if found["domain"] else "admin",
        _admins,
    ),
    Question("course", f"Name of the first course, or {NONE}", lambda found: "comp141", _course),
)
