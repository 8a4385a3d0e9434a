"""Names of what the chart creates, after fullnameOverride and nameOverride (the chart's _helpers-names.tpl)."""

from dataclasses import dataclass
from typing import Any

from classhub.config.traits.lookup import Values, get


@dataclass(frozen=True)
class Names:
    """release: Helm's name for the hub. prefix is empty unless fullnameOverride says otherwise."""

    release: str
    chart: str
    prefix: str

    def of(self, part: str) -> str:
        return f"{self.prefix}-{part}" if self.prefix else part

    @property
    def user_scheduler(self) -> str:
        return f"{self.prefix or self.release}-user-scheduler"

    @property
    def priority(self) -> str:
        return self.prefix or f"{self.release}-default-priority"


def names(values: Values, release: str) -> Names:
    chart = get(values, "nameOverride") or "jupyterhub"
    full: Any = get(values, "fullnameOverride")
    if full is None:
        full = release if chart in release else f"{release}-{chart}"
    return Names(release, chart, full)


def common_labels(named: Names, chart_version: str) -> dict[str, str]:
    """On every server's pod."""
    chart = f"jupyterhub-{chart_version.replace('+', '_')}"
    return {
        "app.kubernetes.io/name": named.chart,
        "app": named.chart,
        "app.kubernetes.io/instance": named.release,
        "release": named.release,
        "helm.sh/chart": chart,
        "chart": chart,
        "app.kubernetes.io/managed-by": "kubespawner",
    }
