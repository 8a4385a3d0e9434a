"""Read what the real command says about a mistake, as the admin does who made it."""

import os
import re
import subprocess
from pathlib import Path

from hub.conftest import Deployment


def told(deployment: Deployment, *arguments: str, code: int, **environ: str) -> str:
    """What stderr says; the exit code is the design's, and nobody sees a traceback."""
    done = deployment.run(*(arguments or ("up", "-d")), check=False, **environ)
    return read(deployment, done, code)


def read(deployment: Deployment, done: "subprocess.CompletedProcess[str]", code: int) -> str:
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{deployment.hub_log()}"
    for name, text in {"stdout": done.stdout, "stderr": done.stderr, **logs(deployment)}.items():
        assert "Traceback" not in text, f"{name}: {text[-3000:]}"
        assert "A bug of ours" not in text, f"{name}: {text}"
    return done.stderr


def logs(deployment: Deployment) -> dict[str, str]:
    folder = deployment.state / "logs"
    return {path.name: path.read_text(errors="replace") for path in folder.glob("*.log")} if folder.is_dir() else {}


def refused(deployment: Deployment, *arguments: str, code: int, **environ: str) -> str:
    """The same, of a command that must not have begun anything."""
    text = told(deployment, *arguments, code=code, **environ)
    nothing_is_left(deployment)
    return text


def nothing_is_left(deployment: Deployment) -> None:
    assert deployment.left_processes() == []
    assert not deployment._runtime().joinpath("control.sock").exists()
    if deployment.state.exists():
        assert deployment.run("status", check=False).stdout.startswith("stopped")


def says(text: str, *parts: str) -> None:
    """Every part, in this order."""
    rest = text
    for part in parts:
        assert part in rest, f"{part!r} is not said (here):\n{text}"
        rest = rest.partition(part)[2]


def goes_on(deployment: Deployment, text: str) -> None:
    """A running hub was left alone, and that is said."""
    says(text, f"the hub at {deployment.address} goes on as it")
    assert deployment.status()["state"] == "running"


def suggested(text: str) -> str:
    """The command on the last line, without the `classhub up` at its end."""
    return re.sub(r"&& classhub (-C \S.* )?up$", "", text.strip().splitlines()[-1].strip()).strip()


def shell(command: str, cwd: Path) -> None:
    subprocess.run(["/bin/sh", "-c", command], cwd=cwd, check=True, env=os.environ)
