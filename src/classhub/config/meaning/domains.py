"""Domains that people must come from: entries that are no domain, or let in others than their author thinks.

Source: oauthenticator's google.py, which compares hosted_domain with the organization (hd) of an account, letter for
letter; and cilogon.py, which compares what stands behind the @ with allowed_domains, * and ? included.
"""

import re
from collections.abc import Iterator
from typing import Any

from classhub.config.document import Where
from classhub.config.host_names import is_host_name
from classhub.config.meaning.access import chosen
from classhub.config.meaning.accounts import identity_providers, plain_name
from classhub.config.meaning.found import Values, address, is_stock, trait
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.errors import Edit

_EVERYBODYS = ("gmail.com", "googlemail.com")
_ALONE = "A domain stands there alone, as college.edu, and is compared letter for letter."


def problems(values: Values) -> Iterator[Problem]:
    known, sections, _ = chosen(values)
    name = plain_name(known) if known else ""
    stock = is_stock(values)
    for problem in _hosted(values, sections) if name == "google" else _of_providers(values, sections, name):
        yield problem if stock else problem._replace(severity="warning")


def are_domains(values: Values) -> bool:
    """Nothing is wrong with them."""
    return not any(problems(values))


def _hosted(values: Values, sections: tuple[str, ...]) -> Iterator[Problem]:
    where, limit = trait(values, sections, "hosted_domain")
    for index, entry in _entries(limit):
        here = where if index is None else (*where, index)
        if entry == "" and index is not None:
            message = f"{dotted(here)} is empty: every Google account that no organization manages passes it."
            alone = len(limit) == 1
            fix = "Write the college's own domain in its place." if alone else "Remove the entry."
            yield Problem(here, message, _ALONE, fix, "error", "CH1415", None if alone else Edit("remove", here))
        elif entry.strip().lower() in _EVERYBODYS:
            message = f"{dotted(here)} lets in nobody: Google names no domain for the accounts that anybody can open."
            fix = "Write the college's own domain. For single addresses remove hosted_domain, and list them in allowed_users."
            yield Problem(here, message, "Only accounts of an organization have one.", fix, "warning", "CH1415")
        elif entry and not _is_domain(entry):
            yield _no_domain(where, limit, index, entry)


def _of_providers(values: Values, sections: tuple[str, ...], name: str) -> Iterator[Problem]:
    """CILogon's idps; * and ? stand for any letters, and a claim of one's own may hold anything."""
    where, _ = trait(values, sections, "idps" if trait(values, sections, "idps")[1] else "allowed_idps")
    for url, idp in identity_providers(values, sections) if name == "cilogon" else ():
        below = (*where, url, "allowed_domains")
        listed = idp.get("allowed_domains")
        for index, entry in _entries(listed) if isinstance(listed, list) else ():
            if entry.strip().lower() in _EVERYBODYS:
                message = f"{dotted((*below, index or 0))} lets in everybody with an address at {entry.strip()}."
                fix = "Write the college's own domain, and list single addresses in allowed_users."
                yield Problem((*below, index or 0), message, "Anybody can open one.", fix, "warning", "CH1415")
            elif re.search(r"[@,;\s]" if idp.get("allowed_domains_claim") else r"[@,;\s]|://", entry):
                yield _no_domain(below, listed, index, entry)


def _entries(listed: Any) -> list[tuple[int | None, str]]:
    """A text stands for a list of one."""
    found = enumerate(listed) if isinstance(listed, list) else [(None, listed)]
    return [(index, entry) for index, entry in found if isinstance(entry, str)]


def _is_domain(text: str) -> bool:
    """Letters of other alphabets are left to those who know them."""
    return not text.isascii() or (is_host_name(text) and "." in text)


def _no_domain(where: Where, listed: Any, index: int | None, entry: str) -> Problem:
    here = where if index is None else (*where, index)
    meant = [_domain(word) for word in _words(entry)]
    what = "is several domains in one" if len(meant) > 1 else "is no domain"
    certain = bool(meant) and all(map(_is_domain, meant)) and not re.search(r"[^\s,;/]@", entry)
    edit = _corrected(where, listed, index, meant) if certain else None
    bare = [name.removeprefix("*.") for name in meant]
    shown = bare if bare and all(map(_is_domain, bare)) else ["college.edu"]
    fix = f"{where[-1]}: [{', '.join(shown)}]" if index is None else "\n".join(f"- {name}" for name in shown)
    return Problem(here, f"{dotted(here)} {what}, and matches nobody.", _ALONE, fix, "error", "CH1415", edit)


def _corrected(where: Where, listed: Any, index: int | None, meant: list[str]) -> Edit:
    if len(meant) == 1:
        return Edit("set", where if index is None else (*where, index), meant[0])
    return Edit("set", where, meant if index is None else [*listed[:index], *meant, *listed[index + 1 :]])


def _words(entry: str) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", entry) if word]


def _domain(word: str) -> str:
    """https://college.edu/, @college.edu -> college.edu."""
    return address(word).host
