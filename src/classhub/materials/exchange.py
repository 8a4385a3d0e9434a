"""Two names of one folder change places in one step, which os has no function for: renameat2(2) with RENAME_EXCHANGE.

Linux 3.15 and most of its disks can; NFS, older C libraries and other systems cannot. Student's side: standard library
only, Python 3.9.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Optional

EXCHANGE = 2
CANNOT = frozenset((errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP))
Call = Callable[[int, bytes, int, bytes, int], int]


def exchange(folder: int, one: bytes, other: bytes) -> bool:
    """False if this machine or disk cannot; nothing is changed then. Raises OSError."""
    call = _renameat2()
    if call is None:
        return False
    import ctypes

    if call(folder, one, folder, other, EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANNOT:
        return False
    raise OSError(number, os.strerror(number))


@lru_cache(None)
def _renameat2() -> Optional[Call]:  # noqa: UP045  evaluated by Python 3.9
    try:
        import ctypes

        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    found: Call = call
    return found
