"""The log in the home."""

import os

import pytest

from classhub.materials.sync_log import LARGEST
from classhub.server import sync_log

NAME = ".classhub/sync.log"


def test_lines_are_kept_in_two_files_of_bounded_size(tmp_path):
    log = sync_log.open_log(tmp_path)
    assert list(tmp_path.iterdir()) == [], "nothing is written before the first line"
    for count in range(3000):
        log.info("%s %s", count, "x" * 200)
    sizes = [path.stat().st_size for path in (tmp_path / ".classhub").iterdir()]
    assert len(sizes) == 2 and max(sizes) <= LARGEST + 300
    assert " INFO 2999 x" in (tmp_path / NAME).read_text()
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("situation", ["file", "pipe", "link", "folder"])
def test_whatever_has_its_name_is_left_alone_and_nothing_waits(tmp_path, situation):
    name, elsewhere = tmp_path / NAME, tmp_path / "elsewhere"
    if situation == "file":
        (tmp_path / ".classhub").write_text("mine")
    else:
        name.parent.mkdir()
        {"pipe": lambda: os.mkfifo(name), "link": lambda: name.symlink_to(elsewhere), "folder": name.mkdir}[situation]()
    sync_log.open_log(tmp_path).error("lost")
    assert not elsewhere.exists()
