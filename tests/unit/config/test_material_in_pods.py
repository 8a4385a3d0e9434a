"""What keeps course material out of students' servers is told, and only where a course has material."""

import pytest

from classhub.config.load import load
from classhub.config.overlay_servers import FOLDER

PROFILE = "singleuser:\n  profileList:\n    - display_name: Small\n      kubespawner_override: {environment: {%s}}\n"
SETTINGS = {
    "a path that Kubernetes fills in": (
        "singleuser:\n  extraEnv:\n    JUPYTER_CONFIG_PATH: {valueFrom: {configMapKeyRef: {name: a, key: b}}}\n",
        "singleuser.extraEnv.JUPYTER_CONFIG_PATH takes its value from Kubernetes",
    ),
    "a profile with a path of its own": (
        PROFILE % "JUPYTER_CONFIG_PATH: /opt/college",
        "singleuser.profileList[0].kubespawner_override.environment.JUPYTER_CONFIG_PATH takes the place",
    ),
    "a profile with a mirror of its own": (
        PROFILE % 'CLASSHUB_MATERIAL: ""',
        "singleuser.profileList[0].kubespawner_override.environment.CLASSHUB_MATERIAL takes the place",
    ),
    "mounts in place of the chart's": (
        "hub: {config: {KubeSpawner: {volume_mounts: []}}}\n",
        "hub.config.KubeSpawner.volume_mounts takes the place",
    ),
}
FINE = {
    "a path of the college's own": "singleuser: {extraEnv: {JUPYTER_CONFIG_PATH: /opt/college, PYTHONPATH: /opt/libs}}\n",
    "a profile that names ours too": PROFILE % f"JUPYTER_CONFIG_PATH: '/opt/college:{FOLDER}/etc'",
    "a profile with another variable": PROFILE % "PYTHONPATH: /opt/libs",
}


def found(folder, text, *, course):
    config = folder / "config"
    config.mkdir()
    (config / "config.yaml").write_text(text)
    if course:
        (config / "courses").mkdir()
        (config / "courses" / "comp141.yaml").write_text("material: https://git.college.edu/cs/comp141.git\n")
    return [one for one in load(config, {}).findings if one.code == "CH1872"]


@pytest.mark.parametrize("name", SETTINGS)
def test_it_is_told_where_it_stands(tmp_path, name):
    text, begins = SETTINGS[name]
    (told,) = found(tmp_path, text, course=True)
    assert told.message.startswith(begins)
    assert told.severity == "warning"
    assert told.line > 0
    assert told.fix


@pytest.mark.parametrize("name", SETTINGS)
def test_a_college_without_material_hears_nothing(tmp_path, name):
    assert found(tmp_path, SETTINGS[name][0], course=False) == []


@pytest.mark.parametrize("name", FINE)
def test_what_leaves_room_for_ours_is_fine(tmp_path, name):
    assert found(tmp_path, FINE[name], course=True) == []
