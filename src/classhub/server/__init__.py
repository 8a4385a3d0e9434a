"""Runs inside a student's server: standard library, jupyter_server and tornado only.

This package is a Jupyter Server extension; the spawner enables it through JUPYTER_CONFIG_PATH.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    from classhub.server import lab

    lab.leave_node_alone()  # here, as jupyterlab's own points are asked right after ours and ask node
    return [{"module": "classhub.server"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    from classhub.server import listen, material, quiet

    quiet.leave_out_answered_questions(serverapp.log_level)
    listen.adopt_socket(serverapp)
    material.start(serverapp)
