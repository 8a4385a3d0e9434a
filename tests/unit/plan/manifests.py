"""A release in the chart's shape: the same kinds, names and labels, made from values by a few lines of our own."""

import base64
import copy
import hashlib
import json
from typing import Any

import yaml

from classhub.config.chart.table import defaults
from classhub.config.merge import layer, over_defaults
from classhub.config.traits.lookup import get

Manifest = dict[str, Any]
HOOK = {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "-10"}


def render(text: str = "", *, chart: str = "4.4.0", puller: bool = False, secrets: str = "") -> list[Manifest]:
    """Of config.yaml and secrets.yaml. puller: whether Helm would pull the image before the upgrade."""
    own = layer(yaml.safe_load(text) or {}, yaml.safe_load(secrets) or {})
    values = over_defaults(own, defaults(chart))
    found = [*_hub(values), *_proxy(values), *_scheduling(values), *_network(values), *_files(values)]
    if puller:
        found.append(_puller(values, "hook-image-puller", HOOK))
    for manifest in found:
        for label in ("chart", "helm.sh/chart"):
            manifest["metadata"]["labels"][label] = f"jupyterhub-{chart}"
    return copy.deepcopy(found)


def thing(kind: str, name: str, component: str, api: str = "v1", **more: Any) -> Manifest:
    labels = {"component": component, "app": "jupyterhub", "release": "jhub"}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "labels": labels}, **more}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _full(values: Any, name: str) -> str:
    prefix = values.get("fullnameOverride")
    return f"{prefix}-{name}" if prefix else name


def workload(values: Any, kind: str, component: str, containers: list[Manifest], **more: Any) -> Manifest:
    checksums = more.pop("checksums", {})
    template = {
        "metadata": {"labels": {"component": component}, "annotations": checksums},
        "spec": {
            "initContainers": more.pop("before", []),
            "containers": containers,
            "volumes": more.pop("volumes", []),
        },
    }
    return thing(kind, _full(values, component), component, "apps/v1", spec={**more, "template": template})


def _files(values: Any) -> list[Manifest]:
    """Of students' servers."""
    files = values["singleuser"]["extraFiles"]
    data = {
        key: one.get("binaryData") or encoded(str(one.get("stringData", one.get("data")))) for key, one in files.items()
    }
    return [thing("Secret", _full(values, "singleuser"), "singleuser", type="Opaque", data=data)] if data else []


def _hub(values: Any) -> list[Manifest]:
    text = json.dumps({**values, "Chart": {"Name": "jupyterhub"}}, sort_keys=True)  # which is YAML, and quick
    tokens = {
        f"hub.services.{name}.apiToken": encoded(str((service or {}).get("apiToken", f"token-of-{name}")))
        for name, service in (get(values, "hub.services") or {}).items()
    }
    secret = thing("Secret", _full(values, "hub"), "hub", data={"values.yaml": encoded(text), **tokens})
    config = thing(
        "ConfigMap", _full(values, "hub"), "hub", data={"jupyterhub_config.py": "import os\n\nc = get_config()\n"}
    )
    extra = get(values, "hub.extraEnv") or {}
    if isinstance(extra, dict):
        extra = [{"name": name, "value": value} for name, value in extra.items()]
    container = {
        "name": "hub",
        "image": f"{get(values, 'hub.image.name')}:{get(values, 'hub.image.tag')}",
        "args": [
            "jupyterhub",
            "--config",
            "/usr/local/etc/jupyterhub/jupyterhub_config.py",
            *get(values, "hub.args", []),
        ],
        "env": [{"name": "PYTHONUNBUFFERED", "value": "1"}, *extra],
        "volumeMounts": [{"mountPath": "/srv", "name": "pvc"}],
    }
    sums = {"checksum/secret": hashlib.sha256(text.encode()).hexdigest()}
    found = [
        secret,
        config,
        workload(values, "Deployment", "hub", [container], checksums=sums, replicas=1, volumes=[{"name": "pvc"}]),
        *_rights(values),
    ]
    if get(values, "hub.db.type") == "sqlite-pvc":
        spec = {"resources": {"requests": {"storage": get(values, "hub.db.pvc.storage")}}}
        found.append(thing("PersistentVolumeClaim", _full(values, "hub-db-dir"), "hub", spec=spec))
    return found


