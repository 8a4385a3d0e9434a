"""One trait of a section: is there such a trait, would it take the value, is its name still current?"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from classhub.config.catalogue.kinds import Kind, accepts, found, parse, wanted
from classhub.config.catalogue.read import Catalogue, Trait
from classhub.config.hub_config.finding import Finding, Severity, at
from classhub.config.hub_config.selection import Around, class_problems
from classhub.config.spelling import nearest


class Section(NamedTuple):
    name: str
    class_: str
    """Whose traits these are: the class that the hub loads, if it reads this section."""
    counts: bool
    """The hub reads it."""
    is_known: bool
    """What the hub loads is in the catalogue; else it may have more traits than the section's own class."""

    @property
    def worst(self) -> Severity:
        return "error" if self.counts else "warning"


_TAKEN_FROM_SECRETS = {
    "JupyterHub.proxy_auth_token",
    "JupyterHub.cookie_secret",
    "ConfigurableHTTPProxy.auth_token",
    "CryptKeeper.keys",
}
"""The chart takes these out of hub.config and brings them by other ways, in its own form."""


def trait_problems(section: Section, name: str, value: Any, catalogue: Catalogue, around: Around) -> Iterator[Finding]:
    path = f"{section.name}.{name}"
    if path in _TAKEN_FROM_SECRETS:
        return
    if path == "JupyterHub.services":
        yield _dropped()
        return
    traits = catalogue.traits(section.class_)
    trait = traits.get(name)
    if trait is None or trait.age == "ignored" or (trait.kind == "gone" and section.name != "KubeSpawner"):
        yield _nested(section, name) if name[:1].isupper() else _unknown(section, name, catalogue, around)
        return
    if trait.age and not (path == "JupyterHub.admin_access" and value is True):  # the chart's own default
        yield _old(section, name, trait)
    for kind in _kinds(trait, catalogue.traits(section.class_)):
        if not accepts(kind, value):
            yield _wrong_type(section, name, kind, value)
            return
    if trait.kind == "class" and isinstance(value, str) and path.startswith("JupyterHub."):
        yield from class_problems(name, value, catalogue, around)
    if path == "JupyterHub.load_roles":
        yield _replaces_roles()


def _kinds(trait: Trait, traits: Any) -> Iterator[Kind]:
    if trait.kind != "gone":
        yield parse(trait.kind)
    if trait.age == "renamed" and trait.new_name in traits:
        yield parse(traits[trait.new_name].kind)


def _dropped() -> Finding:
    return Finding(
        at("JupyterHub", "services"),
        "hub.config.JupyterHub.services has no effect.",
        "The chart drops it.",
        "Move each service to hub.services.NAME.",
        "error",
        "dropped",
    )


def _replaces_roles() -> Finding:
    return Finding(
        at("JupyterHub", "load_roles"),
        "hub.config.JupyterHub.load_roles replaces all roles of the chart.",
        "Those of hub.loadRoles are gone, and so is that of the idle culler, which then stops nobody.",
        "Move each role to hub.loadRoles.NAME.",
        "warning",
        "replaces",
    )


def _nested(section: Section, name: str) -> Finding:
    return Finding(
        at(section.name, name),
        f"{name} stands inside hub.config.{section.name}, and nobody reads it there.",
        "The hub passes over it without a word.",
        f"Move {name} out, so that it stands directly below hub.config, beside {section.name}.",
        section.worst,
        "nested",
    )


def _unknown(section: Section, name: str, catalogue: Catalogue, around: Around) -> Finding:
    path = f"hub.config.{section.name}.{name}"
    message, fix = f"{section.class_} has no trait {name}.", ""
    meant, elsewhere = _meant(section, name, catalogue), _elsewhere(section, name, catalogue)
    if meant.lower() != name.lower() and elsewhere:
        message, fix = f"{message} It is one of {elsewhere}.", f"Move it to hub.config.{elsewhere}.{name}."
    elif meant:
        message, fix = f"{message} Did you mean {meant}?", f"Write {meant}: in place of {name}:"
    limits = "allow" in name or "domain" in name
    return Finding(
        at(section.name, name),
        message,
        f"The hub logs a warning and goes on without it{': whom it should keep out may enter' * limits}.",
        fix or f"Remove {path}, or look its name up in the documentation of {section.class_}.",
        _severity(section, around, meant),
        "unknown-trait",
    )


