"""kubeconfig files: JSON, which every reader of YAML reads."""

import base64
import json
from pathlib import Path

from cluster.certificates import Pair


def write(path: Path, url: str, authority: Path, user: dict[str, str], namespace: str = "default") -> Path:
    """Whole in itself, so that a copy works elsewhere; the context is named `test`."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": namespace}}],
        "clusters": [{"name": "test", "cluster": {"server": url, "certificate-authority-data": _encoded(authority)}}],
        "users": [{"name": "test", "user": user}],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1))
    return path


def by_certificate(pair: Pair) -> dict[str, str]:
    return {"client-certificate-data": _encoded(pair.certificate), "client-key-data": _encoded(pair.key)}


def by_token(token: str) -> dict[str, str]:
    return {"token": token}


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
