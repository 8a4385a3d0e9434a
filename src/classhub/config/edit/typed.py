"""What people type on a command line: a key with dots, a value in YAML."""

import re
from typing import Any

from classhub.config.compose import Composer, Hopeless
from classhub.config.document import Where
from classhub.errors import WrongUsage

_PART = re.compile(r"""(?:^|(?!^)\.|(?=\[))(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\[(\d{1,6})\]|([^.\["']+))""")


def way(key: str) -> Where:
    """`admin_users[0]`, `hub.extraFiles."my.file"`. Raises WrongUsage."""
    found: list[str | int] = []
    at = 0
    while at < len(key) and (part := _PART.match(key, at)):
        double, single, number, bare = part.groups()
        if double is not None:
            found.append(re.sub(r"\\(.)", r"\1", double))
        else:
            found.append(int(number) if number is not None else single if single is not None else bare)
        at = part.end()
    if not found or at < len(key):
        fix = "Write the names with dots between, as local.port; one that has dots itself in quotes."
        raise WrongUsage(f"{key!r} is no key.", "", fix)
    return tuple(found)


def below(where: Where, values: Any) -> Where:
    """With numbers for what are places of lists in these values, as in `hub.services.0`."""
    made: list[str | int] = []
    for part in where:
        if isinstance(values, list):
            part = int(part) if str(part).isdecimal() else part  # noqa: PLW2901
            values = values[part] if isinstance(part, int) and part < len(values) else None
        else:
            values = values.get(str(part)) if isinstance(values, dict) else None
        made.append(part)
    return tuple(made)


def value(text: str, where: Where = ()) -> Any:
    """As Helm reads it in a file; a snippet of Python for hub.extraConfig as it stands. Raises WrongUsage."""
    if _is_snippet(text, where):
        return text
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = Composer()
    why = ""
    try:
        composer.feed(yaml.parse(text, Loader=loader))
    except (Hopeless, yaml.YAMLError):
        why = "it is not YAML"
    if composer.troubles:
        why = composer.troubles[0].message
    if why:
        raise WrongUsage("The value cannot be read.", why, "If it is text as it stands, add --string.")
    found = composer.root.value if composer.root else None
    if found is None and text.strip().lower() not in ("null", "~"):
        fix = "Write null for no value at all, --remove for the default, --string '' for an empty text."
        raise WrongUsage("The value is empty.", "a variable of the shell that is not set", fix)
    return found


def _is_snippet(text: str, where: Where) -> bool:
    """Lines that YAML would fold into one; not those that are marked as a text block, which Python cannot begin as."""
    return where[:2] == ("hub", "extraConfig") and len(where) == 3 and "\n" in text.strip() and text[0] not in "|>"
