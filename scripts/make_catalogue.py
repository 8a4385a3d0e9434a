"""Write the catalogue of a chart's classes: PYTHON scripts/make_catalogue.py CHART-VERSION

Run it by a Python that has the packages of the chart's hub image (images/hub/requirements.txt of the chart at that tag).
It writes a file for each package that defines classes, unless it is there, and the chart's line in charts.txt.
src/classhub/config/catalogue/read.py says how they read.
"""

import enum
import importlib
import json
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path
from typing import Any

import traitlets
from traitlets.config import Configurable

CATALOGUE = Path(__file__).parent.parent / "src/classhub/config/catalogue"
PACKAGES = (
    "jupyterhub",
    "kubespawner",
    "oauthenticator",
    "ltiauthenticator",
    "nativeauthenticator",
    "ldapauthenticator",
    "firstuseauthenticator",
    "tmpauthenticator",
    "hmacauthenticator",
)
NOT_THE_HUBS = re.compile(r"singleuser|\btests?\b|alembic|__main__|sphinx")
GROUPS = ("authenticators", "spawners", "proxies")


def main(chart: str) -> None:
    pins = []
    for package, text in catalogue().items():
        pins.append(package)
        (CATALOGUE / f"{package}.classes").write_text(text, encoding="utf-8")
    path = CATALOGUE / "charts.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [line for line in lines if not line.startswith(f"{chart}:")] + [f"{chart}: {' '.join(sorted(pins))}"]
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


def catalogue() -> dict[str, str]:
    """NAME-VERSION of each installed package that defines classes, and its file."""
    texts = defaultdict(list)
    for class_ in sorted(classes(), key=lambda class_: class_.__name__):
        texts[_package(class_)].extend(_class_lines(class_))
    return {package: "\n".join(lines) + "\n" for package, lines in texts.items()}


def classes() -> list[type[Configurable]]:
    for package in PACKAGES:
        _import_all(package)
    return [class_ for class_ in _below(Configurable) if _is_told(class_)]


def _import_all(package: str) -> None:
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError:
        return
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{package}."):
        if not NOT_THE_HUBS.search(found.name):
            try:
                importlib.import_module(found.name)
            except ModuleNotFoundError as error:
                sys.stderr.write(f"{found.name} is left out: {error}\n")


def _below(class_: type[Any]) -> Iterator[type[Any]]:
    seen = set()
    waiting = [class_]
    while waiting:
        for inner in waiting.pop().__subclasses__():
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
                yield inner


def _is_told(class_: type[Any]) -> bool:
    root = class_.__module__.partition(".")[0]
    if class_.__name__.startswith("_") or NOT_THE_HUBS.search(class_.__module__):
        return False
    return root in PACKAGES or class_.__name__ in ("Application", "EventLogger")


def _package(class_: type[Any]) -> str:
    distribution = packages_distributions()[class_.__module__.partition(".")[0]][0]
    return f"{distribution.lower().replace('_', '-')}-{version(distribution)}"


def _class_lines(class_: type[Configurable]) -> list[str]:
    lineage = [parent for parent in class_.__mro__ if issubclass(parent, Configurable) and _is_told(parent)]
    lines = [" < ".join(parent.__name__ for parent in lineage)]
    lines.append(f"  @paths {' '.join(sorted(_paths(class_)))}")
    for group in GROUPS:
        points = [point for point in entry_points(group=f"jupyterhub.{group}") if point.attr == class_.__name__]
        names = sorted(point.name for point in points if point.load() is class_)
        if names:
            lines.append(f"  @{group} {' '.join(names)}")
    lines += [f"  @{group} {' '.join(sorted(names))}" for group, names in _words_of_the_hub(class_)]
    inherited: dict[str, Any] = {}
    for parent in reversed(lineage[1:]):
        inherited.update(parent.class_traits(config=True))
    traits = class_.class_traits(config=True)
    renamed = dict(_renamed(class_))
    lines += [f"  -{name}" for name in sorted(inherited.keys() - traits.keys())]
    for name in sorted({*traits, *renamed}):
        if name not in traits:
            lines.append(f"  {name}: gone{renamed[name]}")
        elif traits[name] is not inherited.get(name) or name in renamed:
            lines.append(f"  {name}: {kind(traits[name])}{renamed.get(name) or _old(name, traits[name], traits)}")
    return lines


def _words_of_the_hub(class_: type[Any]) -> Iterator[tuple[str, Iterable[str]]]:
    """What JupyterHub takes in roles and in services."""
    if class_.__module__ == "jupyterhub.app" and class_.__name__ == "JupyterHub":
        yield "scopes", importlib.import_module("jupyterhub.scopes").scope_definitions
    if class_.__module__ == "jupyterhub.services.service" and class_.__name__ == "Service":
        yield "fields", class_.class_traits(input=True)


def _paths(class_: type[Any]) -> Iterator[str]:
    root = class_.__module__.partition(".")[0]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == root and vars(module).get(class_.__name__) is class_:
            yield f"{name}.{class_.__name__}"


