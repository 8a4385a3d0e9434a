"""Each answer that is an error, as API servers word it, and what an admin reads."""

import pytest

from classhub import errors
from classhub.errors import NotFound, NotRunning, OutsideFailed, Refused
from classhub.outside.kubernetes import (
    AlreadyThere,
    Changed,
    Conflicted,
    Forbidden,
    Invalid,
    NotSignedIn,
    OverQuota,
    RefusedByPolicy,
    TooBusy,
    Uncounted,
)

CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "claim-alice"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hub"}, "data": {"key": "aHVzaC1odXNo"}}
ROBOT = "system:serviceaccount:jhub:classhub"


def cannot(verb, resource, group="", where='in the namespace "jhub"', user=ROBOT):
    return f'x is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "{group}" {where}'


def told(cluster, body=CLAIM):
    with pytest.raises(errors.ClasshubError) as raised:
        cluster.create(body)
    return raised.value


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            cannot("list", "pods"),
            (
                f"The account {ROBOT} may not list pods in the namespace jhub.",
                "view",
                "kubectl create rolebinding classhub-view --namespace=jhub --clusterrole=view --serviceaccount=jhub:classhub",
            ),
        ),
        (
            cannot("create", "pods/exec", user="alice@college.edu"),
            (
                "The account alice@college.edu may not create pods/exec in the namespace jhub.",
                "edit",
                "kubectl create rolebinding classhub-edit --namespace=jhub --clusterrole=edit --user=alice@college.edu",
            ),
        ),
        (
            cannot("create", "rolebindings", "rbac.authorization.k8s.io"),
            (
                f"The account {ROBOT} may not create rolebindings.rbac.authorization.k8s.io in the namespace jhub.",
                "admin",
                "--clusterrole=admin",
            ),
        ),
        (
            cannot("list", "nodes", where="at the cluster scope"),
            (
                f"The account {ROBOT} may not list nodes in the whole cluster.",
                "cluster-admin",
                "kubectl create clusterrole classhub-list-nodes --verb=list --resource=nodes && "
                "kubectl create clusterrolebinding classhub-list-nodes --clusterrole=classhub-list-nodes "
                "--serviceaccount=jhub:classhub",
            ),
        ),
        (
            cannot("list", "pods", "metrics.k8s.io"),
            (
                f"The account {ROBOT} may not list pods.metrics.k8s.io in the namespace jhub.",
                "view",
                "--clusterrole=view",
            ),
        ),
    ],
)
def test_forbidden_names_the_verb_the_place_the_role_and_how_it_is_granted(api, cluster, message, words):
    what, role, fix = words
    api.fail(403, message, "Forbidden")
    error = told(cluster)
    assert isinstance(error, Forbidden)
    assert (error.what, error.exit_code) == (what, 1)
    assert f"roles {role} is the least" in error.cause
    assert fix in error.fix


