"""What `up` would change, in words: compare the folder, or files of values, with what runs. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.config.meaning.access import access
from classhub.config.model import Config
from classhub.config.traits.lookup import get
from classhub.operations.loading import load
from classhub.operations.status import is_up
from classhub.plan.changes import plan, steps_ahead
from classhub.plan.consequence import About, Consequence
from classhub.plan.masking import bare
from classhub.plan.told import Told, told

if TYPE_CHECKING:
    from classhub.errors import ClasshubError
    from classhub.operations.machine import OnOneMachine
    from classhub.operations.on_cluster import OnACluster
    from classhub.plan.conflict import Conflict
    from classhub.plan.in_force import DryRun
    from classhub.plan.running import Running


@dataclass(frozen=True)
class Foreseen:
    """head: how things are now, in a sentence."""

    head: str
    told: Told
    of_a_cluster: DryRun | None = None

    @property
    def is_refused(self) -> bool:
        """`up` would do nothing of it as things are."""
        return any(one.kind is About.REFUSED for one in self.told.consequences)


def foresee(target: OnOneMachine, folder: Path, environ: Mapping[str, str], files: Sequence[Path] = ()) -> Foreseen:
    """files: of values, in place of the folder's. Raises Mistakes with all of them, NotFound, Refused."""
    config = load(folder, environ, files)
    running = target.inspect(config)
    if running is None or running.dry is None:
        found = _first_time(config)
    else:
        found = told(running, running.dry, steps_ahead(running), target.machine())
    refused = tuple(Consequence(About.REFUSED, _refusal(one)) for one in target.refusals(config, found.steps))
    found = replace(found, consequences=(*refused, *found.consequences))
    return Foreseen(_head(running, found, bool(refused)), found)


def _refusal(refused: ClasshubError) -> str:
    """With its cause and what to do."""
    cause = f" Probable cause: {refused.cause}." if refused.cause else ""
    return f"`classhub up` would be refused: {refused.what}{cause}" + (f" Next: {refused.fix}" if refused.fix else "")


def foresee_release(
    target: OnACluster, folder: Path, environ: Mapping[str, str], files: Sequence[Path] = ()
) -> Foreseen:
    """The same for `deploy`."""
    from classhub.operations.deploy import prepare

    prepared = prepare(target, folder, environ, files)
    return Foreseen(prepared.head, prepared.told, prepared.dry)


def _first_time(config: Config) -> Told:
    """Where no hub ever ran there is nothing to compare with."""
    wanted = {"culler": get(config.values, "cull.enabled"), "mirror": config.has_material}
    steps = plan(None, wanted, "", what="").steps
    who = (
        f"{config.login.why}."
        if config.login.stand_in
        else access(config.values, config.settings.chart_version).sentence
    )
    return Told(steps, (Consequence(About.ACCESS, who),))


def _head(running: Running | None, found: Told, refused: bool) -> str:
    if running is None or not is_up(running):
        changed = len(found.changes)
        more = f"; {changed} setting{'' if changed == 1 else 's'} changed since it ran last" if changed else ""
        return f"Nothing runs here. `classhub up` would start the hub{more}{', and is refused now' if refused else ''}."
    runs = f"The hub at {running.address} runs with revision {running.revision}."
    if found.empty:
        return f"Nothing would change. {runs}"
    ready = "is refused now; once that is mended it" if refused else ""
    return f"{runs} `classhub up` {ready}{' ' if ready else ''}would do this:"


def as_json(foreseen: Foreseen) -> dict[str, object]:
    """What scripts get; the keys stay."""
    found = foreseen.told
    facts: dict[str, object] = {
        "empty": found.empty,
        "steps": [{"do": step.do, "sentence": step.sentence} for step in found.steps],
        "consequences": [
            {"kind": one.kind.value, "sentence": one.sentence, "names": list(one.names)} for one in found.consequences
        ],
        "changes": [{"path": one.path, "old": bare(one.old), "new": bare(one.new)} for one in found.changes],
    }
    if foreseen.of_a_cluster is not None:
        from classhub.plan.objects import as_json as object_as_json  # late: only a cluster has any

        facts["objects"] = [object_as_json(one) for one in found.objects]
        facts["conflicts"] = [_conflict_as_json(one) for one in foreseen.of_a_cluster.conflicts]
    return facts


def _conflict_as_json(one: Conflict) -> dict[str, object]:
    """The values are in the sentence, where they may be seen."""
    return {"manager": one.manager, "kind": one.kind, "name": one.name, "path": one.path, "sentence": one.sentence}
