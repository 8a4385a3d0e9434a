"""The steps of a release, one after the other. Each may be run again; what was begun is noted in the turn's record."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from classhub.errors import NotFound, OutsideFailed, WrongUsage
from classhub.hub.files import write_private
from classhub.outside.helm import Release
from classhub.plan import release as steps
from classhub.plan.recovery import Left, Remains
from classhub.plan.steps import Plan
from classhub.targets.cluster import (
    address,
    changing,
    database,
    health,
    inspection,
    parts,
    record,
    scaling,
    turn,
    waiting,
)
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.labels import HUB, PROXY, component, is_of, name

Object = Mapping[str, Any]
Tell = Callable[[str], None]

HELM_S = 900
"""For Helm and its hooks: the image pullers may have to bring the image to every node."""
GONE_S = 120
"""For the hub's pod to end."""


class Applying:
    """One plan on one release. state: .classhub/cluster. held: the turn, which this command has."""

    def __init__(self, at: Connection, state: Path, held: turn.Held, tell: Tell, timeout_s: float) -> None:
        self._at, self._state, self._held, self._tell, self._timeout_s = at, state, held, tell, timeout_s

    def run(self, plan: Plan) -> None:
        """Raises OutsideFailed or Refused at the step that fails; those before it are done."""
        if plan.revision is not None and plan.revision not in [one.revision for one in self._history()]:
            raise NotFound(f"There is no revision {plan.revision}.", fix="classhub -t cluster history")
        for step in plan.steps:
            self._held.note(step=step.do)
            self._tell(step.sentence)
            self._do(step.do, plan)

    def mend(self, remains: Remains) -> None:
        """Of what an interrupted command left, that which only Helm's records tell of."""
        if remains.left is Left.HALF_INSTALLED:
            self._forget_half_installation()
        elif remains.left is Left.UNINSTALLING:
            self._at.helm.uninstall(self._at.release, timeout_s=self._timeout_s)
        elif remains.left in (Left.PENDING, Left.HALF_BACK):
            self._held.note(operation="rollback", revision=remains.revision)
            self.run(steps.way_back(inspection.bare(self._newest()), remains.revision))

    def _do(self, step: str, plan: Plan) -> None:
        if step == steps.BACK_UP:
            self._back_up()
        elif step == steps.UPGRADE:
            self._upgrade(plan)
        elif step == steps.WAIT:
            waiting.until_settled(self._at.cluster, self._at.release, self._tell, timeout_s=self._timeout_s)
        elif step == steps.CHECK:
            self._check()
        elif step == steps.START:
            changing.start(self._at, self._tell)
        elif step == steps.STOP_HUB:
            self._stop_hub()
        elif step == steps.RESTORE:
            self._restore(plan)
        elif step == steps.ROLL_BACK:
            self._roll_back(plan)
        else:
            raise WrongUsage(f"There is no step {step!r}.")

    def _back_up(self) -> None:
        revision = self._newest().revision
        values = self._at.helm.values(self._at.release, revision)
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._state / f"{self._at.release}-values-{revision}.json", json.dumps(values))
        database.back_up(self._at.cluster, self._hub(revision), revision, self._tell)

    def _upgrade(self, plan: Plan) -> None:
        settings = plan.settings
        chart = self._at.chart(self._tell)
        made = self._at.helm.upgrade(
            chart.path, self._at.release, settings["values"], description=plan.what, timeout_s=HELM_S
        )
        hidden = tuple(tuple(way) for way in settings["hidden"])
        about = record.Remembered(turn.who(), plan.what, chart.digest, hidden)
        record.remember(self._at.cluster, self._at.release, made.revision, about)
        self._tell(f"Revision {made.revision} is applied.")

    def _check(self) -> None:
        seen = inspection.look(self._at.cluster, self._at.release)
        proxy = next((pod for pod in seen.pods if component(pod) == PROXY and parts.is_alive(pod)), None)
        if proxy is None:
            raise OutsideFailed("The proxy has no pod.", "", "classhub -t cluster status")
        newest = self._newest()
        values = self._at.helm.values(self._at.release, newest.revision)
        merged = inspection.over_chart(values, inspection.chart_version(newest))
        public = address.address(merged, seen.service("proxy-public"))
        with self._at.cluster.forward(name(proxy), inspection.http_port(proxy)) as port:
            near = f"http://127.0.0.1:{port}{address.base(merged)}"
            found = health.check(near, public, timeout_s=self._timeout_s, tell=self._tell)
        self._tell(f"JupyterHub {found.version} answers{'' if found.public else f' at {public}'}.")

    def _stop_hub(self) -> None:
        live = self._live_hub()
        if live is not None and parts.wanted(live):
            scaling.scale(self._at.cluster, live, self._at.helm.manifest(self._at.release), 0)
        deadline = time.monotonic() + GONE_S
        while any(component(pod) == HUB and is_of(pod, self._at.release) for pod in self._at.cluster.list("Pod")):
            if time.monotonic() > deadline:
                raise OutsideFailed("The hub's pod does not end.", "its node may be gone", "classhub -t cluster status")
            time.sleep(0.5)

    def _restore(self, plan: Plan) -> None:
        revision = int(plan.revision or 0)
        always = bool(plan.settings.get("database"))
        database.restore(self._at.cluster, self._hub(revision), revision, always=always, tell=self._tell)

    def _roll_back(self, plan: Plan) -> None:
        made = self._at.helm.rollback(self._at.release, int(plan.revision or 0), timeout_s=HELM_S)
        before = record.read(self._at.cluster, self._at.release).get(int(plan.revision or 0), record.Remembered())
        about = record.Remembered(turn.who(), plan.what, before.chart_digest, before.hidden)
        record.remember(self._at.cluster, self._at.release, made.revision, about)
        self._tell(f"Revision {made.revision} is revision {plan.revision} again.")

    def _hub(self, revision: int) -> database.Hub:
        """As that revision's manifest has it: the image of a broken upgrade may not even exist."""
        manifest = self._at.helm.manifest(self._at.release, revision)
        deployment = next(one for one in manifest if one["kind"] == "Deployment" and component(one) == HUB)
        pods = [pod for pod in self._at.cluster.list("Pod") if component(pod) == HUB and is_of(pod, self._at.release)]
        return database.Hub(deployment, next(filter(parts.is_alive, pods), None))

    def _live_hub(self) -> Object | None:
        found = self._at.cluster.list("Deployment")
        return next(
            ({**one, "kind": "Deployment"} for one in found if component(one) == HUB and is_of(one, self._at.release)),
            None,
        )

    def _forget_half_installation(self) -> None:
        """Helm's own records only: what it made carries Helm's marks, so that the next install takes it over."""
        wanted = f"owner=helm,name={self._at.release}"
        for secret in list(self._at.cluster.list("Secret", labels=wanted)):
            self._at.cluster.delete("Secret", name(secret))

    def _history(self) -> list[Release]:
        return self._at.helm.history(self._at.release)

    def _newest(self) -> Release:
        found = inspection.newest(self._history())
        if found is None:
            raise NotFound(f"There is no release {self._at.release} here.", fix="classhub deploy")
        return found
