"""What Helm says of a hub's releases, and which cluster is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Access:
    """Which cluster. kubeconfig None: by the default rules ($KUBECONFIG, ~/.kube/config). context empty: the current one."""

    kubeconfig: Path | None
    context: str
    namespace: str


@dataclass(frozen=True)
class Release:
    """One revision. updated: seconds since 1970.

    status: deployed, failed, superseded, pending-install, pending-upgrade, pending-rollback, uninstalling, uninstalled.
    """

    name: str
    namespace: str
    revision: int
    status: str
    chart: str
    app_version: str
    updated: float
    description: str = ""

    @property
    def is_pending(self) -> bool:
        """Somebody works on it, or was killed while doing so."""
        return self.status.startswith("pending-") or self.status == "uninstalling"


def release(name: str, namespace: str, row: Mapping[str, Any]) -> Release:
    """row: of `helm history --output json`; the worker answers in the same shape."""
    return Release(
        name=name,
        namespace=namespace,
        revision=int(row["revision"]),
        status=str(row["status"]),
        chart=str(row.get("chart") or ""),
        app_version=str(row.get("app_version") or ""),
        updated=_seconds(str(row.get("updated") or "")),
        description=str(row.get("description") or ""),
    )


def _seconds(text: str) -> float:
    """Of a time as Go writes it: up to nine digits of a second, Z or an offset."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
