"""Follow a hub that was just started, until it is stopped from elsewhere."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from classhub.errors import NotRunning, OutsideFailed
from classhub.operations.status import is_up

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine
    from classhub.targets.interface import Tell

SETTLING_S = 5.0
"""A supervisor that was told to stop says goodbye a moment before its parts are gone."""


def follow(target: OnOneMachine, tell: Tell) -> None:
    """Tell what happens; returns once the hub is stopped. OutsideFailed when only the supervisor is gone."""
    with suppress(NotRunning):
        for sentence in target.follow():
            tell(sentence)
    deadline = time.monotonic() + SETTLING_S
    while is_up(target.inspect()):
        if time.monotonic() > deadline:
            raise OutsideFailed(
                "The supervisor is gone; the hub and its servers run on unwatched.",
                "Something killed it, or the machine ran out of memory.",
                "Adopt them: `classhub up`.",
            )
        time.sleep(0.1)
