"""The process that is called helm: one question as JSON on standard input, one answer as JSON on standard output.

Run by helm_sdk.py alone. Whatever Go or the SDK write by themselves goes to standard error.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

Given = Mapping[str, Any]
SCHEMA = "values don't meet the specifications of the schema(s) in the following chart(s)"
"""Helm's own words, which this call of the SDK leaves out."""
HOOK = "helm.sh/hook"
HOOKS_ONLY = "hookOnly"
"""Hooks are waited for; whether the hub is healthy is looked at by whoever asked."""


def main() -> int:
    answer = os.dup(1)
    os.dup2(2, 1)
    asked = json.load(sys.stdin)
    _leave_path(asked["pythonpath"])
    found: dict[str, Any] = {}
    stopper = _Stopper()
    work = threading.Thread(target=_work, args=(asked, stopper, found), daemon=True)
    signal.signal(signal.SIGINT, lambda *_: stopper.stop())
    work.start()
    while work.is_alive():  # a join without a limit would hold the signal back
        work.join(0.05)
    with os.fdopen(answer, "w") as out:
        json.dump(found, out)
    return 0


def _leave_path(given: str | None) -> None:
    """What fetches credentials may be a Python program of its own, and Go hands on the environment that we began with.

    Replaced or removed in its place: a variable that is added would be in a copy that Go does not see.
    """
    if given is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = given


class _Stopper:
    """Helm's own way to stop an install or upgrade: the revision is then marked failed, and none stays pending."""

    def __init__(self) -> None:
        self._is_wanted = False
        self.context: Any = None

    def begin(self, context: Any) -> Any:
        self.context = context
        if self._is_wanted:
            context.cancel()
        return context

    def stop(self) -> None:
        self._is_wanted = True
        if self.context is not None:
            self.context.cancel()


def _work(asked: Given, stopper: _Stopper, found: dict[str, Any]) -> None:
    try:
        import helm_python

        found["found"] = CALLS[asked["call"]](
            helm_python, _Cluster(helm_python, asked["access"], stopper), asked["given"]
        )
    except Exception as error:  # noqa: BLE001 - the one who asked turns its words into ours
        found["failed"] = f"{error}"


class _Cluster:
    def __init__(self, helm: Any, access: Given, stopper: _Stopper) -> None:
        self._helm, self._access, self.stopper = helm, access, stopper

    def open(self) -> Any:
        return self._helm.Config(**self._access)


def _version(helm: Any, _: _Cluster, __: Given) -> str:
    return str(helm.helm_sdk_version()).removeprefix("v")


def _render(helm: Any, cluster: _Cluster, given: Given) -> list[str]:
    chart = helm.Chart.load(given["chart"])
    try:
        chart.validate_schema(given["values"])
    except helm.HelmError as error:
        raise ValueError(f"{SCHEMA}:\n{error}") from error
    return _files(chart.render(given["values"], name=given["release"], namespace=cluster._access["namespace"]))


def _files(rendered: Mapping[str, str]) -> list[str]:
    """Without notes."""
    return [text for path, text in rendered.items() if path.endswith((".yaml", ".yml"))]


def _dry_run(helm: Any, cluster: _Cluster, given: Given) -> Given:
    """rendered: each of the chart's files by values alone, where its hooks stand; the SDK's dry run leaves them out."""
    config = cluster.open()
    chart, name, values = helm.Chart.load(given["chart"]), given["release"], given["values"]
    there = _exists(helm, config, name)
    if there:
        found = config.upgrade(chart, name, values, dry_run="server", reset_values=True)
    else:
        found = config.install(chart, name, values, dry_run="server")
    about = {"name": name, "namespace": cluster._access["namespace"], "is_install": not there, "is_upgrade": there}
    try:
        rendered = _files(chart.render(values, **about))
    except helm.HelmError:  # a chart that cannot do without the cluster: its hooks are not known
        rendered = []
    return {"manifest": str(found["manifest"]), "rendered": [text for text in rendered if HOOK in text]}


def _exists(helm: Any, config: Any, name: str) -> bool:
    try:
        return bool(config.history(name, max_revisions=1))
    except helm.HelmNotFoundError:
        return False


def _upgrade(helm: Any, cluster: _Cluster, given: Given) -> Given:
    config = cluster.open()
    chart, name, values = helm.Chart.load(given["chart"]), given["release"], given["values"]
    timeout = max(1, round(given["timeout_s"]))
    more = {"description": given["description"], "timeout": timeout, "wait": HOOKS_ONLY}
    with cluster.stopper.begin(helm.HelmContext()) as context:
        if _exists(helm, config, name):
            config.upgrade(chart, name, values, context=context, reset_values=True, max_history=given["kept"], **more)
        else:
            create = given["create_namespace"]
            config.install(chart, name, values, context=context, create_namespace=create, **more)
    return _newest(config, name)


def _rollback(_: Any, cluster: _Cluster, given: Given) -> Given:
    config = cluster.open()
    timeout = max(1, round(given["timeout_s"]))
    config.rollback(given["release"], version=given["revision"], timeout=timeout, wait=HOOKS_ONLY)
    return _newest(config, given["release"])


def _uninstall(_: Any, cluster: _Cluster, given: Given) -> None:
    timeout = max(1, round(given["timeout_s"]))
    cluster.open().uninstall(given["release"], timeout=timeout, wait=HOOKS_ONLY)


def _history(_: Any, cluster: _Cluster, given: Given) -> list[Given]:
    config = cluster.open()
    rows = config.history(given["release"])
    return [_row(config, row) for row in rows]


def _newest(config: Any, name: str) -> Given:
    return _row(config, config.history(name)[-1])


def _row(config: Any, row: Given) -> Given:
    """In the shape of `helm history --output json`. The SDK's history leaves out description and parts of a second."""
    info = config.get_all(row["name"], revision=int(row["revision"])).get("info", {})
    chart = f"{row.get('chart_name')}-{row.get('chart_version')}"
    return {**row, "chart": chart, "updated": info.get("last_deployed"), "description": info.get("description")}


def _values(_: Any, cluster: _Cluster, given: Given) -> Given:
    return dict(cluster.open().get_values(given["release"], revision=given["revision"] or None) or {})


def _manifest(_: Any, cluster: _Cluster, given: Given) -> str:
    return str(cluster.open().status(given["release"], revision=given["revision"] or None).get("manifest") or "")


CALLS: Mapping[str, Callable[[Any, _Cluster, Given], Any]] = {
    "version": _version,
    "render": _render,
    "dry_run": _dry_run,
    "upgrade": _upgrade,
    "rollback": _rollback,
    "uninstall": _uninstall,
    "history": _history,
    "values": _values,
    "manifest": _manifest,
}

if __name__ == "__main__":
    sys.exit(main())
