"""What `plan` compares on one machine: settings of hub.json, and after an `up` that was cut short those of the history."""

from dataclasses import replace

import pytest

from classhub.config.load import load
from classhub.plan.changes import PARTS, digest, digests
from classhub.plan.in_force import DEFAULT_CHART
from classhub.plan.running import Part, Running, State
from classhub.targets.local import history
from classhub.targets.local.dry_run import dry_run, in_force
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths
from classhub.targets.local.settings import settings

MACHINE = Machine(20002, 20001, "token-classhub", "token-culler", "00" * 32)


NOBODY_NAMED = {
    role: {"everyone": role == "students", "names": [], "groups": []} for role in ("instructor", "tas", "students")
}


@pytest.fixture
def made(tmp_path):
    """A function: values -> the settings of that folder."""
    folder = tmp_path / "config"
    folder.joinpath("courses").mkdir(parents=True)
    tmp_path.joinpath("labs").mkdir()
    folder.joinpath("courses", "comp141.yaml").write_text("material: labs\n")

    def make(values="{}", own="{}", secrets="{}"):
        for name, text in (("config.yaml", values), ("classhub.yaml", own), ("secrets.yaml", secrets)):
            folder.joinpath(name).write_text(text)
            folder.joinpath(name).chmod(0o600)
        state = tmp_path / ".classhub"
        paths = Paths(state, state / "run", state / "homes")
        return settings(load(folder, {}), MACHINE, paths, is_root=True, cores=2)

    return make


def runs(given):
    """A hub that was started with these settings."""
    parts = tuple(Part(name, State.RUNNING) for name in PARTS)
    return Running(
        State.RUNNING, "x", parts, settings_digest=digest(given), launched=dict.fromkeys(PARTS, digests(given))
    )


def test_our_own_settings_have_the_keys_of_their_files(made, tmp_path):
    own = in_force(made(own="{release: lab, local: {address: '::1', port: 8001, servers: 9}}")).own
    assert own == {
        "chart.version": "4.4.0",
        "release": "lab",
        "namespace": "jhub",
        "homes.folder": str(tmp_path / ".classhub" / "homes"),
        "local.address": "::1",
        "local.port": 8001,
        "local.https": "off",
        "local.servers": 9,
        "local.starts_at_once": 3,
        "courses.comp141.title": "comp141",
        "courses.comp141.folder": "comp141",
        "courses.comp141.people": NOBODY_NAMED,
        "courses.comp141.material": str(tmp_path / "labs"),
    }


def test_what_stood_in_the_secrets_file_is_known(made):
    secrets = "hub: {cookieSecret: hush, config: {Authenticator: {admin_users: [a, b]}}}\nsingleuser: {extraEnv: {}}\n"
    assert in_force(made(secrets=secrets)).hidden == (
        ("hub", "cookieSecret"),
        ("hub", "config", "Authenticator", "admin_users"),
    )


def test_settings_of_an_earlier_version_do_not_say_what_is_secret(made):
    given = made()
    del given["hidden"]
    assert in_force(given).hidden is None


def test_a_hub_is_compared_as_it_was_started(made, tmp_path):
    old, new, further = (made(f"singleuser: {{defaultUrl: /{page}}}") for page in ("a", "b", "c"))
    for given in (old, new):
        history.add(tmp_path, given, "")
    assert dry_run(runs(old), old, new, tmp_path).before == in_force(old)
    cut_short = dry_run(runs(old), new, new, tmp_path)
    assert (cut_short.before, cut_short.unfinished) == (in_force(old), True)
    changed_again = dry_run(runs(old), new, further, tmp_path)
    assert (changed_again.before, changed_again.unfinished) == (in_force(old), False)


def test_a_new_culler_makes_no_hub_old(made, tmp_path):
    old, new = made("cull: {timeout: 60}"), made("cull: {timeout: 90}")
    culler = {**old, "culler": new["culler"]}
    assert dry_run(runs(old), culler, new, tmp_path).before == in_force(culler)


def test_a_hub_whose_settings_were_lost_is_compared_with_nothing(made, tmp_path):
    given = made()
    unknown = replace(runs(given), launched={})
    assert dry_run(unknown, given, given, tmp_path).before is None
    of_another = replace(runs(given), launched={"hub": {"hub": "0"}})
    assert dry_run(of_another, given, given, tmp_path).before is None
    assert not dry_run(of_another, given, given, tmp_path).unfinished


def test_the_rules_are_those_of_the_configured_chart(made):
    assert in_force(made(own="{chart: {version: 3.3.8}}")).chart == "3.3.8"
    assert in_force(made()).chart == DEFAULT_CHART
