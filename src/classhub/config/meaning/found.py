"""Looking things up for the rules: a trait with its place, and code that may change what the values say."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from classhub.config.document import Where
from classhub.config.extra_config import extra_config
from classhub.config.traits.lookup import at, get, mapping

Values = Mapping[str, Any]


def trait(values: Values, sections: Iterable[str], name: str) -> tuple[Where, Any]:
    """Place and value as traitlets finds them, in the most specific section; of an unset one the first section, None."""
    names = list(sections)
    for section in names:
        where = ("hub", "config", section, name)
        if (found := at(values, where)) is not None:
            return where, found
    return ("hub", "config", names[0], name), None


def own_code(values: Values, about: str = "") -> str:
    """Configuration beyond the values, as "hub.extraConfig.login"; "" if there is none.

    about: a regular expression that a snippet of hub.extraConfig must contain; a file of Python always counts.
    """
    for key, source in extra_config(values):
        if re.search(about, source):
            return f"hub.extraConfig.{key}"
    for key, file in mapping(values, "hub.extraFiles").items():
        path = file.get("mountPath") if isinstance(file, Mapping) else None
        if "jupyterhub_config.d" in str(path) or str(path).endswith(".py"):
            return f"hub.extraFiles.{key}"
    return ""


def is_stock(values: Values) -> bool:
    """True if the hub runs the chart's own classes: its image, and no code of the college."""
    return has_stock_image(values) and not own_code(values)


def has_stock_image(values: Values) -> bool:
    """k8s-hub-slim has the same packages."""
    image = str(get(values, "hub.image.name") or "jupyterhub/k8s-hub")
    return image.removesuffix("-slim").endswith("jupyterhub/k8s-hub")


def whole(value: Any) -> int | None:
    """A number that counts something; true and false are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Address(NamedTuple):
    scheme: str
    host: str
    """Without port, in lower case; empty if there is none."""
    path: str


def address(text: str) -> Address:
    """The parts of https://host:port/path, whatever of it is there."""
    found = re.match(
        r"(?:([a-z][a-z0-9+.-]*)://)?(?:[^/?#@]*@)?([^/?#:]*)(?::[^/?#]*)?([^?#]*)", text.strip(), re.IGNORECASE
    )
    scheme, host, path = found.groups() if found else ("", "", "")
    return Address((scheme or "").lower(), host.lower(), path)
