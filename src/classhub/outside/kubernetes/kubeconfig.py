"""Which cluster, and who we are there: $KUBECONFIG or ~/.kube/config as kubectl reads them, else the pod we run in."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from classhub.errors import NotFound, OutsideFailed
from classhub.outside.kubernetes.silence import NotSignedIn

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
MAKE_ONE = "Ask who runs the cluster for a kubeconfig (GKE: gcloud container clusters get-credentials CLUSTER)"
FILES = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
}
"""Settings that name a file, relative to the kubeconfig that they stand in."""


@dataclass(frozen=True)
class Access:
    """One context, its cluster and user as a kubeconfig has them, with absolute paths. No part of it may be shown but these two."""

    context: str
    cluster: Mapping[str, Any] = field(repr=False)
    user: Mapping[str, Any] = field(repr=False)

    @property
    def server(self) -> str:
        """The address without a name or a password."""
        parts = urlsplit(str(self.cluster.get("server", "")))
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def access(context: str = "", kubeconfig: Path | None = None) -> Access:
    """Empty context: the current one. NotFound names the contexts there are."""
    files = _files(kubeconfig)
    if files:
        return _chosen(_merged(files), context, ", ".join(map(str, files)))
    if not context and os.environ.get("KUBERNETES_SERVICE_HOST") and (SERVICE_ACCOUNT / "token").exists():
        return _pod()
    place = str(kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config")
    raise NotFound(f"There is no kubeconfig at {place}.", "No cluster was set up for this account.", MAKE_ONE)


def _files(given: Path | None) -> list[Path]:
    if given is not None:
        named = [given]
    elif listed := os.environ.get("KUBECONFIG"):
        named = [Path(part) for part in listed.split(os.pathsep) if part]
    else:
        named = [Path("~/.kube/config")]
    return [path.expanduser() for path in named if path.expanduser().is_file()]


def _merged(files: list[Path]) -> dict[str, Any]:
    """As kubectl does: whatever is named first counts."""
    whole: dict[str, Any] = {"current-context": "", "context": {}, "cluster": {}, "user": {}}
    for path in files:
        document = _read(path)
        whole["current-context"] = whole["current-context"] or document.get("current-context") or ""
        for kind in ("context", "cluster", "user"):
            for name, entry in _entries(path, document, kind):
                whole[kind].setdefault(name, entry)
    return whole


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise OutsideFailed(f"The kubeconfig {path} cannot be read: {error.strerror}.", fix=f"ls -l {path}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)  # the error's own text quotes the file, and with it tokens
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise OutsideFailed(f"The kubeconfig {place} is not YAML.", "It was cut short, or edited.", MAKE_ONE) from None
    if not isinstance(document or {}, dict):
        raise OutsideFailed(f"{path} is not a kubeconfig.", "KUBECONFIG may name another file.", MAKE_ONE)
    return document or {}


def _entries(path: Path, document: dict[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        for row in document.get(f"{kind}s") or ():
            entry = dict(row[kind] or {})
            for key in FILES.get(kind, ()):
                if entry.get(key):
                    entry[key] = str(path.absolute().parent / entry[key])
            yield str(row["name"]), entry
    except (TypeError, LookupError, ValueError):
        raise OutsideFailed(f"{path} is not a kubeconfig: its {kind}s are wrong.", fix=MAKE_ONE) from None


def _chosen(whole: dict[str, Any], context: str, place: str) -> Access:
    there = ", ".join(sorted(whole["context"])) or "none"
    name = context or whole["current-context"]
    if not name:
        raise NotFound(
            f"No kube context is chosen in {place}.",
            f"There is no current-context. Contexts: {there}.",
            "kubectl config use-context NAME, or name it in classhub.yaml: cluster.context",
        )
    found = whole["context"].get(name)
    if found is None:
        raise NotFound(
            f"There is no kube context {name!r} in {place}.",
            f"Contexts: {there}.",
            "classhub check names the one wanted",
        )
    cluster, user = str(found.get("cluster", "")), str(found.get("user") or "")
    if not whole["cluster"].get(cluster, {}).get("server"):
        raise NotFound(
            f"The kube context {name!r} names the cluster {cluster!r}, which is not in {place}.", fix=MAKE_ONE
        )
    if user and user not in whole["user"]:
        raise NotSignedIn(f"The kube context {name!r} names the user {user!r}, who is not in {place}.", fix=MAKE_ONE)
    return Access(name, whole["cluster"][cluster], whole["user"].get(user, {}))


def _pod() -> Access:
    """What Kubernetes gives to every pod."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    authority = str(SERVICE_ACCOUNT / "ca.crt")
    return Access(
        "in-cluster",
        {"server": server, "certificate-authority": authority},
        {"tokenFile": str(SERVICE_ACCOUNT / "token")},
    )
