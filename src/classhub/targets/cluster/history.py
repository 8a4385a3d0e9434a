"""Helm's history with what ClassHub remembers of each revision. Pure."""

import re
from collections.abc import Mapping, Sequence

from classhub.outside.helm import Release
from classhub.plan.recovery import Applied
from classhub.plan.steps import Revision
from classhub.targets.cluster.record import Remembered

_OUTCOMES = {
    "failed": "failed",
    **dict.fromkeys(("pending-install", "pending-upgrade", "pending-rollback"), "interrupted"),
}


def revisions(history: Sequence[Release], remembered: Mapping[int, Remembered]) -> list[Revision]:
    """Oldest first. One that plain Helm made has nobody's name; its description stands for the reason."""
    first: dict[int, int] = {}
    for one in history:
        back = re.fullmatch(r"Rollback to (\d+)", one.description)  # helm's own words, 3 and 4
        first[one.revision] = first.get(int(back[1]), int(back[1])) if back else one.revision
    return [_revision(one, remembered.get(one.revision, Remembered()), first[one.revision]) for one in history]


def applied(history: Sequence[Release]) -> list[Applied]:
    """As plan/recovery.py judges it."""
    return [Applied(one.revision, one.status, one.updated) for one in history]


def _revision(release: Release, known: Remembered, first: int) -> Revision:
    """first: the revision that this one repeats."""
    return Revision(
        number=release.revision,
        when=release.updated,
        who=known.who or "helm",
        what=known.what or release.description or release.chart,
        digest=f"{release.chart} as of revision {first}",
        outcome=known.outcome or _OUTCOMES.get(release.status, ""),
    )
