"""The mirror as a process: python -m classhub.materials.mirror SETTINGS.json. SIGTERM ends it."""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tornado.httpserver import HTTPServer

from classhub.materials.mirror import listening, settings
from classhub.materials.mirror.attended import Attended
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.door import HubDoor, OpenDoor
from classhub.materials.mirror.handing import Handing
from classhub.materials.mirror.library_builder import Builder
from classhub.materials.mirror.library_keep import Keeper
from classhub.materials.mirror.listening import Listening
from classhub.materials.mirror.service import LARGEST_BODY, application
from classhub.materials.mirror.store import Store

LOG = logging.getLogger("classhub.mirror")
IDLE_S = 120
"""A student's server asks about once a minute, on the connection that it keeps."""
LAST_S = 5
"""For closing connections. A student whose delivery is cut goes on with it at the next sync."""


def main(arguments: Sequence[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if len(arguments) != 1:
        LOG.error("Usage: python -m classhub.materials.mirror SETTINGS.json")
        return 2
    try:
        text = listening.read(Path(arguments[0]))
        where, wanted = listening.from_json(text), settings.from_json(text)
    except ValueError as error:
        LOG.error("%s", error)
        return 1
    try:
        asyncio.run(serve(where, wanted))
    except OSError as error:
        LOG.error("The mirror cannot listen on %s: %s.", where.listen, error.strerror)
        return 3
    return 0


async def serve(where: Listening, wanted: settings.Settings) -> None:
    """Until SIGTERM or SIGINT. Raises OSError when the address cannot be had."""
    keeper = _keeper(wanted)
    publisher = Attended(wanted, LOG.info, keeper)
    door = HubDoor(where.hub_api) if where.hub_api else OpenDoor()
    desk = Desk(wanted, door, publisher, library=keeper.told if keeper else lambda _: None)
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    server = HTTPServer(
        application(desk, where.prefix),
        idle_connection_timeout=IDLE_S,
        body_timeout=IDLE_S,
        max_header_size=1 << 16,
        max_body_size=LARGEST_BODY,
    )
    desk.read_all()
    server.add_sockets(where.sockets())
    handing = _handing(where, desk)
    LOG.info("The mirror serves %d courses on %s.", len(desk.shelves), where.listen)
    publisher.start()
    await end.wait()
    server.stop()
    if handing is not None:
        handing.cancel()
    await asyncio.get_running_loop().run_in_executor(None, publisher.stop)
    try:
        await asyncio.wait_for(server.close_all_connections(), LAST_S)
    except TimeoutError:
        LOG.warning("A connection does not close.")


def _handing(where: Listening, desk: Desk) -> "asyncio.Task[None] | None":
    """None without a place for it; all goes over HTTP then."""
    if not where.files or sys.platform != "linux":
        return None
    try:
        return asyncio.ensure_future(Handing(desk).serve(where.files_socket()))
    except OSError as error:
        LOG.error("No file can be handed over, as %s cannot be listened on: %s.", where.files, error.strerror or error)
        return None


def _keeper(wanted: settings.Settings) -> Keeper | None:
    if wanted.libraries is None or not wanted.builder:
        return None
    builder = Builder(wanted.builder["python"], wanted.builder["behind"])
    return Keeper(wanted.libraries, builder, lambda course, digest: Store(wanted.store / course).blobs.path(digest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
