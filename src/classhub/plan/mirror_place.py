"""The mirror of course material on a cluster: its name, its marks, and the address at which pods reach it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

PORT = 8080
PART, RELEASE = "classhub/part", "classhub/release"
"""Labels. No selector of the chart knows them, so that no Service and no policy takes the mirror's pod for the hub's."""
REACHES_HUB = "hub.jupyter.org/network-access-hub"
"""The label of a pod that the chart's policy lets reach the hub."""
_NAME = "classhub-mirror"
_LONGEST = 63
"""Characters of a Service's name."""


@dataclass(frozen=True)
class Mirror:
    """Of one release of the chart; two of them may share a namespace."""

    release: str
    namespace: str
    base_url: str = "/"
    """The hub's, with slashes at both ends."""

    @property
    def name(self) -> str:
        """Of the Service, and what the names of its other objects begin with."""
        plain = f"{_NAME}-{self.release}"
        if len(plain) <= _LONGEST and "." not in plain:
            return plain
        return f"{_NAME}-{sha256(self.release.encode()).hexdigest()[:24]}"

    @property
    def prefix(self) -> str:
        """The path that all of it lies below, as the hub's proxy passes a service's path on."""
        return f"{self.base_url}services/material"

    @property
    def address(self) -> str:
        """For students' servers."""
        return f"http://{self.name}.{self.namespace}:{PORT}{self.prefix}"

    @property
    def labels(self) -> Mapping[str, str]:
        return {PART: "mirror", RELEASE: self.release, "app.kubernetes.io/managed-by": "classhub"}

    @property
    def selector(self) -> Mapping[str, str]:
        return {PART: "mirror", RELEASE: self.release}
