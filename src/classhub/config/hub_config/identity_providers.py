"""CILogon's idps: would the class take them? As the schema that comes with oauthenticator says, the same since 16.3."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.spelling import kind, nearest

Refusal = tuple[Where, str, str]
"""Where, below idps; what is wrong, as the end of a sentence; the advice."""

_PROVIDER = "https://idp.college.edu/idp/shibboleth"
_NAME = "username_derivation: {username_claim: email}"
_KEYS: dict[str, type] = {
    "allow_all": bool,
    "allowed_domains": list,
    "allowed_domains_claim": str,
    "default": bool,
    "username_derivation": Mapping,
}
_OF_NAME: dict[str, type] = {"username_claim": str, "action": str, "domain": str, "prefix": str}
_NEEDS = {"strip_idp_domain": "domain", "prefix": "prefix"}
"""Of each action."""
_SAMPLES = {"domain": "domain: college.edu", "prefix": "prefix: college"}
_WANTED = {bool: "true or false", list: "a list", str: "text", Mapping: "a mapping"}


def refused(idps: Mapping[str, Any]) -> Iterator[Refusal]:
    if not idps:
        yield (), "is empty, and it needs one provider at least.", f"idps: {{{_PROVIDER}: {{{_NAME}}}}}"
    for url, idp in idps.items():
        if url.partition(":")[0].lower() not in ("http", "https", "urn") or ":" not in url:
            fix = f"Write its address as https://cilogon.org/idplist has it, as {_PROVIDER}"
            yield (url,), "is no EntityID of a provider: it begins with https://, http:// or urn:.", fix
        for below, message, fix in _shape(idp, _KEYS):
            yield (url, *below), message, fix
        if isinstance(idp, Mapping):
            yield from _provider(url, idp)


def _provider(url: str, idp: Mapping[str, Any]) -> Iterator[Refusal]:
    domains = idp.get("allowed_domains")
    for index, domain in enumerate(domains if isinstance(domains, list) else ()):
        if not isinstance(domain, str):
            yield (url, "allowed_domains", index), f"must be text; here it is {kind(domain)}.", "- college.edu"
    if "username_derivation" not in idp:
        yield (url,), "has no username_derivation, which says what people are named by.", _NAME
        return
    name = idp["username_derivation"]
    for below, message, fix in _shape(name, _OF_NAME) if isinstance(name, Mapping) else ():
        yield (url, "username_derivation", *below), message, fix
    if isinstance(name, Mapping):
        yield from _derivation((url, "username_derivation"), name)


def _derivation(where: Where, name: Mapping[str, Any]) -> Iterator[Refusal]:
    action = name.get("action")
    if "username_claim" not in name:
        yield where, "has no username_claim.", "username_claim: email"
    if isinstance(action, str) and action not in _NEEDS:
        yield (*where, "action"), f"must be one of {', '.join(_NEEDS)}; here it is another word.", "Write one of them."
    needed = _NEEDS.get(action) if isinstance(action, str) else None
    if needed and needed not in name:
        yield (*where, "action"), f"is {action}, which needs {needed}.", _SAMPLES[needed]


def _shape(value: Any, keys: Mapping[str, type]) -> Iterator[Refusal]:
    if not isinstance(value, Mapping):
        yield (), f"must be a mapping; here it is {kind(value)}.", "Write its keys below it, indented."
        return
    for key, inner in value.items():
        if key not in keys:
            meant = nearest(key, keys)
            fix = f"Write {meant}: in place of {key}:" if meant else f"Remove it; known here are {', '.join(keys)}."
            yield (key,), "is no setting of a provider.", fix
        elif not isinstance(inner, keys[key]):
            yield (key,), f"must be {_WANTED[keys[key]]}; here it is {kind(inner)}.", "Correct the value."
