"""Which other tool put items into a list of the release."""

from classhub.targets.cluster.ownership import foreign

PORTS = {"f:spec": {"f:ports": {'k:{"port":8082,"protocol":"TCP"}': {".": {}, "f:name": {}}}}}
TYPE = {"f:spec": {"f:type": {}}}
CLASH = [("spec.ports[1].name", 'Duplicate value: "hub"')]


def live(*entries):
    fields = [{"manager": who, "operation": "Update", "fieldsV1": owned, **more} for who, owned, more in entries]
    return {"kind": "Service", "metadata": {"name": "hub", "managedFields": fields}}


def test_who_owns_items_of_the_list_is_named_once():
    service = live(("helm", PORTS, {}), ("kubectl-edit", PORTS, {}), ("vpa", TYPE, {}))
    assert foreign(service, [*CLASH, ("spec.ports[0].port", "again")]) == [("kubectl-edit", ".spec.ports")]


def test_the_clusters_own_reports_are_nobodys_change():
    assert foreign(live(("controller", PORTS, {"subresource": "status"})), CLASH) == []


def test_a_field_that_is_no_list_is_no_other_tools_doing():
    assert foreign(live(("kubectl-edit", PORTS, {})), [("spec.type", "must be one of ...")]) == []
