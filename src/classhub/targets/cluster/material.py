"""What students' servers on a cluster get of ClassHub, and the values that Helm is given with it."""

from typing import Any

from classhub.config.model import Config
from classhub.config.overlay import deployed
from classhub.config.overlay_servers import ForServers
from classhub.plan.mirror_place import Mirror
from classhub.targets.cluster.address import base


def for_helm(config: Config) -> dict[str, Any]:
    """The college's values with the overlay. Holds secrets."""
    return deployed(config.own_values, for_servers(config))


def for_servers(config: Config) -> ForServers | None:
    """None where no course has material."""
    if not config.has_material:
        return None
    from classhub.materials.student_side import files

    settings = config.settings
    return ForServers(files(), Mirror(settings.release, settings.namespace, base(config.values)).address)