QUOTA = (
    'persistentvolumeclaims "claim-alice" is forbidden: exceeded quota: disks, requested: requests.storage=10Gi, '
    "used: requests.storage=95Gi, limited: requests.storage=100Gi"
)
WEBHOOK = 'admission webhook "rules.college.edu" denied the request: no {} here'
POLICY = (
    "persistentvolumeclaims \"claim-alice\" is forbidden: ValidatingAdmissionPolicy 'small-disks' with binding "
    "'small-disks-all' denied request: at most 5Gi"
)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((401, "Unauthorized", "Unauthorized"), NotSignedIn, ["'class'", "expired"]),
        ((403, QUOTA, "Forbidden"), OverQuota, ["quota disks", "storage=10Gi", "storage=95Gi", "storage=100Gi"]),
        (
            (403, 'pods "x" is forbidden: failed quota: memory: must specify limits.memory for: notebook', "Forbidden"),
            Uncounted,
            ["quota memory", "limits.memory for: notebook"],
        ),
        ((403, WEBHOOK.format("pods"), "Forbidden"), RefusedByPolicy, ["rules.college.edu", "no pods here"]),
        ((400, WEBHOOK.format("tags"), "BadRequest"), RefusedByPolicy, ["rules.college.edu", "no tags here"]),
        (
            (403, 'admission webhook "rules.college.edu" denied the request without explanation', ""),
            RefusedByPolicy,
            ["rules.college.edu"],
        ),
        ((422, POLICY, "Invalid"), RefusedByPolicy, ["policy small-disks ", "at most 5Gi"]),
        (
            (
                500,
                'Internal error occurred: failed calling webhook "rules.college.edu": failed to call webhook: Post '
                '"https://rules.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
                "InternalError",
            ),
            OutsideFailed,
            ["rules.college.edu did not answer", "connection refused"],
        ),
        (
            (403, 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', "Forbidden"),
            RefusedByPolicy,
            ['violates PodSecurity "restricted:latest"'],
        ),
        (
            (
                403,
                'pods "x" is forbidden: unable to create new content in namespace jhub because it is being terminated',
                "Forbidden",
            ),
            Changed,
            ["namespace jhub is being deleted"],
        ),
        (
            (
                403,
                'roles "r" is forbidden: user "robot" (groups=["x"]) is attempting to grant RBAC permissions not currently '
                'held:\n{APIGroups:[""], Resources:["pods"], Verbs:["list"]}',
                "Forbidden",
            ),
            Forbidden,
            ["may not grant", '["pods"]'],
        ),
        ((409, 'persistentvolumeclaims "claim-alice" already exists', "AlreadyExists"), AlreadyThere, ["claim-alice"]),
        (
            (
                409,
                "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version",
                "Conflict",
            ),
            Changed,
            ["changed by someone else", "Run the command again"],
        ),
        ((500, "etcdserver: request timed out", "InternalError"), OutsideFailed, ["status 500", "etcdserver"]),
        ((400, "pod hub-1 does not have a host assigned", "BadRequest"), NotRunning, ["does not run", "host assigned"]),
        (
            (500, 'container "hub" in pod "hub-1" is waiting to start: PodInitializing', ""),
            NotRunning,
            ["PodInitializing"],
        ),
        ((413, "Request entity too large: limit is 3145728", "RequestEntityTooLarge"), Invalid, ["too large"]),
        ((400, "the object provided is unrecognized", "BadRequest"), Invalid, ["unrecognized"]),
    ],
)
def test_an_error_is_told_in_words_with_the_servers_own_reason(api, cluster, answer, kind, words):
    code, message, reason = answer
    api.fail(code, message, reason, retry_after=0)
    error = told(cluster)
    assert type(error) is kind or (kind is OutsideFailed and isinstance(error, OutsideFailed))
    for word in words:
        assert word in str(error)
    assert error.exit_code == (3 if isinstance(error, OutsideFailed) else 1)


def test_a_conflict_names_who_holds_which_field(api, cluster):
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "helm" using apps/v1', "field": ".spec.replicas"},
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl-edit" with subresource "scale" using apps/v1',
            "field": '.spec.template.spec.containers[name="hub"].image',
        },
    ]
    api.fail(409, 'Apply failed with 2 conflicts: conflict with "helm" ...', "Conflict", {"causes": causes})
    with pytest.raises(Conflicted, match="another tool in 2 places") as raised:
        cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}})
    assert raised.value.conflicts == (
        ("helm", ".spec.replicas"),
        ("kubectl-edit", '.spec.template.spec.containers[name="hub"].image'),
    )
    assert ".spec.replicas belongs to helm" in raised.value.cause
    assert raised.value.exit_code == 1


def test_an_invalid_object_is_told_field_by_field(api, cluster):
    causes = [
        {"reason": "FieldValueInvalid", "message": 'Invalid value: "10": must be more', "field": "spec.resources"},
        {
            "reason": "FieldValueForbidden",
            "message": "field is immutable\n-  KEY: hush-hush",
            "field": "spec.storageClassName",
        },
    ]
    api.fail(422, "PersistentVolumeClaim is invalid", "Invalid", {"causes": causes})
    error = told(cluster)
    assert isinstance(error, Invalid)
    assert error.fields[1] == ("spec.storageClassName", "field is immutable")
    assert "spec.resources: Invalid value" in error.cause
    assert "hush-hush" not in str(error)
    assert "made anew" in error.fix


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ('Secret "hub" is invalid: data[key]: Invalid value: "hush-hush": too long', "hush-hush is bad"),
        ('Invalid value: "hush-hush \\" hush-hush": x', ""),
        ('v1.Secret.Data: decode base64: illegal base64 data, error found in #10 byte of ...|"hush-hush"|...', ""),
    ],
)
def test_nothing_of_a_secret_is_told(api, cluster, message, field):
    causes = [{"message": field, "field": "data[key]"}] if field else []
    api.fail(422 if field else 400, message, "Invalid", {"causes": causes})
    error = told(cluster, SECRET)
    assert "hush-hush" not in str(error)
    assert "aHVzaC1odXNo" not in str(error)
    assert "Secret hub" in error.what


