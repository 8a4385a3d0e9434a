"""hub.extraConfig: the college's own Python for the hub."""

import re
from collections.abc import Mapping
from typing import Any

from classhub.config.traits.lookup import mapping


def extra_config(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, source) in the order in which the hub runs them, after everything else; all in one namespace."""
    return [(key, source) for key, source in mapping(values, "hub.extraConfig").items() if isinstance(source, str)]


def sets_authenticator(values: Mapping[str, Any]) -> str:
    """Key of the snippet that chooses who logs people in, as far as its text shows; "" if none does."""
    pattern = re.compile(r"^[^#\n]*\bauthenticator_class\b['\"]?\]?\s*=[^=]", re.MULTILINE)
    return next((key for key, source in extra_config(values) if pattern.search(source)), "")
