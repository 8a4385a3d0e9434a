"""What Kubernetes and KubeSpawner refuse of a pod that the chart's schema takes: variables and modes of files."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.found import Values, is_stock
from classhub.config.meaning.profiles import overrides
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import at, get, mapping

_MOST = 0o777


def problems(values: Values) -> Iterator[Problem]:
    stock = is_stock(values) and not get(values, "hub.config.JupyterHub.spawner_class")
    for where in _environments(values):
        yield from _variables(at(values, where), where, "error" if stock else "warning")
    for above in ("hub", "singleuser"):
        for name, file in mapping(values, f"{above}.extraFiles").items():
            mode = file.get("mode") if isinstance(file, Mapping) else None
            if isinstance(mode, int | float) and not isinstance(mode, bool) and not 0 <= mode <= _MOST:
                yield _mode((above, "extraFiles", name, "mode"), mode)


def _environments(values: Values) -> Iterator[Where]:
    yield ("singleuser", "extraEnv")
    for section in ("KubeSpawner", "Spawner"):
        yield ("hub", "config", section, "environment")
    yield from ((*where, "environment") for where in overrides(values))


def _variables(variables: Any, where: Where, severity: str) -> Iterator[Problem]:
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(value, bool | int | float | list):
            here = (*where, name)
            message = f"{dotted(here)} must be text or a mapping; here it is {kind(value)}."
            fix = f'Put the value in quotes: {name}: "..."'
            yield Problem(here, message, "No server would start.", fix, severity, "CH1846")


def _mode(where: Where, mode: float) -> Problem:
    octal = f"0{mode}" if str(mode).isdigit() and set(str(mode)) <= set("01234567") and len(str(mode)) == 3 else ""
    message = f"{dotted(where)} is {mode}, and Kubernetes takes 0 to {_MOST} (0777 in octal)."
    why = "Without a 0 in front the number is a decimal one. Kubernetes refuses the pod."
    return Problem(where, message, why, f"mode: {octal or '0644'}", "error", "CH1847")
