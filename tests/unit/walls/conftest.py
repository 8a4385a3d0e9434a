import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from classhub.walls import cgroups
from classhub.walls.cgroup_tree import read_tree


@pytest.fixture
def open_folder():
    """A 0755 folder that all may enter, outside the temporary ones if that may be; pytest's own, and TMPDIR, may be closed."""
    parent = "/var/lib" if os.access("/var/lib", os.W_OK) else "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="classhub-test-", dir=parent)).resolve()
    folder.chmod(0o755)
    umask = os.umask(0o022)
    yield folder
    os.umask(umask)
    shutil.rmtree(folder)


@pytest.fixture
def group_name():
    """A control group's name; the group is ended and taken away afterwards."""
    deployment = f"classhub-test{os.getpid()}"
    name = f"{deployment}/alice@college.edu"
    yield name
    with contextlib.suppress(ValueError):
        group = cgroups.find(name)
        if group:
            assert group.kill(timeout_s=60)
            assert group.remove(timeout_s=60)
    cgroups.remove_slice(deployment)
    assert not [place for place in read_tree().roots().values() if (place / deployment).exists()]
