"""hub.services and hub.loadRoles: what JupyterHub does not start with."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.problem import Problem
from classhub.config.traits.lookup import mapping

LEAST = 8
"""Characters (jupyterhub/orm.py, Hashed.min_length)."""


def problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _no_mappings(values)
    for key, service in mapping(values, "hub.services").items():
        token = service.get("apiToken") if isinstance(service, Mapping) else None
        if token and (not isinstance(token, str) or len(token) < LEAST):
            message = f"hub.services.{key}.apiToken must be text of at least {LEAST} characters."
            fix = "Make one, and write it in secrets.yaml: openssl rand -hex 32"
            yield Problem(("hub", "services", key, "apiToken"), message, "The hub would not start.", fix, code="CH1601")


def _no_mappings(values: Mapping[str, Any]) -> Iterator[Problem]:
    for above in ("services", "loadRoles"):
        for key, one in mapping(values, f"hub.{above}").items():
            if not isinstance(one, Mapping):
                message = f"hub.{above}.{key} must be a mapping of settings."
                fix = "Write each setting below it as `key: value`, with a space after the colon; for none, {}."
                yield Problem(("hub", above, key), message, "The hub would not start.", fix, code="CH1604")
