"""Namespaces and accounts with just the rights that a test gives them."""

import time
import uuid
from pathlib import Path
from typing import Any

from cluster import kubeconfig
from cluster.api import Api
from cluster.control_plane import ControlPlane

Rule = dict[str, Any]  # apiGroups, resources, verbs, as in a Role
RBAC = "/apis/rbac.authorization.k8s.io/v1"


def make_namespace(api: Api, name: str) -> None:
    """Ready for pods: the controllers have made its account and its copy of the authority."""
    api.create("/api/v1/namespaces", {"metadata": {"name": name}})
    space = f"/api/v1/namespaces/{name}"
    until = time.monotonic() + 180
    while not (api.exists(f"{space}/serviceaccounts/default") and api.exists(f"{space}/configmaps/kube-root-ca.crt")):
        assert time.monotonic() < until, f"the controllers do not look after namespace {name}"
        time.sleep(0.05)


def account(plane: ControlPlane, namespace: str, folder: Path, rules: list[Rule], cluster_rules: list[Rule]) -> Path:
    """The kubeconfig of a new ServiceAccount."""
    name = f"account-{uuid.uuid4().hex[:8]}"
    plane.api.create(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": name}})
    owner = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    if rules:
        _grant(plane.api, f"{RBAC}/namespaces/{namespace}", "Role", owner, rules)
    if cluster_rules:
        _grant(plane.api, RBAC, "ClusterRole", owner, cluster_rules)
    for where, granted in ((namespace, rules), ("", cluster_rules)):
        for rule in granted:
            _until_known(plane.api, f"system:serviceaccount:{namespace}:{name}", where, rule)
    token = _token(plane.api, namespace, name)
    authority = plane.folder / "pki" / "authority.crt"
    return kubeconfig.write(folder / f"{name}.kubeconfig", plane.url, authority, kubeconfig.by_token(token), namespace)


def _until_known(api: Api, user: str, namespace: str, rule: Rule) -> None:
    """The API server learns of a role and its binding a moment after they are there."""
    resource, _, subresource = rule["resources"][0].partition("/")
    asked = {"verb": rule["verbs"][0], "group": rule["apiGroups"][0], "resource": resource, "subresource": subresource}
    asked |= {"namespace": namespace, "name": next(iter(rule.get("resourceNames", [])), "")}
    review = {"spec": {"user": user, "resourceAttributes": asked}}
    until = time.monotonic() + 180
    while not api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"]:
        assert time.monotonic() < until, f"{user} may not {asked}"
        time.sleep(0.02)


def _token(api: Api, namespace: str, name: str) -> str:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    return api.create(path, {"spec": {"expirationSeconds": 24 * 3600}})["status"]["token"]


def _grant(api: Api, place: str, kind: str, owner: dict[str, str], rules: list[Rule]) -> None:
    name = owner["name"]
    api.create(f"{place}/{kind.lower()}s", {"metadata": {"name": name}, "rules": rules})
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
        "subjects": [owner],
    }
    api.create(f"{place}/{kind.lower()}bindings", binding)
