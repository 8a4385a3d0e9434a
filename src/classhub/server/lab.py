"""JupyterLab starts without asking node.

Where `node` is on the PATH, JupyterLab 4 runs `node yarn.js config` while it is imported, for the address of npm's
registry: half a CPU second at every start for what only the building of source extensions needs. No setting and no
variable turns it off (jupyterlab/commands.py, _yarn_config).
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any


def leave_node_alone() -> bool:
    """Answer that question as JupyterLab itself does without node. False: no JupyterLab, or not as we know it.

    Must come before jupyterlab.labapp is imported: jupyter_server asks the extensions in the order of their names.
    """
    try:
        version = str(importlib.import_module("jupyterlab").__version__)
        commands: Any = importlib.import_module("jupyterlab.commands") if version.startswith("4.") else None
    except Exception:  # noqa: BLE001 - whatever is broken there, JupyterLab's own start tells it better
        return False
    if not _asks_as_we_know_it(commands):
        return False
    commands._yarn_config = _no_configuration
    return True


def _asks_as_we_know_it(commands: Any) -> bool:
    ask = getattr(commands, "_yarn_config", None)
    return inspect.isfunction(ask) and list(inspect.signature(ask).parameters) == ["logger"]


def _no_configuration(logger: Any) -> dict[str, dict[str, Any]]:
    return {"yarn config": {}, "npm config": {}}
