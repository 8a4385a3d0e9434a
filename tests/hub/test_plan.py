"""plan beside a real hub: what it says is what up then does, and until then nothing in .classhub is touched."""

import json

import pytest

from hub.conftest import CONFIG, make
from hub.files import contents, regular
from hub.student import eventually

CANARY = "canary-6e0d27"
SECRETS = f"hub: {{config: {{GoogleOAuthenticator: {{client_id: id-1, client_secret: {CANARY}}}}}}}\n"


@pytest.fixture(scope="module")
def hub(open_tmp):
    """With Google's login, and alice's server."""
    for deployment in make(open_tmp / "a hub that will change"):
        deployment.write("secrets.yaml", SECRETS, 0o600)
        deployment.up()
        with deployment.api() as api:
            api.start_server("alice@college.edu")
            eventually(lambda: api.user("alice@college.edu")["servers"].get("", {}).get("ready"), 300)
        yield deployment


def kept(deployment):
    """Every file of .classhub by content and time, but for what hub and mirror themselves write all the time."""
    busy = ("logs", "events", "homes", "caddy", "material")
    times, found = regular(deployment.state), contents(deployment.state)
    return {
        path: (content, times[path].st_mtime_ns)
        for path, content in found.items()
        if path in times and ".sqlite" not in path.name and path.relative_to(deployment.state).parts[0] not in busy
    }


def is_whole(deployment):
    """`up` does not wait for the culler, whose start is noted too."""
    return {part["state"] for part in deployment.status()["parts"]} == {"running"}


def plan(deployment, *more):
    eventually(lambda: is_whole(deployment))
    before = kept(deployment)
    said = deployment.run("plan", *more)
    assert kept(deployment) == before and len(before) > 3
    assert CANARY not in said.stdout + said.stderr
    return said.stdout


def of_the_folder(hub):
    """All notes but that of a login that comes back elsewhere, as hub.college.edu is not this machine."""
    return [note for note in hub.status()["notes"] if "come back to" not in note]


def test_a_folder_that_is_as_it_was_changes_nothing(hub):
    assert plan(hub) == f"Nothing would change. The hub at {hub.address} runs with revision 1.\n"
    assert of_the_folder(hub) == []


def test_a_changed_folder_is_told_in_words_and_then_applied(hub):
    changed = CONFIG.replace("[alice@college.edu]", "[alice@college.edu, Jane.Doe@college.edu]")
    changed = changed.replace("limit: 1G", "limit: 2G").replace("[instructor@college.edu]", "[alice@college.edu]")
    hub.write("config.yaml", changed + "  storage:\n    capacity: 20Gi\nscheduling: {userPlaceholder: {replicas: 2}}\n")
    hub.write("secrets.yaml", SECRETS.replace(CANARY, f"new-{CANARY}"), 0o600)
    said = plan(hub).splitlines()
    told = [
        "- The hub restarts, about 5 s.",
        "- 1 running server keeps its old settings until it is restarted: alice@college.edu.",
        "- jane.doe@college.edu may now log in.",
        "- alice@college.edu becomes admin.",
        "- instructor@college.edu is taken off admin_users, but stays admin until you take the mark away on the admin "
        "page (/hub/admin, Edit User).",
        "  singleuser.storage.capacity: 10Gi -> 20Gi",
        "  hub.config.GoogleOAuthenticator.client_secret: changed (masked)",
    ]
    assert said[0].startswith(f"The hub at {hub.address} runs with revision 1. `classhub ") and said[0].endswith(
        "would do this:"
    )
    assert [line for line in told if line not in said] == []
    facts = json.loads(plan(hub, "--json"))
    assert [step["do"] for step in facts["steps"]] == ["write settings", "restart hub"]
    assert {"restart", "servers", "access", "homes", "cost"} <= {one["kind"] for one in facts["consequences"]}
    changed = "config/ was changed since; `classhub plan` shows what `classhub up` would do."
    assert changed in hub.status()["notes"][-1]

    server = hub.status()["servers"][0]
    up = hub.run("up", "-d")
    begins = up.stderr.index("The new settings are written")
    for sentence in ("jane.doe@college.edu may now log in.", "alice@college.edu becomes admin."):
        assert up.stderr.index(sentence) < begins
    assert CANARY not in up.stdout + up.stderr
    assert hub.status()["servers"][0]["pid"] == server["pid"], "no student's server stops for it"
    assert plan(hub).startswith("Nothing would change.") and of_the_folder(hub) == []


def test_a_mistake_leaves_the_hub_and_its_status_as_they_are(hub):
    revision = hub.status()["revision"]
    hub.write("config.yaml", "hubb: {}\ncull: {every: soon}\n")
    done = hub.run("plan", check=False)
    assert done.returncode == 1 and "2 mistakes in the deployment folder." in done.stderr
    assert hub.status()["state"] == "running"
    note = f"config/ has 2 mistakes; the hub goes on with revision {revision}: `"
    assert hub.status()["notes"][-1].startswith(note)
