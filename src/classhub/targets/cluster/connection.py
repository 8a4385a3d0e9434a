"""The cluster, Helm and the chart that a folder's classhub.yaml names; each is opened when it is first asked for."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.config.model import Settings

if TYPE_CHECKING:
    from classhub.outside.chart_repository import Chart
    from classhub.outside.helm import Helm
    from classhub.outside.kubernetes import Cluster


class Connection:
    """settings: of classhub.yaml. environ: PATH, HOME, KUBECONFIG, XDG_CACHE_HOME. state: .classhub/cluster."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], state: Path) -> None:
        self.settings = settings
        self._environ = environ
        self._state = state

    @property
    def release(self) -> str:
        return self.settings.release

    @cached_property
    def cluster(self) -> "Cluster":
        from classhub.outside.kubernetes import Cluster

        return Cluster.connect(self.settings.namespace, context=self.settings.cluster_context)

    @cached_property
    def helm(self) -> "Helm":
        from classhub.outside.helm import Access, find_helm

        return find_helm(Access(None, self.cluster.context, self.settings.namespace), self._environ)

    def chart(self, tell: Callable[[str], None] = lambda sentence: None) -> "Chart":
        """Downloaded once, then from the user's cache."""
        from classhub.outside.chart_package import folder
        from classhub.outside.chart_repository import REPOSITORY, find_chart

        given = self.settings
        cache = folder(self._environ) or self._state / "charts"
        return find_chart(
            given.chart_version,
            given.chart_digest,
            file=given.chart_file,
            repository=REPOSITORY,
            cache=cache,
            tell=tell,
        )

    def ensure_namespace(self) -> None:
        """Made if it is not there. Who may not even ask works in one that others made."""
        from classhub.outside.kubernetes import AlreadyThere, Forbidden

        try:
            if self.cluster.get("Namespace", self.cluster.namespace) is not None:
                return
        except Forbidden:
            return
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.cluster.namespace}}
        with suppress(AlreadyThere):
            self.cluster.create(body)

    @property
    def place(self) -> str:
        """ "the context gke-hub, namespace jhub, release jhub"."""
        return f"context {self.cluster.context}, namespace {self.settings.namespace}, release {self.settings.release}"
