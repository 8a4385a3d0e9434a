"""What a deploy lays into students' servers for course material, and that a college's own files and paths stay."""

import base64

import pytest

from classhub.config.overlay import deployed, overlay
from classhub.config.overlay_servers import FOLDER, ForServers, in_short, is_ours, unknown_search, variables_at
from classhub.config.traits.lookup import at, get

MIRROR = "http://classhub-mirror-jhub.jhub:8080/services/material"
GIVEN = ForServers(
    {"python.zip": b"PK\x03\x04", "share/labextensions/@classhub/lab/package.json": b'{"name": "@classhub/lab"}'},
    MIRROR,
)
ETC = f"{FOLDER}/etc"
KUBERNETES = {"valueFrom": {"configMapKeyRef": {"name": "paths", "key": "jupyter"}}}
OURS = {"JUPYTER_CONFIG_PATH": ETC, "CLASSHUB_MATERIAL": MIRROR}


def test_without_material_nothing_of_it_is_there():
    assert "singleuser" not in overlay({})
    own = {"singleuser": {"extraEnv": {"A": "b"}}}
    assert deployed(own)["singleuser"] == own["singleuser"]


def test_files_are_read_only_in_a_folder_of_their_own_under_names_that_a_secret_may_have():
    files = deployed({}, GIVEN)["singleuser"]["extraFiles"]
    assert files == {
        "classhub.python.zip": {
            "mountPath": f"{FOLDER}/python.zip",
            "mode": 0o444,
            "binaryData": base64.b64encode(b"PK\x03\x04").decode(),
        },
        "classhub.share-labextensions--classhub-lab-package.json": {
            "mountPath": f"{FOLDER}/share/labextensions/@classhub/lab/package.json",
            "mode": 0o444,
            "binaryData": base64.b64encode(b'{"name": "@classhub/lab"}').decode(),
        },
    }


def test_servers_are_told_where_they_find_the_files_and_the_mirror():
    assert deployed({}, GIVEN)["singleuser"]["extraEnv"] == OURS


def test_a_colleges_own_files_and_variables_stay():
    motd = {"mountPath": "/etc/motd", "stringData": "Hello"}
    own = {"singleuser": {"extraFiles": {"motd": motd}, "extraEnv": {"PYTHONPATH": "/opt/libs", "DEBUG": "1"}}}
    made = deployed(own, GIVEN)["singleuser"]
    assert made["extraFiles"]["motd"] == motd
    assert made["extraEnv"] == {"PYTHONPATH": "/opt/libs", "DEBUG": "1", **OURS}


@pytest.mark.parametrize("own", ["/opt/college", {"value": "/opt/college"}], ids=["text", "as Kubernetes has it"])
def test_a_colleges_own_search_path_is_extended_and_comes_first(own):
    values = {"singleuser": {"extraEnv": {"JUPYTER_CONFIG_PATH": own}}}
    found = deployed(values, GIVEN)["singleuser"]["extraEnv"]
    assert found["JUPYTER_CONFIG_PATH"] == f"/opt/college:{ETC}"
    assert unknown_search(values) is None


def test_what_is_there_already_is_not_added_again():
    once = deployed({"singleuser": {"extraEnv": {"JUPYTER_CONFIG_PATH": "/opt/college"}}}, GIVEN)
    assert deployed(once, GIVEN) == once


@pytest.mark.parametrize("own", [None, ""])
def test_an_empty_search_path_is_ours_alone(own):
    values = {"singleuser": {"extraEnv": {"JUPYTER_CONFIG_PATH": own}}}
    assert deployed(values, GIVEN)["singleuser"]["extraEnv"]["JUPYTER_CONFIG_PATH"] == ETC


def test_a_list_of_variables_stays_a_list():
    own = [{"name": "DEBUG", "value": "1"}, {"name": "JUPYTER_CONFIG_PATH", "value": "/opt/college"}]
    assert deployed({"singleuser": {"extraEnv": own}}, GIVEN)["singleuser"]["extraEnv"] == [
        {"name": "DEBUG", "value": "1"},
        {"name": "JUPYTER_CONFIG_PATH", "value": f"/opt/college:{ETC}"},
        {"name": "CLASSHUB_MATERIAL", "value": MIRROR},
    ]


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({"JUPYTER_CONFIG_PATH": KUBERNETES}, ("singleuser", "extraEnv", "JUPYTER_CONFIG_PATH")),
        ([{"name": "JUPYTER_CONFIG_PATH", **KUBERNETES}], ("singleuser", "extraEnv", 0)),
    ],
    ids=["mapping", "list"],
)
def test_what_kubernetes_fills_in_is_not_replaced_and_is_found(variables, where):
    own = {"singleuser": {"extraEnv": variables}}
    made = deployed(own, GIVEN)
    assert at(made, where) == at(own, where)
    assert unknown_search(own) == where
    assert MIRROR in str(made["singleuser"]["extraEnv"])


def test_the_colleges_own_mirror_stands():
    own = {"singleuser": {"extraEnv": {"CLASSHUB_MATERIAL": "http://elsewhere/"}}}
    assert deployed(own, GIVEN)["singleuser"]["extraEnv"]["CLASSHUB_MATERIAL"] == "http://elsewhere/"


def test_variables_come_where_the_hub_reads_them():
    """hub.config.KubeSpawner.environment takes the place of singleuser.extraEnv, as the chart's script has it."""
    own = {"hub": {"config": {"KubeSpawner": {"environment": {"A": "b"}}}}, "singleuser": {"extraEnv": {"C": "d"}}}
    made = deployed(own, GIVEN)
    assert made["hub"]["config"]["KubeSpawner"]["environment"] == {"A": "b", **OURS}
    assert made["singleuser"]["extraEnv"] == {"C": "d"}


def test_a_spawners_own_environment_is_not_shut_off():
    own = {"hub": {"config": {"Spawner": {"environment": {"A": "b"}}}}, "singleuser": {"extraEnv": None}}
    assert variables_at(own) == ("hub", "config", "Spawner", "environment")
    assert deployed(own, GIVEN)["singleuser"]["extraEnv"] is None
    assert variables_at({**own, "singleuser": {}}) == ("singleuser", "extraEnv"), "the chart's {} wins over it"


@pytest.mark.parametrize("own", [{"singleuser": None}, {"singleuser": {"extraFiles": None, "extraEnv": None}}])
def test_a_section_that_is_null_takes_the_files(own):
    assert get(deployed(own, GIVEN), "singleuser.extraEnv") == OURS
    assert len(get(deployed(own, GIVEN), "singleuser.extraFiles")) == 2


def test_in_short_bytes_are_words_and_all_else_is_as_it_was():
    whole = deployed({"singleuser": {"extraFiles": {"motd": {"mountPath": "/etc/motd", "binaryData": "SGk="}}}}, GIVEN)
    files = in_short(whole, whole)["singleuser"]["extraFiles"]
    assert files["classhub.python.zip"]["binaryData"] == "(4 bytes of ClassHub)"
    assert files["classhub.python.zip"]["mountPath"] == f"{FOLDER}/python.zip"
    assert files["motd"]["binaryData"] == "SGk="
    without = deployed({})
    assert in_short(without, without) == without


def test_only_what_we_add_is_ours():
    assert is_ours(("singleuser", "extraFiles", "classhub.python.zip", "mode"))
    assert not is_ours(("singleuser", "extraFiles", "motd"))
    assert not is_ours(("hub", "extraFiles", "classhub.python.zip"))
