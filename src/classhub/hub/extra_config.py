"""hub.extraConfig on this machine: the same names that the chart's script offers, over the merged values."""

import glob
import os
import re
import sys
import traceback
from collections.abc import Mapping
from types import ModuleType
from typing import Any


class BrokenExtraConfig(Exception):
    """One snippet failed; the text names snippet, line and reason."""


def run_extra_config(c: Any, hub: Mapping[str, Any]) -> None:
    """Run every snippet in the order given, all in one namespace. Raises BrokenExtraConfig at the first that fails."""
    if not hub["extra_config"]:
        return
    sys.modules["z2jh"] = stand_in = make_z2jh(hub["values"], hub["release"])
    namespace: dict[str, Any] = {
        "c": c,
        "os": os,
        "re": re,
        "sys": sys,
        "glob": glob,
        **vars(stand_in),
        "__name__": "extraConfig",
    }
    for key, source in hub["extra_config"]:
        try:
            exec(compile(source, f"hub.extraConfig.{key}", "exec"), namespace)
        except SystemExit as error:
            raise BrokenExtraConfig(f"hub.extraConfig.{key} ended the hub itself: {error}") from error
        except Exception as error:
            raise BrokenExtraConfig(_sentence(key, error)) from error


def _sentence(key: str, error: Exception) -> str:
    place = f"hub.extraConfig.{key}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    line = error.lineno if isinstance(error, SyntaxError) else (lines[-1] if lines else None)
    return (
        f"{place}, line {line}: {type(error).__name__}: {error}. Fix it in config/config.yaml, then run `classhub up`."
    )


def make_z2jh(values: Mapping[str, Any], release: str) -> ModuleType:
    """A module with the functions that extraConfig imports from `z2jh` on the cluster."""
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
        return name

    def camel_caseify(text: str) -> str:
        first, *rest = text.split("_")
        return first + "".join(word.title() for word in rest)

    def get_secret_value(key: str, default: Any = None) -> Any:
        return get_config(key, default)

    module.__dict__.update(
        get_config=get_config,
        set_config_if_not_none=set_config_if_not_none,
        get_name=get_name,
        get_name_env=lambda name, suffix="": os.environ.get(f"{name.upper().replace('-', '_')}{suffix}"),
        get_secret_value=get_secret_value,
        get_secret=get_secret_value,
        camelCaseify=camel_caseify,
        release=release,
    )
    return module
