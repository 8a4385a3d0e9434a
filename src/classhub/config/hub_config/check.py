"""Check hub.config section by section: which class, does the hub load it, and what it would say to each trait.

A section counts for a class and for all that inherit from it, so each trait is looked up in the class that the hub
loads. A trait of KubeSpawner in the section Spawner is right, as traitlets sees it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.catalogue.read import Catalogue
from classhub.config.hub_config import across
from classhub.config.hub_config.selection import FAMILIES, Around, Family, at, configured, selected, short_name
from classhub.config.hub_config.traits import Section, trait_problems
from classhub.config.problem import Problem
from classhub.config.spelling import is_slip, nearest
from classhub.errors import Edit


def problems(config: Mapping[str, Any], catalogue: Catalogue, around: Around | None = None) -> Iterator[Problem]:
    """config: hub.config of the merged values. Sections that are no mapping are the chart table's business."""
    around = around or Around()
    running = selected(config, catalogue, around)
    # A class of one's own reads its own section, whatever the catalogue says.
    own = {configured(family, config, around).rpartition(".")[2] for family in FAMILIES}
    for name in config:
        if not "A" <= name[:1] <= "Z":
            yield _small_letter(name, catalogue, around)
        elif name in catalogue.classes:
            yield from _section(name, config, catalogue, around, running)
        elif name not in own:
            yield _unknown_class(name, catalogue, around)
    if login := running["Authenticator"]:
        yield from across.problems(config, login, catalogue, around)


def _section(
    name: str, config: Mapping[str, Any], catalogue: Catalogue, around: Around, running: Mapping[str, str | None]
) -> Iterator[Problem]:
    family = _family(name, catalogue)
    loaded = running[family.name] if family else name
    counts = loaded is None or name in catalogue.lineage(loaded)
    if family and loaded and not counts:
        yield _unused(name, loaded, family, catalogue, around)
    section = Section(name, loaded if loaded and counts else name, counts, loaded is not None, around)
    traits = config[name]
    for trait, value in traits.items() if isinstance(traits, Mapping) else ():
        yield from trait_problems(section, trait, value, catalogue)


def _family(name: str, catalogue: Catalogue) -> Family | None:
    return next((family for family in FAMILIES if family.name in catalogue.lineage(name)), None)


def _small_letter(name: str, catalogue: Catalogue, around: Around) -> Problem:
    class_ = "" if name in around.keys_of_hub else nearest(name, catalogue.classes)
    message = f"hub.config.{name} does not start with a capital letter; sections of hub.config are names of classes."
    why = "Helm refuses the whole file for it, and so does the hub."
    fix, edit = f"Write {name[:1].upper()}{name[1:]}:, or remove it.", None
    if class_:
        fix, edit = f"Write {class_}: in place of {name}:", _rename(name, class_, around)
    elif name in around.beside:
        fix = f"Merge it into hub.{name}, which is there already, and remove it here."
    elif name in around.keys_of_hub:
        fix, edit = f"Move it one level out, to hub.{name}.", Edit("move", at(name), ("hub", name))
    return Problem(at(name), message, why, fix, "error", "CH1207", edit)


def _unknown_class(name: str, catalogue: Catalogue, around: Around) -> Problem:
    class_ = nearest(name, catalogue.classes)
    # Written alike but for capitals it is a slip; else it may be a class of one's own, named after its parent.
    is_slip = class_ != "" and (around.is_stock or class_.lower() == name.lower())
    if is_slip:
        message = f"There is no class {name}. Did you mean {class_}?"
        why = "The hub passes over a section that no class reads, without a word."
        fix = f"Write {class_}: in place of {name}:"
        return Problem(at(name), message, why, fix, "error", "CH1301", _rename(name, class_, around))
    message = f"hub.config.{name}: the chart's hub image has no class of that name."
    why = "It counts if hub.extraConfig, hub.extraFiles or your hub image bring that class; nothing of it is checked here."
    fix = "Nothing, if they do." if not around.is_stock else "Remove the section, or bring the class."
    return Problem(at(name), message, why, fix, "note", "CH1301")


def _rename(name: str, class_: str, around: Around) -> Edit | None:
    return Edit("rename", at(name), class_) if around.is_free(class_) and is_slip(name, class_) else None


def _unused(name: str, loaded: str, family: Family, catalogue: Catalogue, around: Around) -> Problem:
    short = short_name(name, family, catalogue)
    select = f"Select it (JupyterHub: {{{family.trait}: {short}}})" if short else "Select a class that reads it"
    why = (
        f"The hub loads {loaded}, which does not read it{', unless hub.extraConfig selects another' * around.own_code}."
    )
    severity = "note" if around.own_code else "warning"
    return Problem(
        at(name), f"hub.config.{name} has no effect.", why, f"{select}, or remove the section.", severity, "CH1306"
    )
