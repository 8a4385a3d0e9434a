"""One harness for each target; fixtures are situations."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classhub.operations.up import wait_until_up
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan
from cluster.control_plane import ControlPlane
from cluster.fixtures import *  # noqa: F403
from cluster.node import Node
from contract.harness import TARGETS, Harness, make_memory
from hub.student import eventually

ALICE = "alice@college.edu"
SLOW_S = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        call = getattr(item, "callspec", None)
        if item.get_closest_marker("long_on_cluster") and call and call.params.get("where") == "cluster":
            item.add_marker(pytest.mark.long)


def needs(harness: Harness, ability: str) -> None:
    """Skip where the target cannot, for the reason that its harness gives."""
    if ability in harness.lacks:
        pytest.skip(harness.lacks[ability])


def whole(running: Running | None, parts: tuple[str, ...]) -> Running | None:
    """`up` does not wait for the culler; the contract does."""
    states = {part.name: part.state for part in running.parts} if running else {}
    return running if states == dict.fromkeys(parts, State.RUNNING) else None


Bring = Callable[[int], Running]


@pytest.fixture(scope="session")
def clusters_hub(
    control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Harness]:
    from contract.harness_cluster import make_cluster

    with make_cluster(control_plane, tmp_path_factory.mktemp("contract")) as made:
        yield made


@pytest.fixture(scope="session")
def clusters_nothing(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    from contract.harness_cluster import make_cluster

    with make_cluster(control_plane, tmp_path_factory.mktemp("nothing")) as made:
        yield made


@pytest.fixture(params=TARGETS)
def where(request: pytest.FixtureRequest) -> str:
    """The target's name."""
    return str(request.param)


@pytest.fixture
def harness(
    request: pytest.FixtureRequest, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Harness]:
    """On the cluster all tests share one, in whatever state the one before left it."""
    if where == "cluster":
        yield _at(request.getfixturevalue("clusters_hub"), monkeypatch)
    elif where == "local":
        from contract.harness_local import make_local

        with make_local(tmp_path) as made:
            yield made
    else:
        with make_memory(tmp_path) as made:
            yield made


@pytest.fixture
def untouched(request: pytest.FixtureRequest, where: str, monkeypatch: pytest.MonkeyPatch) -> Harness:
    """Where nothing was ever applied."""
    if where == "cluster":
        return _at(request.getfixturevalue("clusters_nothing"), monkeypatch)
    found: Harness = request.getfixturevalue("harness")
    return found


def _at(made: Harness, monkeypatch: pytest.MonkeyPatch) -> Harness:
    for name in ("KUBECONFIG", "PATH"):
        monkeypatch.setenv(name, made.college.environ[name])  # type: ignore[attr-defined]
    return made


@pytest.fixture
def plan(harness: Harness) -> Callable[[int], Plan]:
    """A valid plan from what runs now to the settings of a variant."""
    return harness.plan


@pytest.fixture
def bring(harness: Harness) -> Bring:
    """Apply a variant and wait until the hub answers."""

    def apply(variant: int = 0) -> Running:
        harness.target.apply(harness.plan(variant), lambda sentence: None)
        harness.variant = variant
        wait_until_up(harness.target, timeout_s=SLOW_S)
        return eventually(lambda: whole(harness.target.inspect(), harness.parts), timeout_s=SLOW_S)

    return apply


@pytest.fixture
def running(harness: Harness, bring: Bring) -> Running:
    """A hub that runs; harness.variant is in force."""
    now = whole(harness.target.inspect(), harness.parts)
    for variant in (harness.variant, harness.variant + 1):
        if now is not None and now.settings_digest == harness.digest(variant):
            harness.variant = variant
            return now
    return bring(harness.variant)


@pytest.fixture
def other(harness: Harness, running: Running) -> int:
    """A variant that is not in force."""
    return harness.variant + 1


@pytest.fixture
def alice(harness: Harness, running: Running) -> str:
    """A user whose server runs."""
    harness.start_server(ALICE)
    return ALICE


@pytest.fixture
def stopped(request: pytest.FixtureRequest, harness: Harness) -> Running:
    """A hub that ran with alice's server, until everything was stopped."""
    now = harness.target.inspect()
    if now is None or now.state is not State.STOPPED or now.servers:
        request.getfixturevalue("alice")
        harness.target.stop(keep_servers=False)
        now = harness.target.inspect()
    assert now is not None
    return now


@pytest.fixture
def removed(request: pytest.FixtureRequest, harness: Harness) -> list[str]:
    """The homes of a hub that was removed while alice's server ran, as they were before."""
    homes = [home.path for home in harness.target.homes().list()]
    if harness.target.inspect() is not None or not homes:
        request.getfixturevalue("alice")
        homes = [home.path for home in harness.target.homes().list()]
        harness.target.remove(lambda sentence: None)
    return homes
