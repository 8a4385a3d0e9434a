"""The supervisor's control socket."""

import asyncio
import logging

from classhub.targets.local import control


class Sleeps:
    """A supervisor that is told nothing but who listens."""

    def __init__(self):
        self.listeners = set()

    async def do(self, request):
        await asyncio.sleep(60)
        return {}


async def ends_while_somebody_listens_and_somebody_waits(path):
    supervisor = Sleeps()
    await control.serve(path, supervisor)
    connections = [await asyncio.open_unix_connection(str(path)) for _ in range(2)]
    for (_, writer), request in zip(connections, (b'{"do": "follow"}\n', b'{"do": "wait"}\n'), strict=True):
        writer.write(request)
        await writer.drain()
    while not supervisor.listeners:
        await asyncio.sleep(0.01)


def test_a_supervisor_that_ends_while_a_foreground_up_listens_logs_no_traceback(tmp_path, caplog):
    with caplog.at_level(logging.ERROR):
        asyncio.run(ends_while_somebody_listens_and_somebody_waits(tmp_path / "control.sock"))
    assert caplog.text == ""
