"""routes.json: the explicit routes, known again after a restart of hub or proxy."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any


def read_routes(path: Path) -> dict[str, dict[str, Any]]:
    """By routespec; none when the file is not there. A damaged one is set aside: the hub adds its routes anew."""
    try:
        routes = json.loads(path.read_text())
        if isinstance(routes, dict) and all(isinstance(route, dict) for route in routes.values()):
            return routes
    except FileNotFoundError:
        return {}
    except ValueError:
        pass  # set aside, as what is JSON but no mapping
    with suppress(OSError):
        path.replace(path.with_name(f"{path.name}.damaged"))
    return {}
