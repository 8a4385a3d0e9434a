"""What a deploy would change on a cluster: objects that somebody deleted, and what Helm runs beside them."""

from types import SimpleNamespace

import pytest

from classhub.outside.kubernetes import Conflicted
from classhub.plan.manifest import identity
from classhub.targets.cluster.dry_run import Asked, hooks
from unit.plan.manifests import thing

ROLE, SERVICE = thing("Role", "hub", "hub", "rbac.authorization.k8s.io/v1"), thing("Service", "hub", "hub")


class Api:
    """Holds objects by name, and answers a dry run as an API server does: without a version for what it would make."""

    namespace = "jhub"

    def __init__(self, *there, conflicts=()):
        self._there = {(one["kind"], one["metadata"]["name"]): one for one in there}
        self._conflicts = conflicts

    def get(self, kind, name):
        return self._there.get((kind, name))

    def apply(self, body, *, dry_run, manager):
        assert dry_run and manager == "helm"
        live = self.get(body["kind"], body["metadata"]["name"])
        if live and self._conflicts:
            raise Conflicted("no", "", "", tuple(self._conflicts))
        versioned = {"resourceVersion": "7"} if live else {}
        return {**body, "metadata": {**body["metadata"], "uid": "1", **versioned}}


def asked(api, *wanted):
    return Asked.of(SimpleNamespace(cluster=api, settings=SimpleNamespace(namespace="jhub")), wanted)


def test_an_object_that_somebody_deleted_is_missing():
    assert asked(Api(ROLE), ROLE, SERVICE).missing == {identity(SERVICE, "jhub")}
    assert asked(Api(ROLE, SERVICE), ROLE, SERVICE) == Asked()


def test_what_another_tool_holds_is_there():
    found = asked(Api(SERVICE, conflicts=[("kubectl-edit", ".spec.type")]), SERVICE)
    assert not found.missing and [one.manager for one in found.conflicts] == ["kubectl-edit"]


def hook(component, events="pre-install,pre-upgrade"):
    made = thing("DaemonSet", component, component, "apps/v1")
    made["metadata"]["annotations"] = {"helm.sh/hook": events}
    return made


def config(checksum):
    return thing("ConfigMap", "hub", "hub", data={"checksum_hook-image-puller": checksum})


PULLER, AWAITER = hook("hook-image-puller"), hook("image-puller")


def test_a_hook_is_missing_from_no_cluster():
    assert asked(Api(), PULLER) == Asked()


@pytest.mark.parametrize(
    ("held", "new", "found"),
    [
        ([], "a", [PULLER, AWAITER]),
        ([config("a")], "b", [PULLER, AWAITER]),
        ([config("a")], "a", []),
        ([ROLE], "", [PULLER, AWAITER]),
    ],
)
def test_the_image_puller_runs_where_its_images_changed(held, new, found):
    rendered = [*([config(new)] if new else []), PULLER, AWAITER]
    assert hooks(rendered, held, {}) == found


def test_the_image_puller_runs_each_time_where_that_is_asked_for():
    values = {"prePuller": {"hook": {"pullOnlyOnChanges": False}}}
    assert hooks([config("a"), PULLER], [config("a")], values) == [PULLER]


def test_hooks_of_another_moment_are_left_out():
    before, after = hook("a", "pre-install"), hook("b", "post-upgrade, test")
    assert hooks([before, after, hook("c", "pre-delete")], [ROLE], {}) == [after]
    assert hooks([before, after], [], {}) == [before]
