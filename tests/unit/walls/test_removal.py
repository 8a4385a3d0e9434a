"""Folders that students filled."""

import os

import pytest

from classhub.walls.removal import remove_tree
from deep import nested


def test_a_tree_goes_and_what_its_links_point_at_stays(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "work").write_text("mine")
    folder = tmp_path / "gone"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("")
    os.mkfifo(folder / "a" / "pipe")
    for place in (folder, folder / "a", folder / "a" / "b"):
        (place / "link").symlink_to(tmp_path / "kept")
    remove_tree(folder)
    assert not folder.exists()
    assert (tmp_path / "kept" / "work").read_text() == "mine"


@pytest.mark.parametrize("levels", [1500, 5000])
def test_folders_nested_beyond_recursion_paths_and_descriptors_go(tmp_path, levels):
    folder = tmp_path / "one" / "gone"
    folder.mkdir(parents=True)
    with nested(folder, levels):
        remove_tree(folder)
        assert not folder.exists()


def test_a_link_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "work").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    with pytest.raises(OSError, match="link"):
        remove_tree(tmp_path / "link")
    assert (tmp_path / "kept" / "work").read_text() == "mine"


def test_a_folder_swapped_for_a_link_meanwhile_is_not_followed(tmp_path, monkeypatch):
    """The student acts between our look and our step: the step fails, and nothing outside is touched."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "work").write_text("mine")
    folder = tmp_path / "gone"
    (folder / "a").mkdir(parents=True)
    opened = os.open

    def swap_first(path, flags, **more):
        if path == "a":
            (folder / "a").rmdir()
            (folder / "a").symlink_to(tmp_path / "kept")
        return opened(path, flags, **more)

    monkeypatch.setattr(os, "open", swap_first)
    with pytest.raises(OSError, match="a"):
        remove_tree(folder)
    assert (tmp_path / "kept" / "work").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "nowhere")
