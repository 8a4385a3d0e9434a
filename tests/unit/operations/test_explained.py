"""The lines that do the same without ClassHub: as a shell takes them."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import yaml

from classhub.operations import explained
from classhub.operations.explained import Place, who

HERE = Place("gke hub", "jhub", "spring")
ALICE = "alice@college.edu"


def test_a_line_names_context_and_namespace_and_nothing_that_is_not_set():
    assert explained.top(HERE)[1] == "kubectl --context 'gke hub' -n jhub top nodes"
    assert explained.remove(Place("", "jhub", "jhub"))[2] == "helm -n jhub uninstall jhub"


def test_parts_are_chosen_by_label_and_release():
    assert explained.restart(HERE, "hub") == [
        "kubectl --context 'gke hub' -n jhub rollout restart deployment,statefulset,daemonset -l component=hub,release=spring",
        "kubectl --context 'gke hub' -n jhub rollout status deployment,statefulset,daemonset -l component=hub,release=spring",
    ]
    assert explained.scale(HERE, "placeholders", 3)[0].endswith(
        "scale statefulset -l component=user-placeholder,release=spring --replicas=3"
    )


def test_the_log_of_a_part():
    assert explained.logs(HERE, who("proxy"), follow=True, previous=True, count=50) == [
        "kubectl --context 'gke hub' -n jhub logs -l component=proxy,release=spring --all-containers -f --previous --tail=50"
    ]


def test_a_students_pod_is_found_by_its_owner():
    pod, line, hub = explained.logs(Place("", "jhub", "jhub"), who(ALICE), follow=False, previous=False, count=0)
    assert pod.startswith('POD="$(kubectl -n jhub get pods -l component=singleuser-server')
    assert rf'@.metadata.annotations.hub\.jupyter\.org/username=="{ALICE}"' in pod
    assert line == 'kubectl -n jhub logs "$POD" --tail=-1'
    assert hub.endswith(f"| grep -F {ALICE}")


def test_arguments_are_quoted_as_a_shell_needs_it():
    line = explained.run(HERE, who("hub"), ["echo", "$(id)", "a b"], terminal=False)[1]
    assert shlex.split(line)[-3:] == ["echo", "$(id)", "a b"]


def test_a_deploy_is_helms_upgrade_with_what_deploy_gives_it():
    line = explained.deploy(Place("", "jhub", "jhub"), "4.4.0", [], timeout_s=60)[2]
    assert line == (
        """VALUES="$(classhub values --merged --show-secrets -o json)" && printf '%s\\n' "$VALUES" | """
        "helm -n jhub upgrade --install jhub jupyterhub --repo https://hub.jupyter.org/helm-chart/ --version 4.4.0 "
        "-f - --reset-values --create-namespace --wait --timeout=60s"
    )
    line = explained.deploy(HERE, "jupyterhub-4.4.0.tgz", ["c.yaml", "a b.yaml"], timeout_s=60)[2]
    assert "jupyterhub-4.4.0.tgz -f -" in line and "-o json -f c.yaml -f 'a b.yaml')" in line


@pytest.fixture
def college(folder, tmp_path, monkeypatch):
    """A folder with a secret and a text that a shell could spoil; a helm on PATH that keeps what it is given."""
    (folder / "config.yaml").write_text("hub:\n  extraEnv: {SAYS: 'a\\\\nb é $HOME %s'}\n")
    (folder / "secrets.yaml").write_text("hub: {config: {GoogleOAuthenticator: {client_secret: hush}}}\n")
    (folder / "secrets.yaml").chmod(0o600)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, does in {
        "helm": f"cat > '{tmp_path}/given'",
        "classhub": f"exec '{sys.executable}' -m classhub \"$@\"",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.chdir(folder.parent)
    return folder


def pasted(tmp_path):
    line = explained.deploy(Place("", "jhub", "jhub"), "4.4.0", [], timeout_s=60)[2]
    subprocess.run(["/bin/sh", "-c", line], check=False)
    given = tmp_path / "given"
    return yaml.safe_load(given.read_text()) if given.exists() else None


def test_the_pasted_line_gives_helm_the_overlay_and_the_secrets(college, tmp_path):
    hub = pasted(tmp_path)["hub"]
    assert hub["config"] == {"GoogleOAuthenticator": {"client_secret": "hush"}, "KubeSpawner": {"delete_pvc": False}}
    assert hub["extraEnv"]["SAYS"] == "a\\\\nb é $HOME %s" and "classhub" in hub["services"]


def test_the_pasted_line_starts_no_helm_without_values(college, tmp_path):
    (college / "config.yaml").write_text("hub: [\n")
    assert pasted(tmp_path) is None


def test_a_part_is_found_by_its_labels_whatever_kind_and_name_it_has():
    placeholder, _ = explained.run(Place("", "jhub", "spring"), who("user-placeholder"), ["id"], terminal=False)
    assert placeholder == (
        'POD="$(kubectl -n jhub get pods -l component=user-placeholder,release=spring '
        '--field-selector status.phase=Running -o name | head -n 1)"'
    )
    for lines in ALL.values():
        assert not [line for line in lines if re.search(r"\b(deployment|service)/", line)]
    assert explained.rollback(Place("", "jhub", "jhub"), 7)[1] == "helm -n jhub rollback jhub 7 --wait"


def test_servers_are_started_through_the_hub_with_names_as_addresses_have_them():
    assert "users/alice%40college.edu/servers/gpu" in explained.start_server(HERE, f"{ALICE}/gpu")[1]
    assert "-X DELETE" in explained.stop_server(HERE, ALICE)[1]


ALL = {
    "status": explained.status(HERE),
    "logs": explained.logs(HERE, who(ALICE), follow=True, previous=False, count=1),
    "events": explained.events(HERE, who(ALICE), follow=True),
    "events of a part": explained.events(HERE, who("hub"), follow=False),
    "shell": explained.run(HERE, who(ALICE), ["bash", "-l"], terminal=True),
    "stop": explained.stop(HERE, keep_servers=False),
    "remove": explained.remove(HERE),
    "deploy": explained.deploy(HERE, "4.4.0", ["config/config.yaml", "o'brien/secrets.yaml"], timeout_s=900),
    "rollback": explained.rollback(HERE, None),
    "users": explained.users(HERE),
    "servers": explained.servers(HERE),
    "start": explained.start_server(HERE, "o'brien"),
    "stop all": explained.stop_servers(HERE),
    "homes": explained.homes(HERE),
    "delete": explained.delete_home(HERE, "claim-o'brien"),
    "address": explained.address(HERE),
}


@pytest.mark.parametrize("operation", ALL)
def test_a_shell_can_read_each_line(operation):
    shell = shutil.which("bash") or "/bin/sh"
    for line in ALL[operation]:
        subprocess.run([shell, "-n", "-c", line], check=True)
