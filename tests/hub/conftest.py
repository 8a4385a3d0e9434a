"""A real hub of a deployment folder of its own, run through the command line as an admin does."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classhub.outside.hub_api import HubApi
from classhub.targets.local.target import LocalTarget
from doubles.ports import free_port
from hub.student import Student, eventually

REPOSITORY = Path(__file__).parents[2]

CONFIG = """\
hub:
  allowNamedServers: true
  config:
    JupyterHub:
      authenticator_class: google
    GoogleOAuthenticator:
      hosted_domain: [college.edu]
      oauth_callback_url: https://hub.college.edu/hub/oauth_callback
    Authenticator:
      admin_users: [instructor@college.edu]
      allowed_users: [alice@college.edu]
singleuser:
  defaultUrl: /lab
  memory:
    limit: 1G
    guarantee: null
  cpu:
    limit: 1
"""


class Deployment:
    """config/ in a folder with a space in its name, on a free port; stopped and looked after at the end."""

    def __init__(self, folder: Path, config: str = CONFIG, local: str = "") -> None:
        self.folder = folder
        self.config = folder / "config"
        self.config.mkdir(parents=True)
        self.port = free_port()
        self.write("config.yaml", config)
        self.write("classhub.yaml", f"local:\n  port: {self.port}\n{local}")
        self.write("courses/comp141.yaml", "title: Computing\nmaterial: material/comp141\nfolder: comp141\n")
        shutil.copytree(REPOSITORY / "material", folder / "material")

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.config / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def state(self) -> Path:
        return self.folder / ".classhub"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "classhub", "-C", str(self.config), *arguments]

    def run(
        self, *arguments: str, check: bool = True, timeout_s: float = 600, **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, **environ},
        )
        if check:
            assert done.returncode == 0, (
                f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.hub_log()}"
            )
        return done

    def up(self) -> str:
        return self.run("up", "-d").stdout

    def down(self, *more: str) -> str:
        return self.run("down", *more).stdout

    def status(self) -> dict:
        return json.loads(self.run("status", "--json").stdout)

    def settings(self) -> dict:
        return json.loads((self.state / "hub.json").read_text())

    def hub_log(self) -> str:
        log = self.state / "logs" / "hub.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else "(no hub.log)"

    def api(self) -> HubApi:
        return LocalTarget(self.config).api()

    def student(self, name: str = "alice@college.edu") -> Student:
        return Student(self.api(), self.address, name)

    def pid(self, part: str) -> int:
        if part == "supervisor":
            return next(
                process
                for process in _pids()
                if _argv(process)[-2:] == ["classhub.targets.local.supervisor", str(self.state)]
            )
        found = eventually(
            lambda: (json.loads((self.state / "parts.json").read_text()).get(part, {}).get("process") or {}).get("pid")
        )
        return int(found)

    def kill(self, *parts: str) -> None:
        """Returns when they are dead: a signal alone takes its time where the machine is busy."""
        pids = [self.pid(part) for part in parts]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(map(_argv, pids)), every_s=0.01)

    def left_processes(self) -> list[list[str]]:
        """Whatever still names this deployment: a server and its kernels do so in their environment only."""
        return self._naming("cmdline", "environ")

    def named_processes(self) -> list[list[str]]:
        """Whose command line names it: supervisor, proxy and mirror."""
        return self._naming("cmdline")

    def _naming(self, *files: str) -> list[list[str]]:
        names = [os.fsencode(name) for name in (self.folder, self._runtime())]
        found = [pid for pid in _pids() if pid != os.getpid() and any(name in _told(pid, files) for name in names)]
        return [argv for pid in found if (argv := _argv(pid))]

    def _runtime(self) -> Path:
        from classhub.targets.local.paths import runtime_folder

        return runtime_folder(self.state)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _told(pid: int, files: tuple[str, ...]) -> bytes:
    """Of /proc. Empty for a zombie."""
    try:
        return b"\0".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in files)
    except OSError:
        return b""


def _argv(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


@pytest.fixture(scope="session")
def open_tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployments")


def make(folder: Path, **more: str) -> Iterator[Deployment]:
    deployment = Deployment(folder, **more)
    try:
        yield deployment
    finally:
        deployment.run("down", check=False)
        left = deployment.left_processes()
        assert not left, f"left behind: {left}"
        groups = [*Path("/sys/fs/cgroup").glob(f"**/classhub-{deployment._runtime().name}")]
        assert not groups, f"left behind: {groups}"


@pytest.fixture
def deployment(open_tmp: Path, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """Not started."""
    yield from make(open_tmp / f"a college {abs(hash(request.node.nodeid)) % 10**8}")


@pytest.fixture(scope="module")
def hub(open_tmp: Path, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """Started once for a module."""
    for deployment in make(open_tmp / f"hub of {request.node.name.replace('/', '-').removesuffix('.py')}"):
        deployment.up()
        yield deployment