def test_what_is_not_there_is_none_and_its_deletion_is_no_failure(api, cluster):
    api.fail(404, 'pods "hub-1" not found', "NotFound", {"name": "hub-1", "kind": "pods"})
    assert cluster.get("Pod", "hub-1") is None
    cluster.delete("Pod", "hub-1")
    with pytest.raises(NotFound, match="no Pod hub-1 in the namespace jhub"):
        cluster.delete("Pod", "hub-1", missing_ok=False)
    with pytest.raises(NotFound, match="no Pod hub-1 in the namespace jhub"):
        list(cluster.logs("hub-1", "hub"))


def test_a_namespace_that_is_not_there_is_told_as_such(api, cluster):
    api.fail(404, 'namespaces "jhub" not found', "NotFound", {"name": "jhub", "kind": "namespaces"})
    with pytest.raises(NotFound, match="no namespace jhub") as raised:
        cluster.create(CLAIM)
    assert "classhub deploy" in raised.value.fix


def test_a_kind_that_the_cluster_lacks_is_told_with_what_brings_it(api, cluster):
    api.say(b"404 page not found\n", 404)
    with pytest.raises(NotFound, match="knows no kind PodMetrics") as raised:
        list(cluster.list("PodMetrics"))
    assert "metrics-server" in raised.value.cause


def test_a_custom_kind_is_looked_up_once(api, cluster):
    group = {
        "metadata": {"name": "gateway.networking.k8s.io"},
        "versions": [
            {
                "version": "v1",
                "resources": [{"resource": "httproutes", "responseKind": {"kind": "HTTPRoute"}, "scope": "Namespaced"}],
            }
        ],
    }
    api.say({"kind": "APIGroupDiscoveryList", "items": [group]}).say({"items": [], "metadata": {}})
    assert list(cluster.list("HTTPRoute")) == list(cluster.list("HTTPRoute")) == []
    where = "/apis/gateway.networking.k8s.io/v1/namespaces/jhub/httproutes"
    assert [path for _, path, *_ in api.asked] == ["/apis", where, where]


def test_a_custom_kind_that_is_not_there_is_told(api, cluster):
    api.say({"kind": "APIGroupDiscoveryList", "items": []})
    with pytest.raises(NotFound, match=r"knows no kind HTTPRoute \(gateway.networking.k8s.io/v1\)") as raised:
        cluster.apply({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "x"}})
    assert "custom resource definition" in raised.value.cause


def test_a_server_that_has_too_much_to_do_is_waited_for_but_not_for_ever(api, cluster):
    api.fail(429, "busy", "TooManyRequests", retry_after=0).say(CLAIM)
    assert cluster.create(CLAIM) == CLAIM
    api.answers.clear()
    api.fail(429, "busy", "TooManyRequests", retry_after=3600)
    asked = cluster.requests
    error = told(cluster)
    assert isinstance(error, TooBusy)
    assert "3600 s" in error.fix
    assert cluster.requests == asked + 1


def test_what_is_no_api_server_is_told(api, cluster):
    api.say(b"<html>Sign in to the college network</html>")
    with pytest.raises(OutsideFailed, match="is not a Kubernetes API server"):
        cluster.version()
    api.answers.clear()
    api.say(b"<html>No such page</html>", 407)
    with pytest.raises(OutsideFailed, match="is not a Kubernetes API server"):
        cluster.version()


@pytest.mark.parametrize("kind", [Conflicted, Changed, Forbidden, OverQuota, Invalid, AlreadyThere, RefusedByPolicy])
def test_refusals_are_of_one_kind(kind):
    assert issubclass(kind, Refused)


def test_a_rehearsed_creation_makes_nothing(api, cluster):
    api.say(CLAIM)
    cluster.create(CLAIM, dry_run=True)
    cluster.create(CLAIM)
    assert [(asked[0], asked[2].get("dryRun")) for asked in api.asked] == [("POST", ["All"]), ("POST", None)]
