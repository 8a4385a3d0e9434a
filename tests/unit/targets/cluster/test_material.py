"""Which folders get course material on a cluster, and from where their servers fetch it."""

import io
import zipfile

import pytest

from classhub.config.load import load
from classhub.operations.values import for_helm as shown
from classhub.targets.cluster.material import for_helm, for_servers


def folder(tmp_path, *, material, values="", own="", source="material"):
    config = tmp_path / "config"
    (config / "courses").mkdir(parents=True)
    (tmp_path / "material").mkdir()
    (config / "config.yaml").write_text(values)
    (config / "classhub.yaml").write_text(own)
    (config / "courses" / "comp141.yaml").write_text(f"material: {source}\n" if material else "title: Computing\n")
    return load(config, {})


def test_a_folder_without_material_is_deployed_as_before(tmp_path):
    config = folder(tmp_path, material=False)
    assert for_servers(config) is None
    assert "singleuser" not in for_helm(config)


@pytest.mark.parametrize("source", ["material", "https://git.college.edu/cs/comp141.git"])
def test_it_is_the_same_wherever_the_material_comes_from(tmp_path, source):
    assert for_servers(folder(tmp_path, material=True, source=source)) is not None


def test_servers_get_the_students_side_and_the_mirror_of_their_own_release(tmp_path):
    own = "release: hub2\nnamespace: college\n"
    given = for_servers(folder(tmp_path, material=True, values="hub: {baseUrl: /jupyter}\n", own=own))
    assert given.mirror == "http://classhub-mirror-hub2.college:8080/jupyter/services/material"
    assert "classhub/server/__init__.py" in zipfile.ZipFile(io.BytesIO(given.files["python.zip"])).namelist()


def test_what_is_printed_can_be_read_and_what_helm_gets_is_whole(tmp_path):
    config = folder(tmp_path, material=True)
    key = "classhub.python.zip"
    printed = shown(config).value["singleuser"]["extraFiles"][key]
    assert printed["binaryData"].endswith("bytes of ClassHub)")
    assert max(map(len, str(shown(config).value).split())) < 200
    assert shown(config, show_secrets=True).value == for_helm(config)
