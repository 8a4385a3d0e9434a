"""The catalogue of a chart's classes, as scripts/make_catalogue.py writes it: one file a package, shared by charts.

    GoogleOAuthenticator < OAuthenticator < Authenticator     a class, and the classes whose sections it reads as well
      @paths oauthenticator.google.GoogleOAuthenticator        where it can be imported from
      @authenticators google                                   its short names (@spawners, @proxies)
      @scopes read:users                                       of JupyterHub: what a role may name (@fields: a service)
      hosted_domain: list(text)                                a trait of its own and what it takes (kinds.py)
      -auto_login                                              a trait of its parents that it does not have
      username_key: text ; renamed username_claim 16.0.0       an old name; `gone` in place of a kind: not a trait at all

After the semicolon: renamed (the value still counts), replaced (by another, or one of another class), refused (the hub
does not start), ignored, deprecated (and a sentence).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent


class Trait(NamedTuple):
    kind: str
    """As kinds.accepts reads it; "gone" for a name that is no trait any more."""
    age: str = ""
    """renamed, replaced, refused, ignored, deprecated; "" for one that is current."""
    words: str = ""
    """After age: the new name ("Class.trait" in another class) and the release, or a sentence."""

    @property
    def new_name(self) -> str:
        return self.words.partition(" ")[0] if self.age not in ("", "deprecated") else ""


@dataclass(frozen=True)
class Class:
    name: str
    lineage: tuple[str, ...]
    """Itself, then its parents, nearest first: the sections that it reads."""
    own: dict[str, Trait] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Catalogue:
    classes: dict[str, Class] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of "authenticators", "spawners", "proxies": short name to class; of "paths": dotted path to class.

    Of "scopes" and "fields": the words that JupyterHub takes in roles and services."""

    def traits(self, name: str) -> Mapping[str, Trait]:
        """All traits of a class, inherited ones too; none of a class that is not in the catalogue."""
        found: dict[str, Trait] = {}
        for parent in reversed(self.lineage(name)):
            class_ = self.classes.get(parent)
            if class_ is not None:
                for gone in class_.without:
                    found.pop(gone, None)
                found.update(class_.own)
        return found

    def lineage(self, name: str) -> tuple[str, ...]:
        return self.classes[name].lineage if name in self.classes else ()

    def find(self, group: str, configured: str) -> str | None:
        """The class that `authenticator_class: configured` loads; short names in any case, as the hub takes them."""
        short = self.aliases.get(group, {}).get(configured.lower())
        return short or self.aliases.get("paths", {}).get(configured)


@cache
def charts() -> Mapping[str, tuple[str, ...]]:
    """Chart version to the packages of its hub image, oldest first."""
    lines = (_FOLDER / "charts.txt").read_text(encoding="utf-8").splitlines()
    return {chart: tuple(packages.split()) for chart, _, packages in (line.partition(":") for line in lines)}


@cache
def catalogue(chart: str) -> Catalogue:
    """KeyError: no catalogue for that chart."""
    return parse((_FOLDER / f"{package}.classes").read_text(encoding="utf-8") for package in charts()[chart])


def parse(texts: Iterable[str]) -> Catalogue:
    found = Catalogue()
    class_ = Class("", ())
    for line in (line for text in texts for line in text.splitlines()):
        bare = line.strip()
        if not line.startswith(" "):
            names = tuple(bare.split(" < "))
            class_ = found.classes[names[0]] = Class(names[0], names)
        elif bare.startswith("@"):
            group, *aliases = bare[1:].split(" ")
            found.aliases.setdefault(group, {}).update(dict.fromkeys(aliases, class_.name))
        elif bare.startswith("-"):
            class_.without.add(bare[1:])
        else:
            name, _, rest = bare.partition(": ")
            kind, _, old = rest.partition(" ; ")
            age, _, words = old.partition(" ")
            class_.own[name] = Trait(kind, age, words)
    return found
