"""Image archives (the form of `docker save`) written without any daemon."""

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Image:
    """Names are what `image:` in a pod may say; the config is the image's own (Cmd, Env, User, WorkingDir)."""

    names: tuple[str, ...]
    config: dict[str, Any]


def write(path: Path, layers: Sequence[Path], images: Sequence[Image]) -> None:
    """All images have the same layers, uncompressed tar files."""
    digests = [_digest(layer) for layer in layers]
    layer_names = [f"{digest}/layer.tar" for digest in digests]
    manifests = []
    with tarfile.open(path, "w") as archive:
        for name, layer in zip(layer_names, layers, strict=True):
            archive.add(layer, name)
        for image in images:
            about = _about(image, digests)
            about_name = f"{hashlib.sha256(about).hexdigest()}.json"
            _add(archive, about_name, about)
            manifests.append({"Config": about_name, "RepoTags": list(image.names), "Layers": layer_names})
        _add(archive, "manifest.json", json.dumps(manifests).encode())


def _about(image: Image, digests: Sequence[str]) -> bytes:
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": image.config,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        }
    ).encode()


def pause(program: Path, path: Path, name: str) -> None:
    """One static program in one layer."""
    layer = path.with_suffix(".layer")
    with tarfile.open(layer, "w") as archive:
        _add(archive, "pause", program.read_bytes(), 0o755)
    # the name that the chart's placeholders and pullers ask for, too
    names = (name, "registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10.1")
    write(path, [layer], [Image(names, {"Entrypoint": ["/pause"], "User": "65535:65535"})])
    layer.unlink()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
