"""What is applied in Helm's name bears Helm's marks."""

from classhub.targets.cluster import scaling


def test_an_object_keeps_the_marks_by_which_helm_knows_its_own():
    body = {"kind": "Deployment", "metadata": {"name": "hub", "labels": {"component": "hub"}}}
    placed = scaling.placed(body, "jhub-space", "jhub")
    assert placed["metadata"] == {
        "name": "hub",
        "namespace": "jhub-space",
        "labels": {"component": "hub", "app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "jhub", "meta.helm.sh/release-namespace": "jhub-space"},
    }
    assert body["metadata"] == {"name": "hub", "labels": {"component": "hub"}}, "the manifest stays as it is"
