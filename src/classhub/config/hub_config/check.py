"""Check hub.config section by section: which class, does the hub load it, and what it would say to each trait.

A section counts for a class and for all that inherit from it, so each trait is looked up in the class that the hub
loads. A trait of KubeSpawner in the section Spawner is right, as traitlets sees it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.catalogue.read import Catalogue
from classhub.config.hub_config.finding import Finding, at
from classhub.config.hub_config.selection import FAMILIES, Around, Family, configured, selected, short_name
from classhub.config.hub_config.traits import Section, trait_problems
from classhub.config.spelling import nearest


def problems(config: Mapping[str, Any], catalogue: Catalogue, around: Around | None = None) -> list[Finding]:
    """config: hub.config of the merged values. Sections that are no mapping are the chart table's business."""
    around = around or Around()
    running = selected(config, catalogue, around)
    # A class of one's own reads its own section, whatever the catalogue says.
    own = {configured(family, config, around).rpartition(".")[2] for family in FAMILIES}
    found: list[Finding] = []
    for name, traits in config.items():
        if not "A" <= name[:1] <= "Z":
            found.append(_small_letter(name, catalogue))
        elif name in catalogue.classes:
            found.extend(_section(name, traits, catalogue, around, running))
        elif name not in own:
            found.append(_unknown_class(name, catalogue, around))
    return found


def _section(
    name: str, traits: Any, catalogue: Catalogue, around: Around, running: Mapping[str, str | None]
) -> Iterator[Finding]:
    family = _family(name, catalogue)
    loaded = running[family.name] if family else name
    counts = loaded is None or name in catalogue.lineage(loaded)
    if family and loaded and not counts:
        yield _unused(name, loaded, family, catalogue, around)
    section = Section(name, loaded if loaded and counts else name, counts, loaded is not None)
    for trait, value in traits.items() if isinstance(traits, Mapping) else ():
        yield from trait_problems(section, trait, value, catalogue, around)


def _family(name: str, catalogue: Catalogue) -> Family | None:
    return next((family for family in FAMILIES if family.name in catalogue.lineage(name)), None)


def _small_letter(name: str, catalogue: Catalogue) -> Finding:
    class_ = nearest(name, catalogue.classes)
    return Finding(
        at(name),
        f"hub.config.{name} starts with a small letter; sections of hub.config are names of classes.",
        "Helm refuses the whole file for it, and so does the hub.",
        f"Write {class_}:" if class_ else f"If {name} is a key of hub, move it one level out, to hub.{name}.",
        "error",
        "small-letter",
    )


def _unknown_class(name: str, catalogue: Catalogue, around: Around) -> Finding:
    class_ = nearest(name, catalogue.classes)
    # Written alike but for capitals it is a slip; else it may be a class of one's own, named after its parent.
    is_slip = class_ != "" and (around.is_stock or class_.lower() == name.lower())
    if is_slip:
        return Finding(
            at(name),
            f"There is no class {name}. Did you mean {class_}?",
            "The hub passes over a section that no class reads, without a word.",
            f"Write {class_}: in place of {name}:",
            "error",
            "unknown-class",
        )
    return Finding(
        at(name),
        f"hub.config.{name}: the chart's hub image has no class of that name.",
        "It counts if hub.extraConfig, hub.extraFiles or your hub image bring that class; nothing of it is checked here.",
        "Nothing, if they do." if not around.is_stock else "Remove the section, or bring the class.",
        "note",
        "unknown-class",
    )


def _unused(name: str, loaded: str, family: Family, catalogue: Catalogue, around: Around) -> Finding:
    short = short_name(name, family, catalogue)
    select = f"Select it (JupyterHub: {{{family.trait}: {short}}})" if short else "Select a class that reads it"
    return Finding(
        at(name),
        f"hub.config.{name} has no effect.",
        f"The hub loads {loaded}, which does not read it{', unless hub.extraConfig selects another' * around.own_code}.",
        f"{select}, or remove the section.",
        "note" if around.own_code else "warning",
        "unused",
    )
