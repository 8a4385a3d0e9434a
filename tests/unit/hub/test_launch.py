"""What a student's server is started with."""

from pathlib import Path

from classhub.hub import launch

MACHINE = {"python": "/opt/classhub/.venv/bin/python", "root": True}


def environment(rescue: bool = False, **given: object) -> dict[str, str]:
    return launch.environment(
        given,
        MACHINE,
        user="alice@college.edu",
        home=Path("/homes/alice"),
        runtime=Path("/run/u/1"),
        prefix="/user/alice/",
        rescue=rescue,
    )


def test_the_home_is_the_students_whatever_the_college_sets():
    env = environment(HOME="/root", USER="root", JUPYTERHUB_SERVICE_URL="http://elsewhere:1/")
    assert (env["HOME"], env["USER"]) == ("/homes/alice", "alice@college.edu")
    assert env["JUPYTERHUB_SERVICE_URL"].endswith("/user/alice/")


def test_where_material_comes_from_is_told_where_there_is_any(monkeypatch):
    assert not [name for name in environment() if name.startswith("CLASSHUB_MATERIAL")]
    monkeypatch.setitem(MACHINE, "material", "http://127.0.0.1:1/services/material")
    monkeypatch.setitem(MACHINE, "material_files", "/run/classhub/1/m/files.sock")
    env = environment(CLASSHUB_MATERIAL="http://elsewhere/")
    assert env["CLASSHUB_MATERIAL"] == "http://127.0.0.1:1/services/material"
    assert env["CLASSHUB_MATERIAL_FILES"] == "/run/classhub/1/m/files.sock"


def test_the_hubs_own_path_does_not_reach_students():
    env = environment(PATH="/srv/private/bin")
    assert env["PATH"] == "/opt/classhub/.venv/bin:/usr/local/bin:/usr/bin:/bin"


def test_names_in_braces_are_filled_in_as_on_the_cluster():
    env = environment(WHO="{username}", MAIL="{unescaped_username}", SHAPE="{x}", COUNT=3)
    assert (env["WHO"], env["MAIL"], env["SHAPE"], env["COUNT"]) == (
        "alice@college.edu",
        "alice@college.edu",
        "{x}",
        "3",
    )


def test_what_only_kubernetes_can_resolve_is_left_out():
    assert "NODE" not in environment(NODE={"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}})


def test_kubernetes_own_form_of_a_variable_is_read():
    env = environment(SIZE={"value": "big"}, OTHER={"name": "WHO", "value": "{username}"})
    assert (env["SIZE"], env["WHO"]) == ("big", "alice@college.edu")
    assert "OTHER" not in env


def test_the_colleges_config_path_stays_behind_ours():
    assert (
        environment(JUPYTER_CONFIG_PATH="/srv/jupyter")["JUPYTER_CONFIG_PATH"] == f"{launch.CONFIG_FOLDER}:/srv/jupyter"
    )


def test_the_second_try_reads_nothing_from_the_home():
    env = environment(rescue=True)
    assert env["PYTHONNOUSERSITE"] == "1"
    assert env["JUPYTER_CONFIG_DIR"].startswith("/run/u/1/")
    assert env["HOME"] == "/homes/alice", "work stays where it is"


def test_neighbours_are_kept_out_of_kernel_channels():
    assert "--KernelManager.transport=ipc" in launch.arguments(["jupyterhub-singleuser"], [], True)
    assert "--MappingKernelManager.transport_encryption=required" in launch.arguments(["x"], ["--debug"], False)


def test_no_command_is_the_plain_one():
    assert launch.arguments(None, ["--debug"], True)[0] == "jupyterhub-singleuser"
