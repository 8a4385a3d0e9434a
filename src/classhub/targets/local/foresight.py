"""Why `up` would be refused, found out by looking alone."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from classhub.config.model import Config
from classhub.errors import ClasshubError
from classhub.plan.steps import Plan
from classhub.targets.local import checks, home_checks, starting
from classhub.targets.local.paths import Paths, refuse_unusable


def refusals(paths: Paths, config: Config, plan: Plan, applied: Mapping[str, Any] | None) -> list[ClasshubError]:
    """In the order in which `up` would meet them. plan: what it would do. applied: hub.json, None before the first."""
    return [
        *_first(
            lambda: checks.refuse_open_address(config),
            lambda: refuse_unusable(paths),
            lambda: starting.need_sound_state(paths),
            lambda: home_checks.refuse_vanished(paths),
        ),
        *_first(lambda: starting.look_ahead(paths, plan, applied)),
    ]


def _first(*looks: Callable[[], None]) -> Iterator[ClasshubError]:
    """Where folders are not as they must be, what is in them tells nothing more."""
    for look in looks:
        try:
            look()
        except ClasshubError as error:
            yield error
            return
