"""One amount of memory, processor or disk, read as its reader will read it.

Memory and processors of students' servers are read by JupyterHub (traitlets.ByteSpecification and Float), all other
amounts by Kubernetes (apimachinery, resource.Quantity). The two disagree on purpose of nobody: 2G against 2Gi.
"""

import re
from decimal import Decimal
from math import isfinite
from typing import Any

MEMORY_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_FACTORS = {
    **{unit: Decimal(10) ** power for unit, power in _DECIMAL.items()},
    **{f"{unit}i": Decimal(2) ** (10 * power) for power, unit in enumerate("KMGTPE", 1)},
}
_QUANTITY = re.compile(
    r"^(?P<number>[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))((?P<unit>[numkMGTPE]?|[KMGTPE]i)|[eE](?P<power>[+-]?[0-9]{1,3}))$"
)
_MEANT = re.compile(r"^\s*[+-]?(?P<number>[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*(?P<unit>[a-zA-Z]*)\s*$")


def memory(value: Any) -> int:
    """Bytes. Raises ValueError for what a spawner refuses: it takes a number, or one with K, M, G or T."""
    if isinstance(value, bool):
        raise ValueError("not an amount")
    if isinstance(value, int | float):
        return int(value)
    if not isinstance(value, str) or value[-1:] not in MEMORY_UNITS:
        raise ValueError("no unit that a spawner knows")
    amount = float(value[:-1]) * MEMORY_UNITS[value[-1]]
    if not isfinite(amount):
        raise ValueError("endless")
    return int(amount)


def processors(value: Any) -> float:
    """Cores. Raises ValueError for what a spawner refuses: it takes a number only."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return float(value)


def quantity(value: Any) -> Decimal:
    """What Kubernetes reads: a number, or one with a unit as m, k, M, Mi, Gi. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not an amount")
    found = _QUANTITY.match(str(value).strip())
    if not found:
        raise ValueError("no amount that Kubernetes reads")
    number = Decimal(found["number"])
    return number * _FACTORS[found["unit"]] if found["unit"] is not None else number.scaleb(int(found["power"]))


def memory_meant(value: Any) -> str:
    """What somebody probably meant, in the spawner's words: 2GB -> 2G. Without a clue an example."""
    number, unit = _parts(value)
    if not number:
        return "1G"
    letter = unit[:1].upper()
    if letter in MEMORY_UNITS:
        return f"{number}{letter}"
    return f"{number}{'G' if float(number) < 64 else 'M'}" if letter in ("", "B") else "1G"


def processors_meant(value: Any) -> str:
    """500m -> 0.5, "2 cores" -> 2."""
    number, unit = _parts(value)
    return f"{float(number) / 1000:g}" if unit == "m" else number or "1"


def quantity_meant(value: Any, example: str) -> str:
    """5 gigs -> 5Gi, 10GB -> 10G. example: for what cannot be guessed; without a unit in it none is added."""
    number, unit = _parts(value)
    if not number:
        return example
    if example.isdecimal():
        return f"{number}m" if unit.startswith("m") else number
    letter = unit[:1].upper()
    if letter not in tuple("KMGTPE"):
        return f"{number}Gi" if float(number) < 64 else f"{number}Mi"
    if unit[1:].lower() == "b":
        return f"{number}{letter}".replace("K", "k")
    return f"{number}{letter}i"


def _parts(value: Any) -> tuple[str, str]:
    """Number and unit without sign and blanks; empty where there is no number."""
    found = _MEANT.match(str(value)) if isinstance(value, int | float | str) else None
    number = found["number"].replace(",", ".") if found else ""
    return (number, found["unit"]) if found and float(number) else ("", "")
