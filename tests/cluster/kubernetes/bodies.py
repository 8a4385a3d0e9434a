"""Objects that the tests make, and waiting for what the cluster does by itself."""

import time

PATIENCE_S = 180


def eventually(check, patience_s=PATIENCE_S):
    until = time.monotonic() + patience_s
    while not (found := check()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)
    return found


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(replicas=1, image="localhost/none:1"):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "hub"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "hub"}},
            "template": {
                "metadata": {"labels": {"app": "hub"}},
                "spec": {"containers": [{"name": "hub", "image": image}]},
            },
        },
    }


def claim(name, size="1Gi"):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}
