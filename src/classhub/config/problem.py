"""A mistake in the values, before it is known which file it stands in."""

from typing import NamedTuple

from classhub.config.document import Where
from classhub.errors import Edit


class Problem(NamedTuple):
    """message, why, fix and severity become the Finding's; fix is the corrected line where there is one."""

    where: Where
    """The key it is about, in the merged values."""
    message: str
    why: str
    fix: str
    severity: str = "error"
    code: str = ""
    """Of config/codes.py."""
    edit: Edit | None = None
    """What certainly mends it."""
    file: str = ""
    """The name of the file of values that it stands in; empty for the last one that has the key."""
