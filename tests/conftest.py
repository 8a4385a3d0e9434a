"""No test writes what all hubs of this machine share."""

import os
from collections.abc import Iterator

import pytest

from classhub.walls import machine_uids


@pytest.fixture(scope="session", autouse=True)
def record_of_uids(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A record of this run's own; programs that tests start inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, machine_uids.VARIABLE, str(tmp_path_factory.mktemp("machine") / "uids.json"))
        yield
