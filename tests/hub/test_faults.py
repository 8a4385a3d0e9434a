"""Whatever is killed, students keep their servers, kernels and variables."""

import json
import os
import time
from pathlib import Path

import httpx2
import pytest

from hub.files import below
from hub.student import eventually


@pytest.fixture(scope="module")
def alice(hub):
    student = hub.student()
    student.start()
    student.start_kernel()
    student.run("x = 41")
    return student


def healthy(hub) -> bool:
    return httpx2.get(f"{hub.address}hub/health", timeout=30).status_code == 200


def servers(hub) -> dict[str, int]:
    return {server["user"]: server["pid"] for server in hub.status()["servers"]}


def count_up(student) -> int:
    return int(student.run("x += 1; print(x)"))


@pytest.mark.parametrize("part", ["hub", "proxy"])
def test_a_killed_part_comes_back_and_the_kernel_keeps_its_variables(hub, alice, part):
    before, value, old = servers(hub), count_up(alice), hub.pid(part)
    hub.kill(part)
    eventually(lambda: hub.pid(part) != old)
    eventually(lambda: healthy(hub))
    assert count_up(alice) == value + 1
    assert servers(hub) == before
    assert alice.get("/api/status").status_code == 200


def test_up_adopts_what_a_killed_supervisor_left(hub, alice):
    before, value = servers(hub), count_up(alice)
    parts = {part: hub.pid(part) for part in ("hub", "proxy", "culler")}
    hub.kill("supervisor")
    assert count_up(alice) == value + 1, "servers do not need the supervisor"
    assert hub.status()["supervised"] is False
    hub.up()
    assert {part: hub.pid(part) for part in parts} == parts
    assert hub.status()["supervised"] is True
    assert servers(hub) == before
    old = hub.pid("proxy")
    hub.kill("proxy")
    eventually(lambda: hub.pid("proxy") != old and healthy(hub))


def test_a_damaged_parts_json_and_a_dead_supervisor_lose_nothing(hub, alice):
    before, value = servers(hub), count_up(alice)
    hub.kill("supervisor")
    (hub.state / "parts.json").write_text('{"proxy": {')
    assert {part["name"] for part in hub.status()["parts"]} == {"proxy", "mirror", "hub", "culler"}
    hub.up()
    eventually(lambda: healthy(hub))
    alice.wait_ready()
    assert count_up(alice) == value + 1
    assert servers(hub) == before
    assert "nothing changed" in hub.up()
    assert len([argv for argv in hub.named_processes() if "caddy.json" in argv[-1]]) == 1


def test_down_finds_the_parts_whose_parts_json_is_damaged(hub, alice):
    hub.kill("supervisor")
    (hub.state / "parts.json").write_text("")
    hub.down("--keep-servers")
    status = hub.status()
    assert (status["state"], len(status["servers"])) == ("stopped", 1)
    assert not any("caddy.json" in argv[-1] for argv in hub.named_processes())
    assert "alice@college.edu" in hub.down("--keep-servers")
    hub.up()
    alice.wait_ready()


def test_everything_killed_at_once_loses_no_variable(hub, alice):
    before, value = servers(hub), count_up(alice)
    hub.kill("supervisor", "hub", "proxy", "mirror", "culler")
    hub.up()
    eventually(lambda: healthy(hub))
    eventually(lambda: alice.api.user(alice.name)["servers"][""]["ready"])
    assert count_up(alice) == value + 1
    assert servers(hub) == before


def test_down_can_keep_servers_for_the_next_up(hub, alice):
    before, value = servers(hub), count_up(alice)
    hub.down("--keep-servers")
    assert hub.status()["state"] == "stopped"
    assert servers(hub) == before
    hub.up()
    alice.wait_ready()
    assert count_up(alice) == value + 1
    assert servers(hub) == before


def test_an_entry_of_a_recycled_pid_is_never_signalled(hub, alice):
    """A reboot leaves such entries: the pid exists, but it is somebody else's."""
    entry = json.loads((hub.state / "servers" / f"{alice.name}.json").read_text())
    stranger = {**entry, "user": "bob@college.edu", "process": {**entry["process"], "pid": os.getpid()}}
    (hub.state / "servers" / "bob@college.edu.json").write_text(json.dumps(stranger))
    assert "bob@college.edu" not in servers(hub)
    hub.down("--keep-servers")  # we are still here to see it
    hub.up()
    alice.wait_ready()
    (hub.state / "servers" / "bob@college.edu.json").unlink(missing_ok=True)


def test_a_dead_server_is_noticed_and_the_hub_says_why(hub):
    bob = hub.student("bob@college.edu")
    bob.start()
    os.kill(servers(hub)["bob@college.edu"], 9)
    eventually(lambda: not bob.api.user(bob.name)["servers"])
    eventually(lambda: "SIGKILL" in hub.run("events", "bob@college.edu").stdout)
    bob.start()
    assert bob.get("/api/status").status_code == 200


RESTARTS = int(os.environ.get("CLASSHUB_RESTARTS", "15"))


def test_many_restarts_leave_nothing_behind(hub, alice):
    def trace():
        supervisor = hub.pid("supervisor")
        descriptors = len(list(Path(f"/proc/{supervisor}/fd").iterdir()))
        files = sorted(
            str(path.relative_to(hub.state))
            for path in below(hub.state)
            if "homes" not in path.parts and "logs" not in path.parts
        )
        sockets = sorted(path.name for path in Path(hub.settings()["proxy"]["sockets"]).iterdir())
        return len(hub.left_processes()), descriptors, files, sockets

    def settled():
        """What a new server still does, and brings to the mirror, is over."""
        told = {path.name for path in (hub.state / "material" / "comp141" / "results").glob("*.json")}
        found = trace()
        time.sleep(2)
        return len(told) == len(servers(hub)) and found == trace() and found

    value = count_up(alice)
    before = eventually(settled)
    seen = [word for argv in hub.left_processes() for word in argv]
    assert any("singleuser" in word for word in seen), "a leaked server would not be seen"
    for count in range(RESTARTS):
        hub.run("restart", ("proxy", "culler", "mirror", "proxy", "hub")[count % 5])
    eventually(lambda: healthy(hub))
    assert count_up(alice) == value + 1
    eventually(lambda: trace() == before)
