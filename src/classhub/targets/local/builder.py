"""Behind which walls the mirror builds a course's library: a build runs code of the repository, and the mirror may be root's."""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classhub.walls import reach
from classhub.walls.spec import Spec

NOBODY = 65534
"""Owns nothing, and no student has it: students' uids are given by walls/uids.py, from 50001 on."""
OPEN_FILES = 8192


def builder(settings: Mapping[str, Any]) -> dict[str, Any]:
    """For mirror.json: the students' interpreter, and what starts it. settings: hub.json. Raises ClasshubError, OSError.

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
        nofile=OPEN_FILES,
    )
    return {"python": python, "behind": {"command": spec.command(sys.executable), "spec": asdict(spec)}}
