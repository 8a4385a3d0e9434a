"""The queue of starts."""

import asyncio

from classhub.hub.starts import Starts


async def test_no_more_start_at_once_than_allowed_and_in_order():
    starts, now, most, order = Starts(3), 0, 0, []

    async def one(number: int) -> None:
        nonlocal now, most
        async with starts.turn():
            now += 1
            most = max(most, now)
            order.append(number)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(one(number) for number in range(50)))
    assert most == 3
    assert order == list(range(50))
    assert not starts.busy and starts.waiting == 0


async def test_a_failed_or_cancelled_start_gives_its_place_on():
    starts = Starts(1)
    came = asyncio.Event()

    async def hold() -> None:
        async with starts.turn():
            came.set()
            await asyncio.sleep(60)

    holding = asyncio.ensure_future(hold())
    await came.wait()
    waiting = [asyncio.ensure_future(hold()) for _ in range(3)]
    await asyncio.sleep(0)
    assert starts.waiting == 3
    waiting[0].cancel()
    holding.cancel()
    await asyncio.gather(holding, waiting[0], return_exceptions=True)
    await asyncio.sleep(0)
    assert starts.waiting == 1
    for task in waiting[1:]:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert not starts.busy and starts.waiting == 0
