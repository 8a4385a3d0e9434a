"""Paths inside a course's material, as people write them."""

from pathlib import Path

from classhub.config.document import Where
from classhub.config.fields import Fields
from classhub.config.spelling import dotted


def inside(fields: Fields, below: Where, text: str) -> str:
    """As the material names it: no slash at its ends, no dot in between. "" with a finding if it leads out of it."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith("/") or ".." in parts or "\0" in text or not parts:
        message = f"{dotted((*fields.where, *below))} is no path inside the material."
        fix = "Write the path from the material's own folder, as labs/lab01.ipynb."
        fields.wrong_inside(below, "CH1930", message, "Only what lies in the material is delivered.", fix)
        return ""
    return "/".join(parts)


def is_there(path: Path) -> bool:
    """False, too, for what is closed to us or cannot be a name."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    return is_there(path) and path.is_dir()


def miss(fields: Fields, below: Where, path: str, material: Path | None) -> None:
    """A warning where the material is a folder of this machine that does not have it (yet)."""
    if material is None or not path or not is_folder(material) or is_there(material / path):
        return
    message = f"{dotted((*fields.where, *below))} names what is not in the material: {path}"
    fields.warn_inside(
        below, "CH1931", message, "Its link leads to nothing.", f"Put it into {material.name}/, or correct the path."
    )
