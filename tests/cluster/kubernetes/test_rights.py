"""Who may do what on a real cluster, and how it is told."""

import pytest
import yaml

from classhub.outside.kubernetes import Cluster, Forbidden, NotSignedIn, roles
from cluster.kubernetes.bodies import eventually


def test_an_account_without_rights_is_told_which_and_who_grants_them(account, namespace):
    with Cluster.connect(namespace, kubeconfig=account([])) as nobody:
        with pytest.raises(Forbidden, match=f"may not list pods in the namespace {namespace}") as told:
            list(nobody.list("Pod"))
        assert "roles view is the least" in told.value.cause
        assert f"--namespace={namespace} --clusterrole=view --serviceaccount={namespace}:" in told.value.fix
        with pytest.raises(Forbidden, match="may not list nodes in the whole cluster") as told:
            list(nobody.list("Node"))
        assert "--verb=list --resource=nodes" in told.value.fix
        with pytest.raises(Forbidden, match="may not list pods in the whole cluster"):
            list(nobody.list("Pod", everywhere=True))
        with pytest.raises(Forbidden, match=r"may not patch deployments\.apps/scale"):
            nobody.scale("Deployment", "hub", 1)
        with pytest.raises(Forbidden, match="may not get pods/log"):
            list(nobody.logs("hub", "hub"))
        with pytest.raises(Forbidden, match=r"may not \w+ pods/exec") as told:
            nobody.run("hub", "hub", ["true"])
        assert told.value.resource == "pods/exec"
        assert not nobody.may("list", "Pod")


def test_what_an_account_may_is_what_the_cluster_says(account, namespace):
    rules = [
        {"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["get"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"], "resourceNames": ["hub"]},
    ]
    with Cluster.connect(namespace, kubeconfig=account(rules)) as some:
        assert some.may("get", "Pod")
        assert not some.may("get", "Pod", everywhere=True)
        assert some.may("get", "Pod", subresource="exec")
        assert not some.may("create", "Pod", subresource="exec")
        assert some.may("patch", "Deployment", "hub")
        assert not some.may("patch", "Deployment", "proxy")
        assert not some.may("list", "Node")


def test_rights_that_one_does_not_have_cannot_be_given(account, namespace):
    rules = [{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["create"]}]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "hub"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}],
    }
    with (
        Cluster.connect(namespace, kubeconfig=account(rules)) as some,
        pytest.raises(Forbidden, match="Role hub") as told,
    ):
        some.create(role)
    assert "pods" in told.value.cause


def test_the_role_that_we_name_grants_it_and_no_lesser_one_does(cluster):
    ladder = ["view", "edit", "admin"]
    for role in ladder:
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": role},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": f"test-{role}"}],
        }
        cluster.create(binding)

    def may(role, verb, full):
        named, _, subresource = full.partition("/")
        plural, _, group = named.partition(".")
        asked = {"verb": verb, "resource": plural, "group": group, "subresource": subresource}
        asked["namespace"] = cluster.namespace
        spec = {"user": f"test-{role}", "resourceAttributes": asked}
        api = "authorization.k8s.io/v1"
        review = {"apiVersion": api, "kind": "SubjectAccessReview", "spec": spec}
        return cluster.create(review)["status"]["allowed"]

    def least(verb, full):
        return next((role for role in ladder if may(role, verb, full)), "cluster-admin")

    eventually(lambda: all(may(role, "get", "pods") for role in ladder))
    rows = {
        (verb, full)
        for full in roles.SEEN_BY_VIEW | roles.SEEN_BY_EDIT | roles.CREATED_BY_EDIT
        for verb in ("list", "create")
    }
    rows |= {
        (verb, full) for full in roles.WRITTEN_BY_EDIT | roles.HELD_BY_ADMIN for verb in ("get", "patch", "delete")
    }
    rows |= {("list", "nodes"), ("list", "persistentvolumes"), ("create", "namespaces"), ("update", "resourcequotas")}
    rows |= {("list", "storageclasses.storage.k8s.io"), ("create", "clusterroles.rbac.authorization.k8s.io")}
    rows -= {row for row in rows if row[1] == "pods.metrics.k8s.io"}  # granted by metrics-server itself
    wrong = []
    for verb, full in sorted(rows):
        named, slash, subresource = full.partition("/")
        plural, _, group = named.partition(".")
        said = roles.least_role(verb, f"{plural}{slash}{subresource}", group)
        if said != (true := least(verb, full)):
            wrong.append(f"{verb} {full}: {said}, truly {true}")
    assert wrong == []


def test_a_token_that_nobody_gave_is_not_accepted(control_plane, tmp_path):
    document = yaml.safe_load(control_plane.kubeconfig.read_text())
    document["users"][0]["user"] = {"token": "hush-hush"}
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(document))
    with pytest.raises(NotSignedIn, match="does not accept our credentials") as told:
        list(Cluster.connect("default", kubeconfig=path).list("Pod"))
    assert "hush" not in str(told.value)
