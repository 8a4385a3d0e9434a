"""Course material in this server: the courier, the links, what the browser asks. Nothing of it waits or raises at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from classhub.server import settings
from classhub.server.settings import Settings


def start(serverapp: Any) -> bool:
    """Never raises: a server without material is better than none. False: there is none here, or it cannot be shown."""
    given = settings.from_environment(os.environ)
    if given is None:
        return False
    try:
        _start(serverapp, given)
    except Exception:
        serverapp.log.exception("Course material is not shown by this server")
        return False
    return True


def _start(serverapp: Any, given: Settings) -> None:
    from classhub.server import api_handlers, lab_extension, link_handlers
    from classhub.server.courier import Courier
    from classhub.server.origin import origin_of
    from classhub.server.sync_log import open_log

    shown = _shown(serverapp)
    home = shown.home
    courier = Courier(origin_of(given, home), home, _sync, open_log(home), given.every_s)
    rows = [*link_handlers.routes(courier, shown), *api_handlers.routes(courier, shown)]
    serverapp.web_app.add_handlers(".*$", [(_escaped(shown.base_url) + way, *rest) for way, *rest in rows])
    lab_extension.show(serverapp)
    # the loop runs once the server answers: a start is over before the first byte is asked for
    serverapp.io_loop.call_later(0.05, courier.start)


def _sync(source: Any, home: Path, course: str, **given: Any) -> Any:
    """Loaded by the thread that needs it: that takes as long as all the rest of us."""
    from classhub.materials import sync

    return sync.sync(source, home, course, **given)


def _shown(serverapp: Any) -> Any:
    from classhub.server.shown import Shown

    root = os.path.realpath(os.path.expanduser(serverapp.root_dir))  # noqa: PTH111
    own = os.path.realpath(os.path.expanduser("~"))  # noqa: PTH111
    return Shown(
        home=settings.home_of(root, own),
        root=Path(root),
        base_url=serverapp.base_url,
        default_url=serverapp.default_url,
        extensions=lambda: _enabled(serverapp.extension_manager.extensions),
    )


def _enabled(extensions: Any) -> set[str]:
    return {name for name, extension in extensions.items() if extension.enabled}


def _escaped(base_url: str) -> str:
    """As the beginning of a pattern: a name may hold what means something there."""
    import re

    return re.escape(base_url)
