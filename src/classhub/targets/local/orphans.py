"""Students' servers outlive the hub that started them. Whoever inherits them must fetch their exit codes, or they stay zombies.

In a container without an init nobody does; so the supervisor takes them in (Linux: PR_SET_CHILD_SUBREAPER, prctl(2)).
"""

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable, Container

PR_SET_CHILD_SUBREAPER = 36
EVERY_S = 2


def take_in() -> bool:
    """From now on orphans of our descendants become our children. False where the system cannot."""
    if sys.platform != "linux":
        return False
    failed: int = ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return failed == 0


async def bury(own: Callable[[], Container[int]]) -> None:
    """For ever: fetch the exit codes of children that nobody waits for. own: pids that somebody does wait for."""
    while True:
        await asyncio.sleep(EVERY_S)
        while bury_one(own()):
            pass


def bury_one(own: Container[int]) -> bool:
    """True when one was buried. A dead child of somebody's own is left to its owner, who comes soon."""
    try:
        dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if dead is None or dead.si_pid in own:
            return False
        os.waitpid(dead.si_pid, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
