"""One trait of a section: is there such a trait, would it take the value, is its name still current?"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config.catalogue.kinds import Kind, accepts, found, parse, wanted
from classhub.config.catalogue.read import Catalogue, Trait
from classhub.config.document import Where
from classhub.config.durations import seconds
from classhub.config.hub_config.selection import Around, at, class_problems
from classhub.config.problem import Problem
from classhub.config.spelling import is_slip, nearest, written
from classhub.errors import Edit


class Section(NamedTuple):
    name: str
    class_: str
    """Whose traits these are: the class that the hub loads, if it reads this section."""
    counts: bool
    """The hub reads it."""
    is_known: bool
    """What the hub loads is in the catalogue; else it may have more traits than the section's own class."""
    around: Around

    @property
    def nor(self) -> str:
        """The class that the hub loads, where the line stands in the section of another one."""
        return "" if self.name == self.class_ else f", nor has {self.class_}"

    @property
    def worst(self) -> str:
        return "error" if self.counts else "warning"


_TAKEN_FROM_SECRETS = {
    "JupyterHub.proxy_auth_token",
    "JupyterHub.cookie_secret",
    "ConfigurableHTTPProxy.auth_token",
    "CryptKeeper.keys",
}
"""The chart takes these out of hub.config and brings them by other ways, in its own form."""


def trait_problems(section: Section, name: str, value: Any, catalogue: Catalogue) -> Iterator[Problem]:
    path = f"{section.name}.{name}"
    if path in _TAKEN_FROM_SECRETS:
        return
    if path == "JupyterHub.services":
        yield _dropped()
        return
    traits = catalogue.traits(section.class_)
    trait = traits.get(name)
    if trait is None or trait.age == "ignored" or (trait.kind == "gone" and section.name != "KubeSpawner"):
        if name[:1].isupper() and _meant(section, name, catalogue).lower() != name.lower():
            yield _nested(section, name, catalogue)
        else:
            yield _unknown(section, name, value, catalogue)
        return
    if trait.age and not (path == "JupyterHub.admin_access" and value is True):  # the chart's own default
        yield _old(section, name, value, trait, catalogue)
    for kind in _kinds(trait, traits) if trait.age != "refused" else ():
        if not accepts(kind, value):
            yield _wrong_type(section, name, kind, value)
            return
    if trait.kind == "class" and isinstance(value, str) and path.startswith("JupyterHub."):
        yield from class_problems(name, value, catalogue, section.around)


def _kinds(trait: Trait, traits: Mapping[str, Trait]) -> Iterator[Kind]:
    if trait.kind != "gone":
        yield parse(trait.kind)
    if trait.age == "renamed" and trait.new_name in traits:
        yield parse(traits[trait.new_name].kind)


def _dropped() -> Problem:
    where = at("JupyterHub", "services")
    fix = "Move each service to hub.services.NAME."
    message = "hub.config.JupyterHub.services has no effect."
    return Problem(where, message, "The chart drops it.", fix, "error", "CH1307")


def _nested(section: Section, name: str, catalogue: Catalogue) -> Problem:
    edit = None
    if name in catalogue.classes and section.around.is_free(name):
        edit = Edit("move", at(section.name, name), at(name))
    message = f"{name} stands inside hub.config.{section.name}, and nobody reads it there."
    fix = f"Move {name} out, so that it stands directly below hub.config, beside {section.name}."
    why = "The hub passes over it without a word."
    return Problem(at(section.name, name), message, why, fix, section.worst, "CH1305", edit)


def _unknown(section: Section, name: str, value: Any, catalogue: Catalogue) -> Problem:
    where, path = at(section.name, name), f"hub.config.{section.name}.{name}"
    message, fix, edit = f"{section.name} has no trait {name}{section.nor}.", "", None
    meant, elsewhere = _meant(section, name, catalogue), _elsewhere(section, name, catalogue)
    if meant.lower() != name.lower() and elsewhere:
        message, fix = f"{message} It is one of {elsewhere}.", f"Move it to hub.config.{elsewhere}.{name}."
        if _fits(value, catalogue.traits(elsewhere).get(name)) and section.around.is_free(elsewhere, name):
            edit = Edit("move", where, at(elsewhere, name))
    elif meant:
        message, fix = f"{message} Did you mean {meant}?", f"Write {meant}: in place of {name}:"
        traits = catalogue.traits(section.class_)
        if name in traits or is_slip(name, meant):
            edit = _rename(section, name, value, meant, traits)
    limits = any(word in one for word in ("allow", "block", "domain") for one in (name, meant))
    why = f"The hub logs a warning and goes on without it{': whom it should keep out may enter' * limits}."
    fix = fix or f"Remove {path}, or look its name up in the documentation of {section.class_}."
    return Problem(where, message, why, fix, _severity(section, meant), "CH1302", edit)


