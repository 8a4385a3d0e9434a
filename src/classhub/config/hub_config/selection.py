"""Which classes the hub will load for its authenticator, spawner and proxy, and what is wrong with their names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from classhub.config.catalogue.read import Catalogue
from classhub.config.document import Where
from classhub.config.problem import Problem
from classhub.config.spelling import is_slip, nearest
from classhub.config.traits.lookup import at as value_at
from classhub.errors import Edit


def at(*path: str) -> Where:
    return ("hub", "config", *path)


@dataclass(frozen=True)
class Around:
    """What stands around hub.config."""

    own_code: bool = False
    """Of hub.extraConfig or hub.extraFiles: it may select, define or change any class."""
    own_image: bool = False
    """Another hub image than the chart's: it may have other packages in other versions."""
    keys_of_hub: Collection[str] = ()
    """What the chart knows below hub."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """hub.config without the chart's defaults: a fix may not go where something is written."""

    beside: Collection[str] = ()
    """What is written below hub."""

    def is_free(self, *path: str) -> bool:
        above = value_at(self.written, path[:-1])
        return above is None or (isinstance(above, Mapping) and path[-1] not in above)

    @property
    def is_stock(self) -> bool:
        return not (self.own_code or self.own_image)


@dataclass(frozen=True)
class Family:
    name: str
    """The class at its root."""
    group: str
    """Of its short names in the catalogue."""
    trait: str
    """Of JupyterHub, that selects one."""
    usual: str
    """What the chart, or JupyterHub, selects."""


FAMILIES = (
    Family("Authenticator", "authenticators", "authenticator_class", "dummy"),
    Family("Spawner", "spawners", "spawner_class", "kubespawner.KubeSpawner"),
    Family("Proxy", "proxies", "proxy_class", "configurable-http-proxy"),
)
_BY_TRAIT = {family.trait: family for family in FAMILIES}


def configured(family: Family, config: Mapping[str, Any], around: Around) -> str:
    """The name of the class; "" when only hub.extraConfig can know."""
    hub = config.get("JupyterHub")
    value = hub.get(family.trait) if isinstance(hub, Mapping) else None
    if family.name == "Authenticator" and around.own_code and value in (None, family.usual):
        return ""  # the chart's default: most who write extraConfig select another there
    value = family.usual if value is None else value
    return value if isinstance(value, str) else ""


def selected(config: Mapping[str, Any], catalogue: Catalogue, around: Around) -> dict[str, str | None]:
    """Family to class; None for one that is not in the catalogue."""
    return {family.name: catalogue.find(family.group, configured(family, config, around)) for family in FAMILIES}


def class_problems(trait: str, value: str, catalogue: Catalogue, around: Around) -> Iterator[Problem]:
    """Of JupyterHub.authenticator_class and its like."""
    family = _BY_TRAIT[trait]
    where, path = at("JupyterHub", trait), f"hub.config.JupyterHub.{trait}"
    class_ = catalogue.find(family.group, value)
    if class_ is None:
        yield _unknown(family, value, catalogue, around)
    elif family.name not in catalogue.lineage(class_):
        message = f"{path} names {class_}, which is no {family.name}."
        fix = f"Write one of {_choice(family, catalogue)}."
        yield Problem(where, message, "The hub does not start with it.", fix, "error", "CH1303")
    elif "." in value and (short := short_name(class_, family, catalogue)) != value:
        message, why = (
            f"{path} has the long name of {class_}.",
            "It works; the short name outlives a move of the class.",
        )
        yield Problem(where, message, why, f"Write {trait}: {short}", "note", "CH1304", Edit("set", where, short))


def short_name(class_: str, family: Family, catalogue: Catalogue) -> str:
    """What to write for a class: a short name that says what it is, or its shortest path, or ""."""
    aliases = catalogue.aliases.get(family.group, {})
    names = [name for name, owner in aliases.items() if owner == class_ and name != "default"]
    paths = [path for path, owner in catalogue.aliases.get("paths", {}).items() if owner == class_]
    return min(names or paths, key=len, default="")


def _unknown(family: Family, value: str, catalogue: Catalogue, around: Around) -> Problem:
    where = at("JupyterHub", family.trait)
    meant = _meant(family, value, catalogue)
    message = f"hub.config.JupyterHub.{family.trait}: the chart's hub image has no {family.name.lower()} of that name."
    if not around.is_stock:
        why = "It must come from your hub image, hub.extraFiles or hub.extraConfig; nothing of it is checked here."
        fix = f"Nothing, if it does.{f' Did you mean {meant}?' if meant else ''}"
        return Problem(where, message, why, fix, "note", "CH1301")
    why = "The hub does not start without it."
    if meant:
        edit = Edit("set", where, meant) if is_slip(value, meant) else None
        return Problem(
            where, f"{message} Did you mean {meant}?", why, f"Write {family.trait}: {meant}", "error", "CH1301", edit
        )
    fix = f"Write one of {_choice(family, catalogue)}; another class needs a hub image with it."
    return Problem(where, message, why, fix, "warning" if "." in value else "error", "CH1301")


def _choice(family: Family, catalogue: Catalogue) -> str:
    names = catalogue.aliases.get(family.group, {})
    told = [name for name in names if name != "default" and not name.startswith("local-")]
    return ", ".join(sorted({*told, *([] if family.usual in told else [family.usual])}))


def _meant(family: Family, value: str, catalogue: Catalogue) -> str:
    """A short name, a path of the same package, or what a bare class name or the start of one stands for."""
    of_family = [name for name in catalogue.classes if family.name in catalogue.lineage(name)]
    paths = [path for path in catalogue.aliases.get("paths", {}) if path.partition(".")[0] == value.partition(".")[0]]
    if "." in value:
        return nearest(value, paths)
    started = [name for name in of_family if name.lower().startswith(value.lower())] if value else []
    if len(started) == 1:
        return short_name(started[0], family, catalogue)
    near = nearest(value, catalogue.aliases.get(family.group, {})) or nearest(value, of_family)
    return short_name(near, family, catalogue) if near in catalogue.classes else near