def _rights(values: Any) -> list[Manifest]:
    if not get(values, "rbac.create"):
        return []
    api = "rbac.authorization.k8s.io/v1"
    resources = ["pods", "persistentvolumeclaims", "secrets", "services"]
    rules = [
        {"apiGroups": [""], "resources": resources, "verbs": ["get", "watch", "list", "create", "delete"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "watch", "list"]},
    ]
    name = _full(values, "hub")
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "jhub"}
    reference = {"kind": "Role", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
    account = thing("ServiceAccount", name, "hub")
    if annotations := get(values, "hub.serviceAccount.annotations"):
        account["metadata"]["annotations"] = annotations
    return [
        thing("Role", name, "hub", api, rules=rules),
        thing("RoleBinding", name, "hub", api, subjects=[subject], roleRef=reference),
        account,
    ]


def _proxy(values: Any) -> list[Manifest]:
    https = bool(get(values, "proxy.https.enabled"))
    token = str(get(values, "proxy.secretToken") or "")
    container = {
        "name": "chp",
        "image": "chp:5",
        "command": ["configurable-http-proxy", "--port=8000"],
        "resources": {},
    }
    container["resources"] = get(values, "proxy.chp.resources") or {}
    sums = {"checksum/auth-token": hashlib.sha256(token.encode()).hexdigest()[:4]}
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    ports += [{"name": "https", "port": 443, "targetPort": "https"}] if https else []
    service = get(values, "proxy.service")
    spec = {"type": service["type"], "ports": ports, "selector": {"component": "autohttps" if https else "proxy"}}
    if service.get("loadBalancerIP"):
        spec["loadBalancerIP"] = service["loadBalancerIP"]
    found = [
        thing("Service", _full(values, "proxy-public"), "proxy-public", spec=spec),
        workload(values, "Deployment", "proxy", [container], checksums=sums, replicas=1),
    ]
    if get(values, "proxy.https.type") == "manual" and https:
        files = {"tls.key": encoded(get(values, "proxy.https.manual.key")), "tls.crt": encoded("c")}
        found.append(thing("Secret", "proxy-public-manual-tls", "proxy", type="kubernetes.io/tls", data=files))
    elif https:
        traefik = {"name": "traefik", "image": "traefik:v3"}
        found.append(workload(values, "Deployment", "autohttps", [traefik], replicas=1))
    if get(values, "ingress.enabled"):
        rules = [{"host": host, "http": {"paths": []}} for host in get(values, "ingress.hosts")]
        found.append(thing("Ingress", "jupyterhub", "ingress", "networking.k8s.io/v1", spec={"rules": rules}))
    return found


def _scheduling(values: Any) -> list[Manifest]:
    pause = {
        "name": "pause",
        "image": "pause:3",
        "resources": {"requests": {"memory": get(values, "singleuser.memory.guarantee")}},
    }
    found = []
    if get(values, "scheduling.userScheduler.enabled"):
        found.append(
            workload(values, "Deployment", "user-scheduler", [{"name": "kube-scheduler", "image": "s:1"}], replicas=2)
        )
    if get(values, "scheduling.userPlaceholder.enabled"):
        replicas = get(values, "scheduling.userPlaceholder.replicas")
        found.append(workload(values, "StatefulSet", "user-placeholder", [pause], replicas=replicas))
    if get(values, "prePuller.continuous.enabled"):
        found.append(_puller(values, "continuous-image-puller", {}))
    return found


def _puller(values: Any, name: str, annotations: dict[str, str]) -> Manifest:
    image = get(values, "singleuser.image")
    before = [
        {"name": "image-pull-metadata-block", "image": "tools:4"},
        {"name": "image-pull-singleuser", "image": f"{image['name']}:{image['tag']}"},
    ]
    found = workload(values, "DaemonSet", name, [{"name": "pause", "image": "pause:3"}], before=before)
    found["metadata"]["annotations"] = annotations
    return found


def _network(values: Any) -> list[Manifest]:
    policy = get(values, "singleuser.networkPolicy")
    if not policy["enabled"]:
        return []
    egress: list[Any] = [{"to": [{"podSelector": {"matchLabels": {"component": "hub"}}}], "ports": [{"port": 8081}]}]
    if policy["egressAllowRules"]["privateIPs"]:
        egress.append({"to": [{"ipBlock": {"cidr": cidr}} for cidr in ("10.0.0.0/8", "172.16.0.0/12")]})
    ingress = [{"ports": [{"port": "notebook-port"}], "from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]
    selector = {"matchLabels": {"component": "singleuser-server"}}
    spec = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"], "ingress": ingress, "egress": egress}
    return [thing("NetworkPolicy", "singleuser", "singleuser", "networking.k8s.io/v1", spec=spec)]
