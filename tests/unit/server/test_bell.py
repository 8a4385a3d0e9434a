"""Waiting in the event loop for what another thread does."""

import asyncio
import threading

from classhub.server.bell import Bell


async def test_all_who_wait_are_woken_by_another_thread():
    bell = Bell()
    waiting = [asyncio.create_task(bell.rings(60)) for _ in range(3)]
    await asyncio.sleep(0)
    threading.Thread(target=bell.ring).start()
    await asyncio.wait_for(asyncio.gather(*waiting), 30)
    assert not bell._waiting


async def test_nobody_waits_longer_than_said():
    bell = Bell()
    await asyncio.wait_for(bell.rings(0.01), 30)
    assert not bell._waiting


async def test_what_happened_just_before_the_wait_is_not_missed():
    bell = Bell()
    await asyncio.wait_for(bell.rings(600, lambda: bool(bell._waiting)), 30)
    assert not bell._waiting
