"""What a student's server is started with: environment and arguments, as pure functions."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classhub import hub

CONFIG_FOLDER = Path(hub.__file__).parent.parent / "server" / "etc"
"""Enables our server extension in whatever the command starts."""

MATERIAL = (("CLASSHUB_MATERIAL", "material"), ("CLASSHUB_MATERIAL_FILES", "material_files"))
"""server/settings.py reads them."""

PLAIN_COMMAND = ("jupyterhub-singleuser",)
PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"

EPHEMERAL_PORT_URL = "http://127.0.0.1:8888"
"""The single-user extension wants a port in JUPYTERHUB_SERVICE_URL; the server listens on its socket all the same."""


def environment(
    given: Mapping[str, Any],
    machine: Mapping[str, Any],
    *,
    user: str,
    home: Path,
    runtime: Path,
    prefix: str,
    rescue: bool,
) -> dict[str, str]:
    """All of the server's environment. given: the spawner's own, the college's extraEnv included; it wins where it may."""
    python_folder = str(Path(machine["python"]).parent)
    # the hub's own path may lead through folders that a student cannot enter
    path = PLAIN_PATH if machine["root"] else given.get("PATH", PLAIN_PATH)
    env = {
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        **{key: _expand(value, user) for key, value in map(_variable, given.items()) if value is not None},
        "PATH": path if python_folder in path.split(os.pathsep) else f"{python_folder}{os.pathsep}{path}",
        "HOME": str(home),
        "USER": user,
        "LOGNAME": user,
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERHUB_SERVICE_URL": f"{EPHEMERAL_PORT_URL}{prefix}",
        **{name: machine[key] for name, key in MATERIAL if machine.get(key)},
    }
    configs = [str(CONFIG_FOLDER), *filter(None, [env.get("JUPYTER_CONFIG_PATH", "")])]
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(configs)
    return {**env, **_without_own_configuration(runtime)} if rescue else env


def _variable(item: tuple[str, Any]) -> tuple[str, str | float | None]:
    """Name and value; a mapping is Kubernetes' form, {name, value}. None: only Kubernetes knows it."""
    key, value = item
    if isinstance(value, Mapping):
        key, value = value.get("name", key), value.get("value")
    return key, value if isinstance(value, (str, int, float)) else None


def _expand(value: str | float, user: str) -> str:
    """`{username}` as KubeSpawner 5 and later expand it; braces that name nothing stay."""
    text = str(value)
    for name in ("username", "unescaped_username"):
        text = text.replace(f"{{{name}}}", user)
    return text


def _without_own_configuration(runtime: Path) -> dict[str, str]:
    """The second try, when the first died: nothing is read from the home's dot-files. Files of work are all there."""
    own = str(runtime / "rescue")
    folders = (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    )
    return {
        **{name: f"{own}/{name.lower()}" for name in folders},
        "PYTHONNOUSERSITE": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def arguments(command: Sequence[str] | None, given: Sequence[str], separate_accounts: bool) -> list[str]:
    """argv. Kernel channels: unix sockets where accounts keep neighbours out, else encrypted (facts: local-hub.md, 1 and 2).

    command: None is the image's own on the cluster, so it is the plain one here.
    """
    channels = (
        "--KernelManager.transport=ipc" if separate_accounts else "--MappingKernelManager.transport_encryption=required"
    )
    return [*(command or PLAIN_COMMAND), channels, *given]
