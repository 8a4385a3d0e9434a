"""Kubernetes for the tests, built from the Go modules that tools/go.mod names and kept in the user's cache."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from cluster import cache

TOOLS = Path(__file__).parent / "tools"
KUBERNETES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl")
OURS = ("etcd", "pause")
SETTINGS = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false"}


class CannotBuild(Exception):
    """One sentence: what is missing, or the last lines of the compiler."""


def kubernetes_version() -> str:
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (TOOLS / "go.mod").read_text(), re.MULTILINE)
    assert found, "tools/go.mod names no k8s.io/kubernetes"
    return found[1]


def is_buildable() -> bool:
    return shutil.which("go") is not None or (cache.folder() / name()).exists()


def ensure() -> Path:
    """The folder of all programs; built when this machine does not have them yet (7 minutes on two cores)."""
    return cache.made_once(name(), _build)


def name() -> str:
    return f"{kubernetes_version()}-{_fingerprint()}"


def _fingerprint() -> str:
    digest = hashlib.sha256(repr((linker_flags(), SETTINGS)).encode())
    for path in sorted(path for path in TOOLS.rglob("*") if path.is_file()):
        digest.update(path.relative_to(TOOLS).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update(go_version().encode())
    return digest.hexdigest()[:12]


def go_version() -> str:
    go = shutil.which("go")
    if go is None:
        return "no go"
    return subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()


def linker_flags() -> str:
    """A server that reports no true version fails every chart's kubeVersion."""
    major, minor = kubernetes_version().removeprefix("v").split(".")[:2]
    facts = {
        "gitVersion": kubernetes_version(),
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
        "gitCommit": "0" * 40,
        "buildDate": "2026-01-01T00:00:00Z",
    }
    places = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(["-s -w", *(f"-X {place}.{key}={value}" for place in places for key, value in facts.items())])


def _build(into: Path) -> None:
    if shutil.which("go") is None:
        raise CannotBuild("Kubernetes for the tests needs Go, and there is no `go` on PATH.")
    packages = [f"./cmd/{one}" for one in OURS] + [f"k8s.io/kubernetes/cmd/{one}" for one in KUBERNETES]
    command = ["go", "build", "-v", "-ldflags", linker_flags(), "-o", f"{into}/", *packages]
    log = into / "build.log"

    def compiled() -> str:
        return f", {len(log.read_bytes().splitlines())} packages (a cold build has about 1,700)"

    with (
        cache.progress(f"Building Kubernetes {kubernetes_version()} for the tests (once)", compiled),
        log.open("wb") as stream,
    ):
        done = subprocess.run(
            command, cwd=TOOLS, stderr=stream, stdin=subprocess.DEVNULL, env={**os.environ, **SETTINGS}, check=False
        )
    if done.returncode:
        raise CannotBuild(f"go build failed:\n{log.read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    cache.say(str(ensure()))
