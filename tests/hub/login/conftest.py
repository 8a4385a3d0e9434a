"""One hub per module: a module says in CONFIG what is special about its hub."""

import pytest

from hub.login.running import RunningHub


@pytest.fixture(scope="module")
def hub(request, tmp_path_factory):
    running = RunningHub(tmp_path_factory.mktemp("hub"), request.module.CONFIG)
    running.start()
    yield running
    running.stop()
