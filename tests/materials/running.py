"""Real servers on loopback, each in a thread with a loop of its own, for clients that block."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application


class Running:
    """make: builds the application, inside the loop."""

    def __init__(self, make: Callable[[], Application]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port: int = self.do(self._begin(make))

    async def _begin(self, make: Callable[[], Application]) -> int:
        self._server = HTTPServer(make(), max_body_size=1 << 22)
        (sock,) = bind_sockets(0, "127.0.0.1")
        self._server.add_sockets([sock])
        return int(sock.getsockname()[1])

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        """In the server's loop; the outcome."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(120)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _end(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
