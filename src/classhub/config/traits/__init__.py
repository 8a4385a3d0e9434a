"""Merged values become traitlets: what the chart's own script in the hub does, as a pure function.

Source: facts/z2jh.md section 3, and the 142 examples in ../shared/z2jh, which the tests compare one by one.
"""

from typing import Any

from classhub.config.traits import hub, pod, services, storage
from classhub.config.traits.lookup import Values
from classhub.config.traits.names import common_labels, names


def traits(
    values: Values, *, release: str = "jhub", namespace: str = "jhub", chart_version: str = "4.4.0"
) -> dict[str, dict[str, Any]]:
    """Class to trait to value, before extraConfig. values: merged over the defaults, and not changed.

    Secrets are the target's affair: no cookie_secret, auth_token, CryptKeeper.keys or api_token is in it.
    """
    named = names(values, release)
    made = {
        "JupyterHub": {
            **hub.hub(values, named),
            "services": services.services(values),
            "load_roles": services.roles(values),
        },
        "ConfigurableHTTPProxy": hub.proxy(named),
        "Spawner": hub.spawner(values),
        "KubeSpawner": {
            "common_labels": common_labels(named, chart_version),
            **pod.pod(values, named, namespace),
            **storage.storage(values, named),
        },
    }
    for name, section in hub.own_sections(values).items():
        made[name] = {**made.get(name, {}), **section}
    return made
