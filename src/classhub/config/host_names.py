"""What is the name of a host: letters, digits and dashes, in parts of at most 63, of 253 in all (RFC 1123)."""

import re

_PART = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_PART}(\.{_PART})*", re.IGNORECASE | re.ASCII)


def is_host_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))
