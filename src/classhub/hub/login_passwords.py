"""Passwords: what a new one must be, and bcrypt in two threads so that the hub's loop never waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

T = TypeVar("T")

LEAST_CHARACTERS = 8
MOST_BYTES = 72
"""bcrypt reads no further; since its version 5 it raises instead of cutting silently."""

ROUNDS = 12
"""bcrypt's own default: about a quarter of a second a check. Tests take fewer."""

_threads = ThreadPoolExecutor(2, thread_name_prefix="bcrypt")


def complaint(password: str, again: str, is_common: bool, least: int = LEAST_CHARACTERS) -> str:
    """The sentence a person reads when this new password will not do; empty when it will."""
    if password != again:
        return "The two passwords differ. Please type the same one twice."
    if len(password) < least:
        return f"The password is too short: it needs at least {least} characters."
    if len(password.encode()) > MOST_BYTES or "\0" in password:
        return f"The password is too long: at most {MOST_BYTES} letters, fewer with accents or other scripts."
    if is_common:
        return "This password is on the list of common ones that are tried first. Please choose another."
    return ""


async def hashed(password: str) -> bytes:
    """A new bcrypt hash with its own salt."""
    return await _in_thread(_hash, password)


async def matches(password: str, stored: bytes | None) -> bool:
    """One bcrypt check, whether or not there is something to check against: the time taken tells nothing."""
    # No password has this hash, and checking it costs as much as checking a real one.
    nobodys = b"$2b$%02d$" % ROUNDS + b"." * 53
    found = await _in_thread(_check, password, nobodys if stored is None else stored)
    return found and stored is not None


def _hash(password: str) -> bytes:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(ROUNDS))


def _check(password: str, stored: bytes) -> bool:
    typed = password.encode("utf-8", "replace")
    fits = len(typed) <= MOST_BYTES
    return bcrypt.checkpw(typed if fits else b"", stored) and fits


async def _in_thread(work: Callable[..., T], *arguments: str | bytes) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)
