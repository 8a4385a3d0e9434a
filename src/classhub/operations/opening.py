"""Open the hub in a browser, where there is one.

Its address only: a link that enters as somebody would be seen in the process list.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classhub.targets.interface import Target


def enter_link(target: Target, folder: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """The first admin's name, and a link that enters as that admin once, within ten minutes. A secret."""
    from classhub.operations.tokens import first_admin

    admin = first_admin(target, folder, environ)
    with target.api() as api:
        return admin, api.enter_link(admin).url


def has_screen(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """False over ssh and in containers, where a browser would open for nobody or take over the terminal."""
    if platform in ("darwin", "win32"):
        return "SSH_CONNECTION" not in environ
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_browser(address: str, environ: Mapping[str, str]) -> bool:
    """True when a browser was told to show it."""
    import webbrowser

    return has_screen(environ) and webbrowser.open(address)
