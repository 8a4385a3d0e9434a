"""An ssh server on loopback that lets one key in, for git."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from doubles.ports import free_port

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd") or ""


def why_not() -> str:
    """Why there is none on this machine; empty if there is."""
    if not SSHD:
        return "there is no sshd here: apt-get install openssh-server"
    if not shutil.which("ssh"):
        return "there is no ssh here: apt-get install openssh-client"
    if os.geteuid() == 0 and not Path("/run/sshd").is_dir():
        try:
            Path("/run/sshd").mkdir(mode=0o755)
        except OSError:
            return "sshd needs /run/sshd"
    return ""


@dataclass
class Sshd:
    folder: Path
    port: int

    @property
    def key(self) -> Path:
        """The key that is let in."""
        return self.folder / "client"

    def address(self, path: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"


def new_key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@contextmanager
def listening(folder: Path, port: int = 0) -> Iterator[Sshd]:
    """folder: keeps its keys, so that a second one can have other keys on the same port."""
    folder.mkdir(exist_ok=True)
    made = Sshd(folder, port or free_port())
    host = new_key(folder / "host")
    new_key(made.key)
    shutil.copy(folder / "client.pub", folder / "authorized")
    config = folder / "config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{made.port}\nHostKey {host}\nAuthorizedKeysFile {folder}/authorized\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
        "PermitRootLogin prohibit-password\n"
    )
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(config)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        _wait(made.port, child, folder / "log")
        yield made
    finally:
        child.terminate()
        child.wait()


def _wait(port: int, child: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert child.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.05)
