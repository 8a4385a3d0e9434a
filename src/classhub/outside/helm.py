"""Helm, however it can be had here: the program helm on PATH, else helm-python-sdk (extra: helm)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from classhub.errors import OutsideFailed
from classhub.outside import helm_cli, helm_sdk
from classhub.outside.helm_errors import HelmFailed
from classhub.outside.helm_release import Access, Release

__all__ = ["Access", "Helm", "HelmFailed", "Release", "find_helm"]

INSTALL = "make cluster, in ClassHub's folder; or the program from https://helm.sh/docs/intro/install/"


class Helm(Protocol):
    """Every call raises NotFound (no such release or revision), HelmFailed (with its kind), OutsideFailed or Refused.

    Lists of objects hold no hooks, but for a dry run's: there they come last. A change that is interrupted (Ctrl-C, a time
    limit) has come to its end when the call returns: upgrade leaves a failed revision, rollback and uninstall are finished.
    If we are killed, Helm goes on alone.
    """

    keep_fds: Sequence[int]
    """Descriptors that a change holds open until its end: a lock on one tells others that it is still at work."""

    @property
    def version(self) -> str:
        """As 4.3.1."""

    def render(
        self, chart: Path, release: str, values: Mapping[str, Any], *, kube_version: str = ""
    ) -> list[Mapping[str, Any]]: ...

    def dry_run(self, chart: Path, release: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]: ...

    def upgrade(
        self,
        chart: Path,
        release: str,
        values: Mapping[str, Any],
        *,
        description: str,
        timeout_s: float,
        create_namespace: bool = True,
    ) -> Release: ...

    def rollback(self, release: str, revision: int, *, timeout_s: float) -> Release: ...

    def uninstall(self, release: str, *, timeout_s: float) -> None: ...

    def history(self, release: str) -> list[Release]: ...

    def values(self, release: str, revision: int = 0) -> Mapping[str, Any]: ...

    def manifest(self, release: str, revision: int = 0) -> list[Mapping[str, Any]]: ...


def find_helm(access: Access, environ: Mapping[str, str]) -> Helm:
    """The program where it is new enough, else the SDK. Raises OutsideFailed."""
    found = helm_cli.program(environ)
    if found and helm_cli.is_new_enough(found[1]):
        return helm_cli.HelmCli(access, environ, *found)
    if helm_sdk.is_here():
        return helm_sdk.HelmSdk(access, environ)
    if found:
        path, version = found
        oldest = ".".join(map(str, helm_cli.OLDEST))
        raise OutsideFailed(
            f"{path} is Helm {version}; ClassHub needs {oldest} or newer.", "It is from before 2024.", INSTALL
        )
    raise OutsideFailed(
        "Helm is not here, and a hub on a cluster is deployed with it.", "No program helm is on PATH.", INSTALL
    )
