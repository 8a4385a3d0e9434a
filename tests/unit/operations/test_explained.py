"""The lines that do the same without ClassHub: as a shell takes them."""

import shlex
import shutil
import subprocess

import pytest

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
    line = explained.run(HERE, who("hub"), ["echo", "$(id)", "a b"], terminal=False)[0]
    assert shlex.split(line)[-3:] == ["echo", "$(id)", "a b"]


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
