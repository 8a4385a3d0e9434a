"""The queue of starts."""

import asyncio

import pytest

from classhub.hub.starts import Starts


async def let_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Class:
    """Students whose starts last until they are let go."""

    def __init__(self, starts: Starts) -> None:
        self.starts = starts
        self.inside: list[tuple[str, str]] = []
        self.tasks: dict[tuple[str, str], asyncio.Task] = {}
        self.told: list[int] = []

    async def begin(self, user: str, server: str = "") -> None:
        async def hold() -> None:
            async with self.starts.turn(user, server, self.told.append):
                self.inside.append((user, server))
                await asyncio.Event().wait()

        self.tasks[user, server] = asyncio.ensure_future(hold())
        await let_run()

    async def end(self, user: str, server: str = "") -> None:
        task = self.tasks.pop((user, server))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await let_run()


@pytest.fixture
async def pupils():
    made = []

    def of(starts: Starts) -> Class:
        made.append(Class(starts))
        return made[-1]

    yield of
    for one in made:
        for start in [*one.tasks]:
            await one.end(*start)
        assert not one.starts.waiting and not one.starts.under_way and not one.starts._held


async def test_no_more_start_at_once_than_allowed_and_in_order():
    starts, now, most, order = Starts(3), 0, 0, []

    async def one(number: int) -> None:
        nonlocal now, most
        async with starts.turn(f"student{number}"):
            now += 1
            most = max(most, now)
            order.append(number)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(one(number) for number in range(50)))
    assert most == 3
    assert order == list(range(50))
    assert starts.waiting == 0 and not starts.under_way


async def test_a_cancelled_start_gives_its_place_on(pupils):
    room = pupils(Starts(1))
    for user in ("alice", "bob", "carol", "dora"):
        await room.begin(user)
    assert room.inside == [("alice", "")] and room.told == [1, 2, 3]
    await room.end("bob")
    assert room.inside == [("alice", "")] and room.starts.waiting == 2
    await room.end("alice")
    assert room.inside == [("alice", ""), ("carol", "")]


async def test_a_start_cancelled_in_the_moment_of_its_call_gives_its_place_on(pupils):
    room = pupils(Starts(1))
    for user in ("alice", "bob", "carol"):
        await room.begin(user)
    room.tasks["alice", ""].cancel()
    await asyncio.sleep(0)  # bob is called, but has not run yet
    await room.end("bob")
    assert ("bob", "") not in room.inside and ("carol", "") in room.inside


async def test_a_failed_start_gives_its_place_on():
    starts = Starts(1)
    for _ in range(3):
        with pytest.raises(OSError, match="no home"):
            async with starts.turn("alice"):
                raise OSError("no home")
    assert not starts.under_way


async def test_slow_homes_do_not_hold_the_class_up(pupils):
    """Their starts go on, and still count as under way."""
    room = pupils(Starts(3, place_s=1))
    for number in range(3):
        await room.begin(f"slow{number}")
    await room.begin("alice")
    assert ("alice", "") not in room.inside
    await asyncio.wait_for(_until(lambda: ("alice", "") in room.inside), 60)
    assert len(room.starts.under_way) == 4 and not room.tasks["slow0", ""].done()
    await room.end("slow0")
    assert len(room.starts.under_way) == 3


async def _until(check) -> None:
    while not check():
        await asyncio.sleep(0.01)


async def test_one_user_holds_one_place_however_many_servers_start(pupils):
    room = pupils(Starts(3))
    for server in ("", "a", "b"):
        await room.begin("mallory", server)
    await room.begin("alice")
    await room.begin("bob")
    assert room.inside == [("mallory", ""), ("alice", ""), ("bob", "")]
    await room.end("mallory", "")
    assert room.inside[3:] == [("mallory", "a")]
    await room.end("alice")
    assert len(room.inside) == 4
