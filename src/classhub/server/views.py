"""In what a file is opened, and at which address below the server's own. Pure."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

CLASSIC = ("notebook", "nbclassic")
"""Extensions that answer at tree/, notebooks/ and edit/."""


def address(path: str, is_folder: bool, view: str, extensions: Collection[str], default_url: str = "") -> str:
    """Below the server's base_url, quoted. path: from the folder that the server shows. view: what the link asked for.

    extensions: names of those that this server has. default_url: what the server opens without a link.
    """
    quoted = quote(path, safe="/", errors="surrogateescape")
    return f"{_prefix(path, is_folder, _chosen(view, extensions, default_url))}{quoted}" + (
        "/" if view == "shiny" and is_folder else ""
    )


def _chosen(view: str, extensions: Collection[str], default_url: str) -> str:
    has_classic = any(name in extensions for name in CLASSIC)
    has_lab = "jupyterlab" in extensions
    if view in ("shiny", "voila") or (view == "retro" and "retrolab" in extensions):
        return view
    prefers_classic = view in ("notebook", "retro") or (not view and default_url.lstrip("/").startswith("tree"))
    if has_classic and (prefers_classic or not has_lab):
        return "notebook"
    return "lab" if has_lab else "view"


def _prefix(path: str, is_folder: bool, view: str) -> str:
    if view in ("notebook", "retro"):
        above = "retro/" if view == "retro" else ""
        if is_folder:
            return f"{above}tree/"
        return f"{above}notebooks/" if path.lower().endswith(".ipynb") else f"{above}edit/"
    return {"lab": "lab/tree/", "shiny": "shiny/", "voila": "voila/render/"}.get(
        view, "files/" if not is_folder else ""
    )
