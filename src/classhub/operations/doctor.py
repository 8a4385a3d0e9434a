"""What is missing on this machine or in this deployment folder, with the command that mends it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError, Mistakes
from classhub.plan.checks import Check

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.machine import OnOneMachine


def checks(target: OnOneMachine, folder: Path, environ: Mapping[str, str]) -> list[Check]:
    """Python, the folder, then what the target knows of its machine."""
    python = Check("Python", seen=platform.python_version())
    config, about_it = _folder(folder, environ)
    return [python, about_it, _hub(target), *target.checks(config)]


def _folder(folder: Path, environ: Mapping[str, str]) -> tuple[Config | None, Check]:
    from classhub.config.load import load

    try:
        config = load(folder, environ)
    except Mistakes as error:
        first = f"{error.what} The first: {error.findings[0]}"
        return None, Check("config/", first, "Mend them; `classhub up` lists all.")
    except ClasshubError as error:
        return None, Check("config/", error.what, error.fix)
    return config, Check("config/", seen=f"{folder}: no mistakes; {config.login.why}")


def _hub(target: OnOneMachine) -> Check:
    from classhub.operations.status import advice, is_up

    running = target.inspect()
    if running is None or not is_up(running):
        return Check("hub", seen="does not run; `classhub up` starts it")
    wrong = [line for line in advice(running) if line not in running.notes]
    problem, _, fix = wrong[0].partition(" Next: ") if wrong else ("", "", "")
    return Check("hub", problem, fix, seen=f"{running.state.value} at {running.address}")
