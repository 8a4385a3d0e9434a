"""The verbs on a cluster's objects."""

import contextlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from classhub.errors import OutsideFailed
from classhub.outside.kubernetes import failures, kinds, logs, watching
from classhub.outside.kubernetes.call import APPLY, MERGE, Call, Object
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.kinds import Resource
from classhub.outside.kubernetes.kubeconfig import Access, access
from classhub.outside.kubernetes.refusals import Expired
from classhub.outside.process import Output

INSTALL = "make cluster, in ClassHub's folder; or, where pip installed it: pip install 'classhub[cluster,helm]'"
PAGE = 500
"""Objects asked for at once."""
EXPIRIES = 5
"""How often one list may lose its place."""


class Cluster:
    """One kube context and namespace. Every call has a timeout, a bounded retry where it may be repeated, and raises ClasshubErrors only.

    Kinds are named as objects name them: "Pod", "PersistentVolumeClaim", "PodMetrics"; custom ones too.
    """

    def __init__(self, given: Access, namespace: str) -> None:
        self.context = given.context
        self.server = given.server
        self.namespace = namespace
        self._calls = Calls(given)
        self._custom: dict[str, Resource] = {}

    def __repr__(self) -> str:
        return f"Cluster(context={self.context!r}, server={self.server!r}, namespace={self.namespace!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections; another call opens them again."""
        self._calls.close()

    @classmethod
    def connect(cls, namespace: str, *, context: str = "", kubeconfig: Path | None = None) -> Self:
        """Nothing is sent yet. $KUBECONFIG (several files), ~/.kube/config, else the pod we run in; context "": the current one."""
        if importlib.util.find_spec("lightkube") is None:
            raise OutsideFailed("ClassHub was installed without what a cluster needs.", fix=INSTALL)
        return cls(access(context, kubeconfig), namespace)

    @property
    def requests(self) -> int:
        """How many were sent, repeated ones included."""
        return self._calls.requests

    def version(self) -> str:
        """As "v1.34.4"."""
        return str(self._calls.json(Call("get", "version")).get("gitVersion", ""))

    def list(self, kind: str, *, labels: str = "", fields: str = "", everywhere: bool = False) -> Iterator[Object]:
        """Page by page. When the server drops the list's state half-way it goes on with a newer one; nothing comes twice."""
        call = self._call("list", kind, everywhere=everywhere).asking(
            limit=PAGE, **({"labelSelector": labels} if labels else {}), **({"fieldSelector": fields} if fields else {})
        )
        given: set[str] = set()
        rest, times_expired = "", 0
        while True:
            try:
                page = self._calls.json(call.asking(**{"continue": rest}) if rest else call)
            except Expired as error:
                times_expired += 1
                if not rest or times_expired > EXPIRIES:
                    raise
                rest = error.rest  # empty: from the beginning, without what was given
                continue
            for found in page.get("items") or ():
                key = (
                    found["metadata"].get("uid") or f"{found['metadata'].get('namespace')}/{found['metadata']['name']}"
                )
                if key not in given:
                    given.add(key)
                    yield found
            rest = (page.get("metadata") or {}).get("continue") or ""
            if not rest:
                return

    def get(self, kind: str, name: str) -> Object | None:
        """None when there is no object of that name."""
        try:
            return self._calls.json(self._call("get", kind, name))
        except failures.Missing:
            return None

    def create(self, body: Object, *, dry_run: bool = False) -> Object:
        """Never sent twice: AlreadyThere means that it was there before. dry_run: raises what would be refused, makes nothing."""
        call = self._about("create", body)
        return self._calls.json(call.asking(dryRun="All") if dry_run else call)

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False, manager: str = "classhub") -> Object:
        """Server-side apply: what the object is afterwards, or would be. Conflicted when others hold fields of it."""
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        call = self._about("apply", body, {"Content-Type": APPLY}).asking(**query)
        return self._calls.json(call.asking(dryRun="All") if dry_run else call)

    def patch(self, kind: str, name: str, change: Object, *, subresource: str = "") -> Object:
        """A merge patch: None removes a key, a list replaces the whole list."""
        headers = {"Content-Type": MERGE}
        return self._calls.json(self._call("patch", kind, name, subresource, body=change, headers=headers))

    def delete(self, kind: str, name: str, *, missing_ok: bool = True, grace_s: int | None = None) -> None:
        """Returns when the cluster has taken it up; the object may take a while to go. What it owns goes after it."""
        body: dict[str, object] = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        if grace_s is not None:
            body["gracePeriodSeconds"] = grace_s
        sent = self.requests
        try:
            self._calls.json(self._call("delete", kind, name, body=body))
        except failures.Missing:
            # An earlier try may have done it, and its answer was lost.
            if not missing_ok and self.requests == sent + 1:
                raise

    def scale(self, kind: str, name: str, replicas: int) -> None:
        self.patch(kind, name, {"spec": {"replicas": replicas}}, subresource="scale")

    def logs(
        self,
        pod: str,
        container: str,
        *,
        previous: bool = False,
        follow: bool = False,
        tail: int | None = None,
        since_s: float | None = None,
        timestamps: bool = False,
    ) -> Iterator[str]:
        """Lines without their end. follow: until the container ends, over cut connections."""
        call = self._call("get", "Pod", pod, "log").asking(container=container)
        wanted = logs.Wanted(previous=previous, tail=tail, since_s=since_s, timestamps=timestamps)
        return logs.followed(self._calls, call, wanted) if follow else logs.lines(self._calls, call, wanted)

    def run(
        self, pod: str, container: str, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float = 60
    ) -> Output:
        """Run to the end. Bytes that are no UTF-8 come as lone surrogates (PEP 383); 127 or 126: the program could not start."""
        from classhub.outside.kubernetes import commands

        return commands.run(self._calls, self._exec(pod, container, argv, bool(stdin), False), stdin, timeout_s)

    def run_aloud(
        self,
        pod: str,
        container: str,
        argv: Sequence[str],
        *,
        out: Callable[[bytes], None],
        err: Callable[[bytes], None],
        stdin: int | None = None,
        timeout_s: float = 60,
    ) -> int:
        """Run to the end, handing on its output as it comes; the exit code. stdin: a descriptor to read its input from."""
        from classhub.outside.kubernetes import commands

        call = self._exec(pod, container, argv, stdin is not None, False)
        return commands.run_aloud(self._calls, call, stdin, out=out, err=err, timeout_s=timeout_s)

    def terminal(self, pod: str, container: str, argv: Sequence[str]) -> int:
        """Run on our terminal, Ctrl-C and its size included; the exit code. For the main thread only."""
        from classhub.outside.kubernetes import terminal

        return terminal.run(self._calls, self._exec(pod, container, argv, True, True))

    def node_summary(self, node: str) -> Object:
        """What the kubelet of a node measures of its pods and their disks; needs the right to get nodes/proxy."""
        path = self._resource("Node").path("", node, "proxy")
        return self._calls.json(Call("get", f"{path}/stats/summary", kind="Node", name=node))

    def watch(
        self, kind: str, *, labels: str = "", fields: str = "", name: str = "", timeout_s: float = 3600
    ) -> Iterator[tuple[str, Object]]:
        """First what is there, as ADDED, then what happens: ADDED, MODIFIED, DELETED. Ends after timeout_s.

        Goes on over cut connections, restarts of the API server and 410; what was missed comes then, each object once.
        """
        fields = ",".join(part for part in (fields, f"metadata.name={name}" if name else "") if part)
        query = {"labelSelector": labels} if labels else {}
        call = self._call("watch", kind).asking(**query, **({"fieldSelector": fields} if fields else {}))
        return watching.watch(self._calls, call, timeout_s)

    def may(self, verb: str, kind: str, name: str = "", subresource: str = "", everywhere: bool = False) -> bool:
        """Whether our account is allowed to; the cluster itself says so."""
        resource = self._resource(kind)
        asked = {"verb": verb, "group": resource.group, "resource": resource.plural, "subresource": subresource}
        asked |= {"name": name, "namespace": self.namespace if resource.is_namespaced and not everywhere else ""}
        review = {"spec": {"resourceAttributes": asked}}
        answer = self._calls.json(self._call("create", "SelfSubjectAccessReview", body=review))
        return bool(answer["status"].get("allowed"))

    def forward(self, pod: str, port: int) -> contextlib.AbstractContextManager[int]:
        """A port of 127.0.0.1 that leads to the pod's while the context lasts; each connection is a new one there."""
        from classhub.outside.kubernetes import port_forward

        resource = self._resource("Pod")
        call = Call.of("exec", resource, self.namespace, pod, "portforward", is_whole=False, query={"ports": port})
        return port_forward.forward(self._calls, call, port)

    def _exec(self, pod: str, container: str, argv: Sequence[str], stdin: bool, tty: bool) -> Call:
        query: dict[str, str | int | list[str]] = {"container": container, "command": [*argv], "stdout": "true"}
        query |= {"stdin": "true"} if stdin else {}
        query |= {"tty": "true"} if tty else {"stderr": "true"}
        resource = self._resource("Pod")
        return Call.of("exec", resource, self.namespace, pod, "exec", is_whole=False, query=query)

    def _call(
        self,
        verb: str,
        kind: str,
        name: str = "",
        subresource: str = "",
        *,
        everywhere: bool = False,
        body: Object | None = None,
        headers: dict[str, str] | None = None,
    ) -> Call:
        resource = self._resource(kind)
        where = "" if everywhere else self.namespace
        return Call.of(verb, resource, where, name, subresource, body=body, headers=headers or {})

    def _about(self, verb: str, body: Object, headers: dict[str, str] | None = None) -> Call:
        """A call with a whole object. Its own namespace counts, so that a rendered manifest goes where it says."""
        resource = self._resource(str(body["kind"]), str(body["apiVersion"]))
        metadata = body.get("metadata") or {}
        name = str(metadata.get("name", ""))
        where = str(metadata.get("namespace") or self.namespace)
        call = Call.of(verb, resource, where, name, body=body, headers=headers or {})
        return call if verb != "create" else call.to_list(resource)

    def _resource(self, kind: str, api: str = "") -> Resource:
        found = kinds.BUILT_IN.get(kind)
        if found is None or (api and found.api != api):
            found = self._custom.get(f"{api} {kind}") or self._discover(kind, api)
        return found

    def _discover(self, kind: str, api: str) -> Resource:
        answer = self._calls.json(Call("get", "apis", headers={"Accept": kinds.DISCOVERY}))
        for resource in kinds.discovered(answer):
            self._custom.setdefault(f" {resource.kind}", resource)
            self._custom.setdefault(f"{resource.api} {resource.kind}", resource)
        found = self._custom.get(f"{api} {kind}")
        if found is None:
            raise failures.no_such_kind(f"{kind} ({api})" if api else kind, self.server)
        return found
