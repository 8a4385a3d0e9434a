"""hub.extraConfig on this machine: the same names that the chart's script offers, over the merged values."""

import glob
import os
import re
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from classhub.hub.unsaid import of_snippet, of_trait

IMPORTED = (
    ("url_path_join", "jupyterhub.utils"),
    ("AsyncHTTPClient", "tornado.httpclient"),
    ("client", "kubernetes_asyncio"),
)
"""What the chart's script has imported for itself; a name whose package this machine lacks is not there."""


class BrokenExtraConfig(Exception):
    """One snippet failed; the text names snippet, line and reason."""


def run_extra_config(c: Any, hub: Mapping[str, Any]) -> None:
    """Run every snippet in the order given, all in one namespace. Raises BrokenExtraConfig at the first that fails."""
    if not hub["extra_config"]:
        return
    prefix = hub.get("prefix", "")  # settings of an earlier ClassHub have none
    names = namespace(c, make_z2jh(hub["values"], hub["release"], prefix))
    for key, source in hub["extra_config"]:
        try:
            run_snippet(key, source, names)
        except SystemExit as error:
            says = of_snippet(str(error), source, hub["values"])
            raise BrokenExtraConfig(f"{place_of(key)} ended the hub itself: {says}") from error
        except Exception as error:
            fix = "Fix it in config/config.yaml, then run `classhub up`."
            says = of_snippet(of_trait(str(error)), source, hub["values"])
            raise BrokenExtraConfig(f"{place_of(key, error)}: {type(error).__name__}: {says}. {fix}") from error


def namespace(c: Any, stand_in: ModuleType) -> dict[str, Any]:
    """What a snippet finds, `import z2jh` included."""
    sys.modules["z2jh"] = stand_in
    names: dict[str, Any] = {"c": c, "os": os, "re": re, "sys": sys, "glob": glob}
    for name, module in IMPORTED:
        try:
            names[name] = getattr(import_module(module), name)
        except ImportError:
            continue
    return {**names, **vars(stand_in), "__name__": "extraConfig"}


def run_snippet(key: str, source: str, names: dict[str, Any]) -> None:
    """Raises whatever the snippet raises."""
    exec(compile(source, place_of(key), "exec", dont_inherit=True), names)


def place_of(key: str, error: BaseException | None = None) -> str:
    """The snippet, and the line in it that failed."""
    place = f"hub.extraConfig.{key}"
    if error is None:
        return place
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    line = error.lineno if isinstance(error, SyntaxError) else (lines[-1] if lines else None)
    return f"{place}, line {line}" if line else place


def make_z2jh(values: Mapping[str, Any], release: str, prefix: str) -> ModuleType:
    """A module with the functions that extraConfig imports from `z2jh` on the cluster. prefix: of names."""
    module = ModuleType("z2jh")

    def get_config(key: str, default: Any = None) -> Any:
        value: Any = values
        for part in key.split("."):
            if not isinstance(value, Mapping) or part not in value:
                return default
            value = value[part]
        return value

    def set_config_if_not_none(cparent: Any, name: str, key: str) -> None:
        data = get_config(key)
        if data is not None:
            setattr(cparent, name, data)

    def get_name(name: str) -> str:
        return f"{prefix}-{name}" if prefix else name

    def get_name_env(name: str, suffix: str = "") -> str | None:
        return os.environ.get((get_name(name) + suffix).upper().replace("-", "_"))

    def camel_caseify(text: str) -> str:
        first, *rest = text.split("_")
        return first + "".join(word.title() for word in rest)

    def get_secret_value(key: str, default: Any = None) -> Any:
        return get_config(key, default)

    module.__dict__.update(
        get_config=get_config,
        set_config_if_not_none=set_config_if_not_none,
        get_name=get_name,
        get_name_env=get_name_env,
        get_secret_value=get_secret_value,
        get_secret=get_secret_value,
        camelCaseify=camel_caseify,
        release=release,
    )
    return module