def _renamed(class_: type[Any]) -> Iterator[tuple[str, str]]:
    """The tables of old names that JupyterHub, oauthenticator and KubeSpawner keep, each with its own effect."""
    traits = class_.class_traits(config=True)
    for attribute in ("_deprecated_aliases", "_deprecated_oauth_aliases", "_deprecated_traits"):
        table = vars(class_).get(attribute, {})
        for name, (first, since, *same) in table.items():
            new = first
            while new in table and new != table[new][0]:
                new = table[new][0]
            effect = "refused" if same == [False] else "renamed"
            if attribute == "_deprecated_aliases" and name not in traits:
                effect = "ignored"
            if new in traits:
                yield name, f" ; {effect} {new} {since}"


_TARGET = re.compile(r"\buse(?: instead)? :?(?:attr:)?`{0,2}(?:c\.)?([A-Z]\w+\.\w+|[a-z]\w+)`{0,2}", re.I)


def _old(name: str, trait: Any, traits: dict[str, Any]) -> str:
    """What the trait's help says of its age, as JupyterHub and others write it."""
    text = " ".join((trait.help or "").split())
    told = rf"^deprecated|\.\. deprecated::|^`?{name}`? is deprecated|^[^.]*\. Deprecated (in|since) [0-9]"
    if not re.search(told, text, re.I):
        return ""
    old = text[re.search("deprecated", text, re.I).start() :]  # type: ignore[union-attr]
    found = _TARGET.search(old)
    if found and ("." in found[1] or ("_" in found[1] and found[1] in traits)):
        since = re.search(r"[0-9]+[.][0-9.]*[0-9]", old[: found.start()])
        return f" ; replaced {found[1]} {since[0] if since else ''}".rstrip()
    old = re.sub(r"^deprecated[:.]*( since| in)?( version| KubeSpawner)? *[0-9.]*:? *|:attr:", "", old, flags=re.I)
    return f" ; deprecated {re.split(r'(?<=[a-z)])[.;](?= |$)|[.][.] version|, e[.]g[.]', old)[0].strip()}"


def kind(trait: Any) -> str:
    """What the trait takes; what we do not know to judge is "any"."""
    for class_ in type(trait).__mro__:
        if class_ in _KINDS:
            text = _KINDS[class_](trait)
            break
        if class_.__name__ in _NAMED:
            text = _NAMED[class_.__name__](trait)
            break
        if "validate" in vars(class_):
            return "any"  # it takes what only its own code knows
    else:
        return "any"
    return text + ("?" if trait.allow_none and text != "any" else "")


def _inner(trait: Any) -> str:
    return "any" if trait is None else kind(trait)


def _list(name: str) -> Any:
    def of(trait: Any) -> str:
        text = f"{name}({_inner(trait._trait)})"
        return text + ("+" if trait._minlen else "")

    return of


def _number(name: str) -> Any:
    def of(trait: Any) -> str:
        low, high = (getattr(trait, side) for side in ("min", "max"))
        bounds = [None if bound in (None, float("inf"), float("-inf")) else bound for bound in (low, high)]
        return name if bounds == [None, None] else f"{name}{json.dumps(bounds)}".replace("[", "(").replace("]", ")")

    return of


def _words(name: str) -> Any:
    return lambda trait: f"{name}({', '.join(json.dumps(word) for word in trait.values)})"


def _enum(trait: Any) -> str:
    words = [word for member in trait.enum_class for word in (member.name, member.value)]
    return f"words({', '.join(json.dumps(word) for word in words if not isinstance(word, enum.Enum))})?"


_KINDS: dict[type[Any], Any] = {
    traitlets.Any: lambda trait: "any",
    traitlets.Bool: lambda trait: "bool",
    traitlets.Int: _number("int"),
    traitlets.Float: _number("float"),
    traitlets.Unicode: lambda trait: "text",
    traitlets.CUnicode: lambda trait: "any",
    traitlets.Bytes: lambda trait: "never",
    traitlets.List: _list("list"),
    traitlets.Set: _list("set"),
    traitlets.Tuple: lambda trait: f"tuple({', '.join(map(kind, trait._traits))})",
    traitlets.Dict: lambda trait: f"dict({_inner(trait._key_trait)}, {_inner(trait._value_trait)})",
    traitlets.Enum: _words("words"),
    traitlets.CaselessStrEnum: _words("caseless"),
    traitlets.UseEnum: _enum,
    traitlets.Union: lambda trait: f"one({', '.join(map(kind, trait.trait_types))})",
    traitlets.Callable: lambda trait: "never",
    traitlets.Type: lambda trait: "class",
    traitlets.Instance: lambda trait: "never",
}
_NAMED: dict[str, Any] = {
    "Command": _list("command"),
    "ByteSpecification": lambda trait: "size",
    "Callable": lambda trait: "never",
    "URLPrefix": lambda trait: "text",
    "EntryPointType": lambda trait: "class",
}
"""Those of jupyterhub.traitlets, by name: each release has its own."""


if __name__ == "__main__":
    main(sys.argv[1])
