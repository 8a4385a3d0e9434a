"""The steps of a release, one after the other. Each may be run again; what was begun is noted in the turn's record."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from classhub.errors import NotFound, OutsideFailed, WrongUsage
from classhub.hub.files import write_private
from classhub.outside.helm import Release
from classhub.outside.hub_api import HubApi
from classhub.outside.kubernetes import Conflicted, Invalid
from classhub.plan import recovery
from classhub.plan import release as steps
from classhub.plan.recovery import Left, Remains
from classhub.plan.steps import Plan
from classhub.targets.cluster import (
    address,
    changing,
    database,
    health,
    helm_lock,
    history,
    inspection,
    ownership,
    parts,
    record,
    scaling,
    trying,
    turn,
    waiting,
    watching,
)
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.labels import HUB, PROXY, component, is_hubs, name

Object = Mapping[str, Any]
Tell = Callable[[str], None]

GONE_S = 120
"""For the hub's pod to end."""
VALUES_KEPT = 10
"""Copies of the values in force, in the state folder: as many as Helm keeps revisions."""
ANSWERS_S = 120
"""For the hub to serve once its pods are ready."""


class Applying:
    """One plan on one release. state: .classhub/cluster. held: the turn, which this command has. api: opens the hub's."""

    def __init__(
        self, at: Connection, state: Path, held: turn.Held, tell: Tell, *, timeout_s: float, api: Callable[[], HubApi]
    ) -> None:
        self._at, self._state, self._held, self._tell = at, state, held, tell
        self._timeout_s, self._api = timeout_s, api

    def run(self, plan: Plan) -> None:
        """Raises OutsideFailed or Refused at the step that fails; those before it are done."""
        begun = False
        for step in plan.steps:
            if step.do != steps.FIND_COPY:
                self._begin(plan, step.do, begun)
                begun = True
            self._tell(step.sentence)
            self._do(step.do, plan)
        self._held.done()

    def mend(self, remains: Remains) -> None:
        """Of what an interrupted command left, that which only Helm's records tell of."""
        if remains.left is Left.HALF_INSTALLED:
            self._forget_half_installation()
        elif remains.left is Left.UNINSTALLING:
            self._at.helm.uninstall(self._at.release, timeout_s=self._timeout_s)
        elif remains.left in (Left.PENDING, Left.HALF_BACK):
            self._finish_way_back(remains)
        self._held.done()

    def _finish_way_back(self, remains: Remains) -> None:
        """Nobody can be asked about other tools' changes where the hub may stand still half-way: they are told.

        A hub that is not well afterwards is no reason to stop: what is deployed next may be the cure."""
        try:
            self.run(
                steps.way_back(
                    inspection.bare(self._newest()),
                    remains.revision,
                    outcome=remains.outcome,
                    database=remains.database,
                    seize=True,
                )
            )
        except OutsideFailed as error:
            if self._newest().status != "deployed":
                raise
            self._tell(f"Revision {remains.revision} is back, but not well: {error.what} {error.cause}")

    def _begin(self, plan: Plan, step: str, begun: bool) -> None:
        """What the next command must know if we do not come back from this step."""
        if begun:
            self._held.note(step=step)
            return
        about = {"who": turn.me(), "since": time.time(), "step": step, "place": helm_lock.place(self._state)}
        if plan.revision is not None:
            asked = {
                "database": bool(plan.settings.get("database")),
                "outcome": str(plan.settings.get("outcome") or ""),
            }
            self._held.note(operation="rollback", revision=plan.revision, **asked, **about)
            return
        found = recovery.judge(history.applied(self._history()), self._held.left, time.time())
        good = found.revision if found.left is Left.UNCHECKED else recovery.last_good(history.applied(self._history()))
        self._held.note(operation="deploy", revision=good, **about)

    def _do(self, step: str, plan: Plan) -> None:
        acts: Mapping[str, Callable[[Plan], None]] = {
            steps.BACK_UP: self._back_up,
            steps.TAKE_OVER: self._take_over,
            steps.UPGRADE: self._upgrade,
            steps.WAIT: self._wait,
            steps.CHECK: self._check,
            steps.START: lambda _: changing.start(self._at, self._tell),
            steps.TRY: self._try,
            steps.FIND_COPY: self._find_copy,
            steps.STOP_HUB: self._stop_hub,
            steps.RESTORE: self._restore,
            steps.ROLL_BACK: self._roll_back,
        }
        if step not in acts:
            raise WrongUsage(f"There is no step {step!r}.")
        acts[step](plan)

    def _back_up(self, plan: Plan) -> None:
        """Of what is in force: a revision that failed may name an image that does not exist."""
        revision = recovery.last_good(history.applied(self._history())) or self._newest().revision
        values = self._at.helm.values(self._at.release, revision)
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._state / f"{self._at.release}-values-{revision}.json", json.dumps(values))
        copies = sorted(self._state.glob(f"{self._at.release}-values-*.json"), key=lambda path: path.stat().st_mtime)
        for old in copies[:-VALUES_KEPT]:
            old.unlink()
        is_its = self._newest().revision == revision
        hub = self._hub(revision)
        database.back_up(self._at.cluster, hub, revision, self._tell, keep=plan.revision, is_its=is_its)

    def _take_over(self, plan: Plan) -> None:
        """By force and in Helm's name: who else held fields of it holds them no more."""
        for body in self._at.helm.manifest(self._at.release, plan.revision or self._newest().revision):
            placed = scaling.placed(body, self._at.cluster.namespace, self._at.release)
            try:
                self._at.cluster.apply(placed, dry_run=True, manager=scaling.HELM)
            except Conflicted as error:
                self._take(placed, dict.fromkeys(manager for manager, _ in error.conflicts))
            except Invalid as error:
                live = {**(self._at.cluster.get(body["kind"], name(body)) or {}), "kind": body["kind"]}
                found = ownership.foreign(live, error.fields) if "metadata" in live else []
                if not found:
                    raise
                ownership.take(self._at.cluster, live, placed, error.fields)
                self._take(placed, dict.fromkeys(manager for manager, _ in found))

    def _take(self, placed: Object, managers: Iterable[str]) -> None:
        self._at.cluster.apply(placed, manager=scaling.HELM, force=True)
        self._tell(f"{placed['kind']} {name(placed)} is as the release has it; {', '.join(managers)} had changed it.")

    def _wait(self, _: Plan) -> None:
        waiting.until_settled(self._at.cluster, self._at.release, self._tell, timeout_s=self._timeout_s)

    def _upgrade(self, plan: Plan) -> None:
        settings = plan.settings
        chart = self._at.chart(self._tell)
        if not (self._at.settings.chart_digest or self._at.settings.chart_file):
            self._tell(f"To take no other package than this: classhub config set chart.digest {chart.digest}")
        with watching.told(self._at.cluster, self._at.release, self._tell):
            made = self._at.helm.upgrade(
                chart.path, self._at.release, settings["values"], description=plan.what, timeout_s=self._timeout_s
            )
        hidden = tuple(tuple(way) for way in settings["hidden"])
        about = record.Remembered(turn.who(), plan.what, chart.digest, hidden)
        record.remember(self._at.cluster, self._at.release, made.revision, about)
        self._tell(f"Revision {made.revision} is applied.")

    def _check(self, _: Plan) -> None:
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
            found = health.check(near, public, timeout_s=min(self._timeout_s, ANSWERS_S), tell=self._tell)
        self._tell(f"JupyterHub {found.version} answers{'' if found.public else f' at {public}'}.")

    def _try(self, _: Plan) -> None:
        trying.try_server(self._at.cluster, self._at.release, self._api, self._tell, timeout_s=self._timeout_s)

    def _stop_hub(self, plan: Plan) -> None:
        database.rehearse(self._at.cluster, self._hub(int(plan.revision or 0)))
        live = self._live_hub()
        if live is not None and parts.wanted(live):
            # what we go back to was accepted once; what failed may be what the cluster refuses
            manifest = self._at.helm.manifest(self._at.release, int(plan.revision or 0))
            scaling.scale(self._at.cluster, live, manifest, 0, release=self._at.release)
        deadline = time.monotonic() + GONE_S
        while pods := [pod for pod in self._of_hub("Pod") if not parts.is_over(pod)]:
            if time.monotonic() > deadline:
                raise _stays(pods[0])
            time.sleep(0.5)

    def _find_copy(self, plan: Plan) -> None:
        revision = int(plan.revision or 0)
        database.find_copy(self._at.cluster, self._hub(revision), revision, self._tell)

    def _restore(self, plan: Plan) -> None:
        revision = int(plan.revision or 0)
        always = bool(plan.settings.get("database"))
        database.restore(self._at.cluster, self._hub(revision), revision, always=always, tell=self._tell)

    def _roll_back(self, plan: Plan) -> None:
        to, left = int(plan.revision or 0), self._newest()
        if outcome := str(plan.settings.get("outcome") or ""):
            record.taken_back(self._at.cluster, self._at.release, left.revision, outcome)
        with watching.told(self._at.cluster, self._at.release, self._tell):
            made = self._at.helm.rollback(self._at.release, to, timeout_s=self._timeout_s)
        before = record.read(self._at.cluster, self._at.release).get(to, record.Remembered())
        about = record.Remembered(turn.who(), plan.what, before.chart_digest, before.hidden)
        record.remember(self._at.cluster, self._at.release, made.revision, about)
        self._tell(f"Revision {made.revision} is revision {to} again.")

    def _hub(self, revision: int) -> database.Hub:
        """As that revision's manifest has it: the image of a broken upgrade may not even exist."""
        manifest = self._at.helm.manifest(self._at.release, revision)
        deployment = next((one for one in manifest if one["kind"] == "Deployment" and component(one) == HUB), None)
        if deployment is None:
            raise NotFound(f"Revision {revision} has no hub.", "It is no chart of JupyterHub.", "classhub history")
        return database.Hub(self._at.release, deployment, next(filter(parts.is_alive, self._of_hub("Pod")), None))

    def _live_hub(self) -> Object | None:
        return next(({**one, "kind": "Deployment"} for one in self._of_hub("Deployment")), None)

    def _of_hub(self, kind: str) -> list[Object]:
        found = self._at.cluster.list(kind)
        return [one for one in found if is_hubs(one, self._at.release)]

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


def _stays(pod: Object) -> OutsideFailed:
    node = (pod.get("spec") or {}).get("nodeName")
    return OutsideFailed(
        f"The hub's pod {name(pod)} does not end.",
        f"its node {node} may be gone: only the node can say that nobody writes to the database any more",
        f"kubectl get node {node}; once it is back, or deleted for good (kubectl delete node {node}), the same again",
    )
