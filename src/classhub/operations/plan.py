"""What `up` would change, in words: compare the folder, or files of values, with what runs. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.config.load import load
from classhub.config.meaning.access import access
from classhub.config.model import Config
from classhub.config.traits.lookup import get
from classhub.operations.status import is_up
from classhub.plan.changes import plan, steps_ahead
from classhub.plan.consequence import About, Consequence
from classhub.plan.masking import bare
from classhub.plan.told import Told, told

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine
    from classhub.operations.on_cluster import OnACluster
    from classhub.plan.running import Running


@dataclass(frozen=True)
class Foreseen:
    """head: how things are now, in a sentence."""

    head: str
    told: Told


def foresee(target: OnOneMachine, folder: Path, environ: Mapping[str, str], files: Sequence[Path] = ()) -> Foreseen:
    """files: of values, in place of the folder's. Raises Mistakes with all of them, NotFound, Refused."""
    config = load(folder, environ, files=files)
    running = target.inspect(config)
    if running is None or running.dry is None:
        return Foreseen("Nothing runs here. `classhub up` would start the hub.", _first_time(config))
    found = told(running, running.dry, steps_ahead(running), target.machine())
    return Foreseen(_head(running, found), found)


def foresee_release(
    target: OnACluster, folder: Path, environ: Mapping[str, str], files: Sequence[Path] = ()
) -> Foreseen:
    """The same for `deploy`."""
    from classhub.operations.deploy import prepare

    prepared = prepare(target, folder, environ, files)
    return Foreseen(prepared.head, prepared.told)


def _first_time(config: Config) -> Told:
    """Where no hub ever ran there is nothing to compare with."""
    steps = plan(None, {"culler": get(config.values, "cull.enabled")}, "", what="").steps
    who = (
        f"{config.login.why}."
        if config.login.stand_in
        else access(config.values, config.settings.chart_version).sentence
    )
    return Told(steps, (Consequence(About.ACCESS, who),))


def _head(running: Running, found: Told) -> str:
    if not is_up(running):
        more = " Since it ran last, this changed:" if found.changes else ""
        return f"Nothing runs here. `classhub up` would start the hub.{more}"
    if found.empty:
        return f"Nothing would change. The hub at {running.address} runs with revision {running.revision}."
    return f"The hub at {running.address} runs with revision {running.revision}. `classhub up` would do this:"


def as_json(foreseen: Foreseen) -> dict[str, object]:
    """What scripts get; the keys stay."""
    found = foreseen.told
    return {
        "empty": found.empty,
        "steps": [{"do": step.do, "sentence": step.sentence} for step in found.steps],
        "consequences": [
            {"kind": one.kind.value, "sentence": one.sentence, "names": list(one.names)} for one in found.consequences
        ],
        "changes": [{"path": one.path, "old": bare(one.old), "new": bare(one.new)} for one in found.changes],
    }