def _rename(section: Section, name: str, value: Any, new: str, traits: Mapping[str, Trait]) -> Edit | None:
    """Certain where the other name is free and takes this value."""
    if not _fits(value, traits.get(new)) or not section.around.is_free(section.name, new):
        return None
    return Edit("rename", at(section.name, name), new)


def _fits(value: Any, trait: Trait | None) -> bool:
    return trait is not None and trait.kind != "gone" and accepts(parse(trait.kind), value)


def _severity(section: Section, meant: str) -> str:
    around = section.around
    if not section.is_known:
        return "note"  # a class of one's own may have it
    if around.own_image or (around.own_code and not meant):
        return "warning"
    return section.worst


def _meant(section: Section, name: str, catalogue: Catalogue) -> str:
    """The trait that is spelt most alike, whichever class of the lineage has it."""
    traits = catalogue.traits(section.class_)
    if name in traits:
        return traits[name].new_name
    return nearest(name, [known for known, trait in traits.items() if not trait.age])


def _elsewhere(section: Section, name: str, catalogue: Catalogue) -> str:
    """The class that has this very trait, if it is one only."""
    owners = [
        class_.name for class_ in catalogue.classes.values() if name in class_.own and class_.own[name].kind != "gone"
    ]
    if len(owners) > 1:
        owners = [owner for owner in owners if owner in ("JupyterHub", "Authenticator", "OAuthenticator", "Spawner")]
    return owners[0] if len(owners) == 1 and owners[0] not in catalogue.lineage(section.class_) else ""


def _old(section: Section, name: str, value: Any, trait: Trait, catalogue: Catalogue) -> Problem:
    where, target = at(section.name, name), trait.new_name
    since = trait.words.partition(" ")[2]
    refused = trait.age == "refused"
    sentence = f" ({trait.words})" if trait.age == "deprecated" else f": {target} has taken its place"
    message = (
        f"hub.config.{section.name}.{name} is "
        f"{'no longer taken' if refused else 'an old name' if target else 'deprecated'}{sentence}"
        f"{f' (since {since})' if since and target else ''}."
    )
    why = "The hub does not start with it." if refused else "It still works; a later release drops it."
    severity = section.worst if refused else "warning" if target else "note"
    fix, edit = _new_name(section, name, value, trait, catalogue)
    return Problem(where, message, why, fix, severity, "CH1304", edit)


def _new_name(section: Section, name: str, value: Any, trait: Trait, catalogue: Catalogue) -> tuple[str, Edit | None]:
    target, where = trait.new_name, at(section.name, name)
    if "." in target:
        class_, _, new = target.partition(".")
        certain = _fits(value, catalogue.traits(class_).get(new)) and section.around.is_free(class_, new)
        return f"Move it to hub.config.{target}.", Edit("move", where, at(class_, new)) if certain else None
    if trait.age == "renamed":
        edit = _rename(section, name, value, target, catalogue.traits(section.class_))
        return f"Write {target}: in place of {name}:", edit
    if target:
        return f"Write {target}:, whose value has another form, in place of {name}:", None
    return "Follow that, and remove the line.", None


def _wrong_type(section: Section, name: str, kind: Kind, value: Any) -> Problem:
    where: Where = at(section.name, name)
    message = f"hub.config.{section.name}.{name} must be {wanted(kind)}; here it is {found(kind, value)}."
    why = "No server starts with it." if section.class_.endswith("Spawner") else "The hub does not start with it."
    why = why if section.counts else "It has no effect now, as nobody reads the section."
    kinds = _possible(kind)
    is_number = "int" in kinds or "float" in kinds
    meant = written(value, "bool" in kinds, is_number)
    if meant is None and is_number:
        meant = seconds(name, value)
    edit = Edit("set", where, meant) if meant is not None and accepts(kind, meant) else None
    return Problem(where, message, why, _fix(name, kind, value), section.worst, "CH1303", edit)


def _fix(name: str, kind: Kind, value: Any) -> str:
    if value is None:
        return f"Give it a value, or remove the line {name}: and the default holds."
    return _FIXES[_possible(kind)[0]].format(name=name)


def _possible(kind: Kind) -> list[str]:
    """Names of what YAML can write of it."""
    kinds = [inner.name for inner in kind.arguments] if kind.name == "one" else [kind.name]
    return [inner for inner in kinds if inner != "never"] or ["never"]


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
