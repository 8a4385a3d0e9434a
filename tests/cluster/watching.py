"""Small controllers: a watch that is taken up again, for ever."""

import sys
import time
from collections.abc import Callable

import httpx2

from cluster.api import Api, Object, Refused


def for_ever(api: Api, path: str, take: Callable[[str, Object], None]) -> None:
    """take(ADDED|MODIFIED|DELETED, object) for all that is there, then for all that changes."""
    while True:
        try:
            for kind, one in api.watch(path, timeout_s=300):
                take(kind, one)
        except (httpx2.HTTPError, Refused) as error:
            sys.stderr.write(f"{path}: {error}\n")
            time.sleep(0.3)
