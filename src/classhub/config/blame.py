"""Where in config/ stands what a complaint is about: "config/config.yaml:14", for a sentence that names no file."""

import re
from collections.abc import Iterator
from pathlib import Path

from classhub.config.document import Document, Where
from classhub.config.extra_config import lines_below
from classhub.config.load import names_of_values, shown
from classhub.config.reading import read
from classhub.config.traits.lookup import mapping

SNIPPET = re.compile(r"hub\.extraConfig\.(.+?), line (\d+)")
TRAIT = re.compile(r"the setting \w+\.(\w+) of hub\.config")
OURS = re.compile(r"\b(local)\.(port|address)\b|\b(homes)\.(folder)\b")


def place(complaint: str, folder: Path) -> str:
    """file:line; empty when the complaint names no setting, or one that stands in no file."""
    for name in (*reversed(names_of_values(folder)), "classhub.yaml"):
        path = folder / name
        document = read(path, shown(path), []) if path.exists() else None
        if document is not None:
            for where, further in _meant(complaint, document):
                if document.has(where):
                    return f"{document.file}:{document.place(where)[0] + further}"
    return ""


def _meant(complaint: str, document: Document) -> Iterator[tuple[Where, int]]:
    """Where it may stand, and how many lines further on."""
    if found := SNIPPET.search(complaint):
        source = mapping(document.values, "hub.extraConfig").get(found[1])
        yield ("hub", "extraConfig", found[1]), lines_below(source, int(found[2]))
    if found := TRAIT.search(complaint):
        for section in mapping(document.values, "hub.config"):
            yield ("hub", "config", section, found[1]), 0
    if found := OURS.search(complaint):
        yield tuple(filter(None, found.groups())), 0
