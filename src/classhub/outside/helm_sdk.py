"""Helm's SDK (helm-python-sdk) in a process of its own that is called helm, one for each question: helm_worker.py.

Its name is the field manager that the cluster remembers, so that the program helm may go on where this left off. Of its
own, because Go's runtime survives no fork, writes to our standard error, and keeps 64 MB.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from classhub.errors import NotFound, OutsideFailed
from classhub.outside import process
from classhub.outside.helm_cli import KEPT_REVISIONS, READ_S, clean, longest
from classhub.outside.helm_errors import About, failure
from classhub.outside.helm_manifest import hooks, objects
from classhub.outside.helm_release import Access, Release, release

PACKAGE, MODULE = "helm-python-sdk", "helm_python"
WORKER = "classhub.outside.helm_worker"


def is_here() -> bool:
    return importlib.util.find_spec(MODULE) is not None


class HelmSdk:
    def __init__(self, access: Access, environ: Mapping[str, str]) -> None:
        self.keep_fds: Sequence[int] = ()
        self._access = access
        self._env = {**clean(environ), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._pythonpath = environ.get("PYTHONPATH")
        self._version = ""

    @property
    def version(self) -> str:
        if not self._version:
            self._version = str(self._ask("version", About("", self._access)))
        return self._version

    def render(
        self, chart: Path, release: str, values: Mapping[str, Any], *, kube_version: str = ""
    ) -> list[Mapping[str, Any]]:
        """As HelmCli.render; kube_version has no effect, the SDK renders for the Kubernetes it was built with."""
        about = About(release, self._access, values)
        found = self._ask("render", about, chart=str(chart), release=release, values=values)
        return [one for text in found for one in objects(text)]

    def dry_run(self, chart: Path, release: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """As HelmCli.dry_run; but the SDK tells no hooks of it, so they are those of the values alone, without lookup."""
        about = About(release, self._access, values)
        found = self._ask("dry_run", about, chart=str(chart), release=release, values=values)
        return [*objects(found["manifest"]), *hooks(found["rendered"])]

    def upgrade(
        self,
        chart: Path,
        release: str,
        values: Mapping[str, Any],
        *,
        description: str,
        timeout_s: float,
        create_namespace: bool = True,
    ) -> Release:
        about = About(release, self._access, values)
        given = {"chart": str(chart), "release": release, "values": values, "description": description}
        more = {"timeout_s": timeout_s, "create_namespace": create_namespace, "kept": KEPT_REVISIONS}
        return self._release(self._change("upgrade", about, timeout_s, True, {**given, **more}))

    def rollback(self, release: str, revision: int, *, timeout_s: float) -> Release:
        about = About(release, self._access)
        given = {"release": release, "revision": revision, "timeout_s": timeout_s}
        return self._release(self._change("rollback", about, timeout_s, False, given))

    def uninstall(self, release: str, *, timeout_s: float) -> None:
        given = {"release": release, "timeout_s": timeout_s}
        self._change("uninstall", About(release, self._access), timeout_s, False, given)

    def history(self, release: str) -> list[Release]:
        try:
            return [self._release(row) for row in self._ask("history", About(release, self._access), release=release)]
        except NotFound:
            return []

    def values(self, release: str, revision: int = 0) -> Mapping[str, Any]:
        found = self._ask("values", About(release, self._access), release=release, revision=revision)
        return found or {}

    def manifest(self, release: str, revision: int = 0) -> list[Mapping[str, Any]]:
        return objects(self._ask("manifest", About(release, self._access), release=release, revision=revision))

    def _release(self, row: Mapping[str, Any]) -> Release:
        return release(str(row["name"]), self._access.namespace, row)

    def _request(self, call: str, given: Mapping[str, Any]) -> str:
        access = self._access
        where = {
            "kubeconfig_path": str(access.kubeconfig) if access.kubeconfig else None,
            "kube_context": access.context or None,
            "namespace": access.namespace,
        }
        return json.dumps({"call": call, "access": where, "given": given, "pythonpath": self._pythonpath})

    def _ask(self, call: str, about: About, **given: Any) -> Any:
        try:
            output = process.run(
                ["helm", "-P", "-m", WORKER], executable=sys.executable, env=self._env, inherit=False,
                stdin=self._request(call, given), timeout_s=READ_S, check=False,
            )  # fmt: skip
        except process.ProgramFailed as error:
            raise _late(error) from None
        return _answer(output, about)

    def _change(self, call: str, about: About, timeout_s: float, asks: bool, given: Mapping[str, Any]) -> Any:
        try:
            with process.whole(self._request(call, given)) as stdin:
                output = process.finish(
                    ["helm", "-P", "-m", WORKER], executable=sys.executable, env=self._env,
                    stdin=stdin, timeout_s=longest(timeout_s), asks=asks,
                    keep_fds=self.keep_fds,
                )  # fmt: skip
        except process.ProgramFailed as error:
            raise _late(error) from None
        return _answer(output, about)


def _late(error: process.ProgramFailed) -> OutsideFailed:
    why = error.what.rpartition("` ")[2]
    return OutsideFailed(f"Helm {why}", "The cluster does not answer, or Helm was stopped.", "classhub status")


def _answer(output: process.Output, about: About) -> Any:
    try:
        answer = json.loads(output.out)
    except ValueError:
        return _no_answer(output)
    if "failed" in answer:
        raise failure(str(answer["failed"]), about)
    return answer["found"]


def _no_answer(output: process.Output) -> None:
    try:
        package = f"{PACKAGE} {installed(PACKAGE)}"
    except PackageNotFoundError:
        package = PACKAGE
    cause = "It was killed, or the package is damaged." if output.code < 0 else "The package is damaged or too old."
    raise OutsideFailed(
        f"{package} ended with exit code {output.code} and no answer.",
        cause,
        "pip install --force-reinstall helm-python-sdk",
    )
