"""Which deployment folder a command is about."""

import pytest

from classhub.errors import NotFound, WrongUsage
from classhub.operations.folder import find


@pytest.fixture
def deployment(tmp_path):
    """A checkout with a deployment folder, in a path with spaces."""
    folder = tmp_path / "my class" / "config"
    (folder / "courses").mkdir(parents=True)
    (folder / "config.yaml").write_text("{}\n")
    return folder


def test_config_in_the_current_folder(deployment):
    assert find(None, {}, deployment.parent) == deployment


def test_config_in_a_parent(deployment):
    below = deployment.parent / "material" / "comp141"
    below.mkdir(parents=True)
    assert find(None, {}, below) == deployment


def test_the_current_folder_itself(deployment):
    assert find(None, {}, deployment) == deployment


def test_from_below_the_deployment_folder(deployment):
    assert find(None, {}, deployment / "courses") == deployment


def test_the_option_wins_over_the_variable(deployment, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert find(deployment, {"CLASSHUB_CONFIG": str(other)}, tmp_path) == deployment


def test_the_variable_wins_over_the_current_folder(deployment, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert find(None, {"CLASSHUB_CONFIG": str(other)}, deployment) == other


def test_the_folder_above_may_be_named_too(deployment):
    assert find(deployment.parent, {}, deployment.parent) == deployment


def test_a_relative_name_counts_from_here(deployment):
    assert find(type(deployment)("config"), {}, deployment.parent) == deployment


def test_a_folder_that_lost_its_config_can_still_be_stopped(deployment):
    (deployment / "config.yaml").unlink()
    (deployment.parent / ".classhub").mkdir()
    assert find(None, {}, deployment.parent) == deployment


def test_a_strange_config_yaml_in_a_parent_is_not_ours(tmp_path):
    (tmp_path / "config.yaml").write_text("{}\n")
    below = tmp_path / "below"
    below.mkdir()
    with pytest.raises(NotFound, match="classhub -C"):
        find(None, {}, below)


@pytest.mark.parametrize("environ", [{}, {"CLASSHUB_CONFIG": "nowhere"}])
def test_a_name_that_is_no_folder_is_wrong_usage(tmp_path, environ):
    given = None if environ else tmp_path / "nowhere"
    with pytest.raises(WrongUsage, match=r"There is no folder .*nowhere"):
        find(given, environ, tmp_path)
