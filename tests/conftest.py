"""No test writes what all hubs of this machine share, or depends on how fast it is and who started it."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from classhub.walls import machine_uids

settings.register_profile("classhub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("classhub")


@pytest.fixture(scope="session", autouse=True)
def record_of_uids(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A record of this run's own; programs that tests start inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, machine_uids.VARIABLE, str(tmp_path_factory.mktemp("machine") / "uids.json"))
        yield


@pytest.fixture(scope="session", autouse=True)
def signals() -> None:
    """Who is started with `&` or nohup ignores some of them, and so would every program that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for one in (signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(one) is signal.SIG_IGN:
            signal.signal(one, lambda *_: None)
