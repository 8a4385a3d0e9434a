"""What the mirror needs before it starts: its file, its folders, and walls for the building of libraries.

A build runs code of a course's repository, and the mirror may be root's.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classhub.errors import ClasshubError
from classhub.hub.files import write_private
from classhub.targets.local.paths import Paths
from classhub.walls import reach
from classhub.walls.spec import Spec

NOBODY = 65534
"""For what it may enter; materials/mirror/library_builder.py takes an account for each build."""
LOCKS = Path("/run/classhub/builders")
"""Root's: one build for each account, whichever hub of this machine makes it; at its end all that runs as the account is ended."""
OPEN_FILES = 8192
PROCESSES = 512
MEMORY_BYTES = 4 << 30
FILE_BYTES = 1 << 30
GOES_FIRST = 900
"""oom_score_adj: a build goes before students' work when memory ends."""


def make(settings: Mapping[str, Any], paths: Paths) -> None:
    """settings: hub.json, with a mirror. Raises OSError."""
    paths.mirror_socket.unlink(missing_ok=True)
    paths.mirror_files.unlink(missing_ok=True)
    paths.mirror_files.parent.mkdir(exist_ok=True)
    paths.mirror_files.parent.chmod(0o711)
    paths.libraries.mkdir(exist_ok=True)
    paths.libraries.chmod(0o711)  # whatever the umask: a build's own folder lies in it, and nobody lists it
    try:
        told = {**settings["mirror"], "builder": _builder(settings)}
    except ClasshubError as error:
        raise OSError(error.what) from error
    write_private(paths.mirror_json, json.dumps(told))


def _builder(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The students' interpreter, and what starts it. Raises ClasshubError.

    Not root: as ourselves, as every program of that trial.
    """
    machine = settings["hub"]["machine"]
    python = str(machine["python"])
    if os.geteuid() != 0:
        return {"python": python, "behind": {}}
    mounts = reach.plan_mounts(
        NOBODY, NOBODY, show=reach.needed_paths(python), hide=[Path(path) for path in machine["hide"]]
    )
    spec = Spec(
        argv=[python],
        env={},
        cwd="/",
        uid=NOBODY,
        gid=NOBODY,
        hide=mounts.hide,
        show=mounts.show,
        links=mounts.links,
        private_tmp=True,
        hide_processes=True,
        tmp_bytes=FILE_BYTES,
        nofile=OPEN_FILES,
        nproc=PROCESSES,
        memory_bytes=MEMORY_BYTES,
        file_bytes=FILE_BYTES,
        oom_score_adj=GOES_FIRST,
        own_pids=True,
    )
    LOCKS.mkdir(mode=0o700, parents=True, exist_ok=True)
    behind = {"command": spec.command(sys.executable), "spec": asdict(spec), "locks": str(LOCKS)}
    return {"python": python, "behind": behind}
