"""What renameat2(2) can and os has no function for: two names change places in one step, or a name is taken only if it is free.

Linux 3.15 and most of its disks can; NFS, older C libraries and other systems cannot. Student's side: standard library
only, Python 3.9.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Optional

NOREPLACE = 1
EXCHANGE = 2
# A filter on system calls says EPERM. So does a disk that refuses this change; it says so again when asked the plain way.
CANNOT = frozenset((errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM))
Call = Callable[[int, bytes, int, bytes, int], int]


def exchange(folder: int, one: bytes, other: bytes) -> bool:
    """False if this machine or disk cannot; nothing is changed then. Raises OSError."""
    return _rename(folder, one, other, EXCHANGE)


def to_free(folder: int, old: bytes, new: bytes) -> bool:
    """As exchange: nothing that has the new name is touched. Raises FileExistsError."""
    return _rename(folder, old, new, NOREPLACE)


def _rename(folder: int, old: bytes, new: bytes, flag: int) -> bool:
    call = _renameat2()
    if call is None:
        return False
    import ctypes

    if call(folder, old, folder, new, flag) == 0:
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
