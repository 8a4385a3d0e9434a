"""hub.services: the settings that JupyterHub of the chart takes of a service."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.catalogue.read import catalogue
from classhub.config.meaning.found import has_stock_image
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip, nearest
from classhub.config.traits.lookup import mapping
from classhub.errors import Edit


def problems(values: Mapping[str, Any], chart: str) -> Iterator[Problem]:
    """chart: one that has a table. A service that is no mapping is told by tokens.py."""
    fields = [*catalogue(chart).aliases["fields"], "apiToken"]
    severity = "error" if has_stock_image(values) else "warning"
    for key, service in mapping(values, "hub.services").items():
        for field in service if isinstance(service, Mapping) else ():
            if field not in fields:
                where = ("hub", "services", key, field)
                meant = nearest(str(field), fields)
                message = f"{dotted(where)} is no setting of a service." + (f" Did you mean {meant}?" if meant else "")
                fix = f"Write {meant}: in place of {field}:" if meant else f"Remove it; known are {', '.join(fields)}."
                certain = is_slip(str(field), meant) and meant not in service
                edit = Edit("rename", where, meant) if certain else None
                yield Problem(where, message, "The hub would not start.", fix, severity, "CH1607", edit)
