"""The one image of the tests: Debian with a hub, a proxy and a student's server, under the names that charts ask for.

Made without a registry and without a daemon, kept in the user's cache by the digest of its recipe.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from cluster import archive, cache
from cluster.archive import Image

RECIPE = Path(__file__).parent / "image"
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates,procps"
CHART = "4.4.0"
HUB, STUDENT, PROXY = "localhost/hub:1", "localhost/student:1", "localhost/proxy:1"
ENVIRONMENT = ["PATH=/opt/hub/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
UNWANTED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")
# What a package client needs to find its registry from inside the new root.
PASSED_ON = ("PIP_CERT", "PIP_INDEX_URL", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY")
PASSED_ON_TOO = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PROGRAMS = ("mmdebstrap", "chroot", "tar")


def _image(name: str, public: str, command: str, folder: str, user: str = "1000:100") -> Image:
    config = {"Cmd": [command], "Env": [*ENVIRONMENT, "HOME=/home/jovyan"], "WorkingDir": folder, "User": user}
    return Image((name, public), config)


IMAGES = (
    _image(HUB, f"quay.io/jupyterhub/k8s-hub:{CHART}", "jupyterhub", "/srv/jupyterhub"),
    _image(STUDENT, f"quay.io/jupyterhub/k8s-singleuser-sample:{CHART}", "jupyterhub-singleuser", "/home/jovyan"),
    _image(PROXY, "quay.io/jupyterhub/configurable-http-proxy:5.2.0", "configurable-http-proxy", "/srv", "65534"),
)


def ensure() -> Path:
    """The archive; two minutes where this machine does not have it yet."""
    return cache.made_once(name(), _make) / "image.tar"


def is_makable() -> bool:
    return (cache.folder() / name()).exists() or all(shutil.which(program) for program in PROGRAMS)


def name() -> str:
    digest = hashlib.sha256(repr((SUITE, PACKAGES, IMAGES, UNWANTED)).encode())
    for path in sorted(RECIPE.iterdir()):
        digest.update(path.read_bytes())
    return f"image-{digest.hexdigest()[:12]}"


def _make(into: Path) -> None:
    root = into / "root"
    with cache.progress("Making the image of the tests' hub and students (once)"):
        _bootstrap(root)
        _install(root)
        layers = [into / "system.layer", into / "hub.layer"]
        _pack(root, layers[0], ".", "--exclude=./opt/hub", "--exclude=./dev/*", "--exclude=./tmp/*")
        _pack(root, layers[1], "opt/hub")
        archive.write(into / "image.tar", layers, IMAGES)
        shutil.rmtree(root)
        for layer in layers:
            layer.unlink()


def _bootstrap(root: Path) -> None:
    excluded = [f"--dpkgopt=path-exclude={path}" for path in UNWANTED]
    _run("mmdebstrap", "--quiet", "--mode=root", f"--include={PACKAGES}", *excluded, SUITE, str(root))


def _install(root: Path) -> None:
    for name in ("requirements.txt", "install.sh"):
        shutil.copy(RECIPE / name, root / "tmp")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    trusted = Path("/etc/ssl/certs/ca-certificates.crt")
    if trusted.exists():
        shutil.copy(trusted, root / "etc/ssl/certs")
    passed = {key: os.environ[key] for key in PASSED_ON + PASSED_ON_TOO if key in os.environ}
    path = ENVIRONMENT[0].partition("=")[2]
    _run("chroot", str(root), "sh", "/tmp/install.sh", env={"PATH": path, "HOME": "/root", **passed})
    shutil.rmtree(root / "root/.npm", ignore_errors=True)
    shutil.rmtree(root / "root/.cache", ignore_errors=True)


def _pack(root: Path, layer: Path, *what: str) -> None:
    _run("tar", "--create", "--numeric-owner", f"--file={layer}", f"--directory={root}", *what[1:], what[0])


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=env)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} failed: {(done.stdout + done.stderr)[-2000:]}")


if __name__ == "__main__":
    cache.say(str(ensure()))
