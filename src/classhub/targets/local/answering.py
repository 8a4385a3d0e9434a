"""Does a part answer? Asked without blocking, over the part's own door."""

import asyncio
from collections.abc import Mapping
from typing import Any

from classhub.targets.local.paths import Paths


async def answers(part: str, settings: Mapping[str, Any], paths: Paths) -> bool:
    """True when the part serves: Caddy's admin socket, the health pages of hub and mirror; the culler once its hub does."""
    if part == "proxy":
        return (
            await _status(
                asyncio.open_unix_connection(str(paths.caddy_admin)), "/config/apps/http/servers/public/listen"
            )
            == 200
        )
    if part == "mirror":
        door = asyncio.open_unix_connection(str(paths.mirror_socket))
        return await _status(door, f"{settings['proxy']['base_url']}services/material/health") == 200
    door = asyncio.open_unix_connection(settings["proxy"]["hub_socket"])
    return await _status(door, f"{settings['proxy']['base_url']}hub/health") == 200


async def _status(connecting: Any, path: str) -> int | None:
    try:
        reader, writer = await asyncio.wait_for(connecting, timeout=2)
    except (OSError, TimeoutError):
        return None
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: classhub\r\nConnection: close\r\n\r\n".encode())
        line = await asyncio.wait_for(reader.readline(), timeout=5)
        return int(line.split()[1])
    except (OSError, TimeoutError, ValueError, IndexError):
        return None
    finally:
        writer.close()
