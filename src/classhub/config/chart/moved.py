"""How it is said that a key has moved."""

from collections.abc import Mapping

from classhub.config.chart.moves import Moved
from classhub.config.edit.render import flow
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.errors import Edit


def moved_problem(found: Moved, why: str) -> Problem:
    message = f"{dotted(found.path)} is gone since chart {found.move.version}."
    return Problem(
        found.path, message, f"{why} {found.move.note}".rstrip(), replacement(found), code="CH1205", edit=_edit(found)
    )


def _edit(found: Moved) -> Edit | None:
    """Certain where nothing stands there, or one key takes its place and means the same."""
    if _is_empty(found):
        return Edit("remove", found.path)
    if len(found.move.to) != 1 or found.move.inverted or found.move.note:
        return None
    return Edit("move", found.path, found.move.to[0])


def replacement(found: Moved) -> str:
    """The corrected line. Only true and false are shown: other values may be secrets."""
    if not found.move.to or _is_empty(found):
        return "Remove it."
    if found.path == ("httpRoute", "gateway"):
        return f"parentRefs: [{flow({'kind': 'Gateway', **_gateway(found.value)})}]"
    shown = "(the opposite)" if found.move.inverted else "..."
    if isinstance(found.value, bool):
        shown = str(found.value is not found.move.inverted).lower()
    return "Write " + " and ".join(f"{dotted(new)}: {shown}" for new in found.move.to)


def _gateway(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {"name": value}


def _is_empty(found: Moved) -> bool:
    return found.value in (None, {}, [])
