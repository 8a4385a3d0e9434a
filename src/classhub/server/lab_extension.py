"""Make JupyterLab and Notebook 7 load our extension in the browser, whatever a student's own settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "labextension"
"""Holds @classhub/material/package.json and its static files; nothing is built."""


def show(serverapp: Any) -> bool:
    """Add our folder where these applications look. False: there is none of them here.

    At the instances, as each setting is a list that a student's file replaces as a whole. They are made before any
    extension is loaded, and read the list when they are loaded themselves.
    """
    shown = False
    for app in _apps(serverapp):
        folders = getattr(app, "extra_labextensions_path", None)
        if isinstance(folders, list):
            if str(FOLDER) not in folders:
                app.extra_labextensions_path = [*folders, str(FOLDER)]
            shown = True
    return shown


def _apps(serverapp: Any) -> list[Any]:
    by_name = dict(serverapp.extension_manager.extension_apps)
    return [app for _, apps in sorted(by_name.items()) for app in apps]
