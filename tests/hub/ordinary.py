"""A deployment of an account without rights. The suite's own, or, when the suite runs as root, a uid behind the walls.

Root's interpreter may lie below a closed folder (/root). Each command gets a view of the files in which it can be
read, as a student's server does; all else is the machine as it is: no /run of its own, /tmp shared with everybody.
"""

import dataclasses
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from classhub.walls import mounts, reach
from classhub.walls.mounts import Mounts
from classhub.walls.spec import Spec
from hub.conftest import CONFIG, REPOSITORY, Deployment
from hub.student import eventually

IS_ROOT = os.geteuid() == 0
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
UID = 47020 + WORKER if IS_ROOT else os.geteuid()
"""Each worker's own: hubs of one account share a folder for sockets, and the last one takes it away."""
STRANGER = 47012
"""Another ordinary account; only root can act as one."""


class OrdinaryDeployment(Deployment):
    """A folder with a space and an umlaut in its name, and an empty home, both of that account."""

    def __init__(self, folder: Path, config: str = CONFIG, local: str = "", uid: int = UID) -> None:
        self.uid = uid
        self.home = folder / "home"
        super().__init__(folder / "ein Übungshub", config, local)
        self.home.mkdir()
        self.hand_over(folder)

    def hand_over(self, folder: Path) -> None:
        """Everything below belongs to the account."""
        if IS_ROOT:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.uid, follow_symlinks=False)

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = super().write(name, text, mode)
        if IS_ROOT:
            os.chown(path, self.uid, self.uid)
        return path

    def run(
        self, *arguments: str, check: bool = True, timeout_s: float = 600, **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        done = run_as(self.uid, self.command(*arguments), self.home, timeout_s, **environ)
        if check:
            assert done.returncode == 0, (
                f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.hub_log()}"
            )
        return done

    @property
    def runtime(self) -> Path:
        """As the account itself finds it."""
        ask = "import sys; from pathlib import Path; from classhub.targets.local import paths; "
        ask += "print(paths.runtime_folder(Path(sys.argv[1])))"
        return Path(run_as(self.uid, [sys.executable, "-c", ask, str(self.state)], self.home).stdout.strip())

    def _runtime(self) -> Path:
        return self.runtime

    def processes(self) -> list[int]:
        """All of the account's that live and have this deployment in their environment: servers and kernels too."""
        known = os.fsencode(self.folder)
        return [int(place.name) for place in Path("/proc").glob("[0-9]*") if _is_alive_in(place, self.uid, known)]


def run_as(
    uid: int, argv: list[str], home: Path, timeout_s: float = 300, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """To the end, with a plain environment: nothing of root's or of the suite's."""
    spec = as_account(uid, argv, home, environ)
    return subprocess.run(
        spec.command(sys.executable),
        input=spec.to_json(),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@contextmanager
def start_as(uid: int, argv: list[str], home: Path) -> Iterator["subprocess.Popen[str]"]:
    """Both streams on stdout, in a process group of its own; killed at the end if it has not ended by then."""
    spec = as_account(uid, argv, home, {"PYTHONUNBUFFERED": "1"})
    process = subprocess.Popen(
        spec.command(sys.executable),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        process.stdin.write(spec.to_json())
        process.stdin.flush()
        try:
            yield process
            process.wait(120)
        finally:
            process.kill()


def as_account(uid: int, argv: list[str], home: Path, environ: Mapping[str, str]) -> Spec:
    env = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        **environ,
    }
    spec = Spec(argv, env, str(home), umask=0o022)
    if IS_ROOT:
        plan = what_it_sees(uid)
        spec = dataclasses.replace(spec, uid=uid, gid=uid, hide=plan.hide, show=plan.show, links=plan.links)
    return spec


@cache
def what_it_sees(uid: int) -> Mounts:
    """The mounts that bring this account to the interpreter and the checkout, wherever root put them."""
    show = [*reach.needed_paths(sys.executable), REPOSITORY / "src"]
    plan = reach.plan_mounts(uid, uid, show=show, hide=[])
    # plan_mounts counts on a private /tmp, which a hub of many commands cannot have: closed folders in it are hidden here
    closed = {
        str(folder)
        for path in plan.show
        for folder in Path(path).parents
        if str(folder) not in plan.hide and not mounts.may(folder.stat(), uid, uid, 0o1)
    }
    kept = tuple(path for path in plan.show if any(path.startswith(f"{place}/") for place in (*plan.hide, *closed)))
    return Mounts((*plan.hide, *sorted(closed)), kept, plan.links)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Reached by every account, unlike pytest's own folders; short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="ordinary-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def started() -> Iterator[OrdinaryDeployment]:
    """A trial that runs; `said` is what `up -d` printed. Nothing of it is left at the end."""
    with open_folder() as folder:
        deployment = OrdinaryDeployment(folder)
        try:
            deployment.said = deployment.up()
            yield deployment
        finally:
            deployment.down()
            eventually(lambda: not deployment.processes())
            with suppress(OSError):  # others of this account may be at work
                deployment.runtime.parent.rmdir()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _is_alive_in(place: Path, uid: int, folder: bytes) -> bool:
    """A zombie has no environment."""
    try:
        return place.stat().st_uid == uid and folder in (place / "environ").read_bytes()
    except OSError:
        return False