def _severity(section: Section, around: Around, meant: str) -> Severity:
    if not section.is_known:
        return "note"  # a class of one's own may have it
    if around.own_image or (around.own_code and not meant):
        return "warning"
    return section.worst


def _meant(section: Section, name: str, catalogue: Catalogue) -> str:
    """A trait of the class itself sooner than one of its parents."""
    traits = catalogue.traits(section.class_)
    if name in traits:
        return traits[name].new_name
    current = [known for known, trait in traits.items() if not trait.age]
    for parent in catalogue.lineage(section.class_):
        near = nearest(name, [known for known in current if known in catalogue.classes[parent].own])
        if near:
            return near
    return ""


def _elsewhere(section: Section, name: str, catalogue: Catalogue) -> str:
    """The class that has this very trait, if it is one only."""
    owners = [
        class_.name for class_ in catalogue.classes.values() if name in class_.own and class_.own[name].kind != "gone"
    ]
    if len(owners) > 1:
        owners = [owner for owner in owners if owner in ("JupyterHub", "Authenticator", "OAuthenticator", "Spawner")]
    return owners[0] if len(owners) == 1 and owners[0] not in catalogue.lineage(section.class_) else ""


def _old(section: Section, name: str, trait: Trait) -> Finding:
    path, target = f"hub.config.{section.name}.{name}", trait.new_name
    since = trait.words.partition(" ")[2]
    refused = trait.age == "refused"
    sentence = f" ({trait.words})" if trait.age == "deprecated" else f": {target} has taken its place"
    if "." in target:
        fix = f"Move it to hub.config.{target}."
    elif trait.age == "renamed":
        fix = f"Write {target}: in place of {name}:"
    elif target:
        fix = f"Write {target}:, whose value has another form, in place of {name}:"
    else:
        fix = "Follow that, and remove the line."
    return Finding(
        at(section.name, name),
        f"{path} is {'no longer taken' if refused else 'an old name' if target else 'deprecated'}{sentence}"
        f"{f' (since {since})' if since and target else ''}.",
        "The hub does not start with it." if refused else "It still works; a later release drops it.",
        fix,
        section.worst if refused else "warning" if target else "note",
        "old-name",
    )


def _wrong_type(section: Section, name: str, kind: Kind, value: Any) -> Finding:
    path = f"hub.config.{section.name}.{name}"
    why = "No server starts with it." if section.class_.endswith("Spawner") else "The hub does not start with it."
    return Finding(
        at(section.name, name),
        f"{path} must be {wanted(kind)}; here it is {found(kind, value)}.",
        why if section.counts else "It has no effect now, as nobody reads the section.",
        _fix(name, kind, value),
        section.worst,
        "wrong-type",
    )


def _fix(name: str, kind: Kind, value: Any) -> str:
    if value is None:
        return f"Give it a value, or remove the line {name}: and the default holds."
    kinds = [inner.name for inner in kind.arguments] if kind.name == "one" else [kind.name]
    kinds = [inner for inner in kinds if inner != "never"] or ["never"]
    return _FIXES[kinds[0]].format(name=name)


_ITEMS = "Write each item on a line of its own, below {name}:, after a dash."
_FIXES = {
    "words": "Write one of them.",
    "caseless": "Write one of them.",
    "never": "Write it in hub.extraConfig, as Python.",
    "list": _ITEMS,
    "set": _ITEMS,
    "tuple": _ITEMS,
    "command": _ITEMS,
    "dict": "Write its keys below {name}:, indented.",
    "size": "Write it as in {name}: 1G",
    "bool": "Write it without quotes: {name}: true",
    "int": "Write it without quotes and without a unit, as in {name}: 1",
    "float": "Write it without quotes and without a unit, as in {name}: 0.5",
    "text": 'Write one text, in quotes: {name}: "..."',
    "class": "Write the name of a class: {name}: ...",
}
