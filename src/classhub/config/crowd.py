"""Findings of one kind that are more than anybody reads: the first of them, and one that counts the rest."""

from collections import defaultdict
from collections.abc import Iterable

from classhub.errors import Finding

MOST_ALIKE = 100
"""Findings of one code and severity in one file that are shown."""


def counted(found: Iterable[Finding]) -> list[Finding]:
    """In their order. What is left out is as grave as before, and Finding.count says how many it is."""
    kept: list[Finding] = []
    rest: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    shown: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in found:
        alike = (one.file, one.code, one.severity)
        if shown[alike] < MOST_ALIKE:
            shown[alike] += 1
            kept.append(one)
        else:
            rest[alike].append(one)
    kept += [_sum(left) if len(left) > 1 else left[0] for left in rest.values()]
    return sorted(kept, key=lambda one: (one.file, one.line, one.column))


def _sum(left: list[Finding]) -> Finding:
    first, count = left[0], sum(one.count for one in left)
    message = f"From here on {count:,} more of {first.code} in this file are not shown."
    fix = "Mend the ones above, then check again."
    return Finding(first.severity, first.file, first.line, first.column, message, "", fix, first.code, count=count)
