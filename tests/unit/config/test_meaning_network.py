"""Addresses and ports: what Kubernetes refuses is told, and nothing else."""

from typing import Any

import pytest

from classhub.config.meaning import address, images, network
from unit.config.meanings import merged


def found(own: dict[str, Any], group: Any = network) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in group.problems(merged(own))]


def service(**keys: Any) -> dict[str, Any]:
    return {"proxy": {"service": keys}}


@pytest.mark.parametrize("text", ["203.0.113.7", "2001:db8::7", "", None])
def test_an_address_is_taken(text: str | None) -> None:
    assert found(service(loadBalancerIP=text)) == []


@pytest.mark.parametrize(
    "text", ["203.0.113.700", "203.0.113", "203.0.113.07", "hub.college.edu", "203.0.113.7/24", "1.2.3.4.5"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    assert found(service(loadBalancerIP=text)) == [("CH1825", "error")]
    assert found({"hub": {"service": {"loadBalancerIP": text}}}) == [("CH1825", "error")]
    assert found(service(externalIPs=[text])) == [("CH1825", "error")]


@pytest.mark.parametrize(
    ("text", "codes"), [("203.0.113.0/24", []), ("203.0.113.7/24", []), ("203.0.113.7", ["CH1825"])]
)
def test_a_range_has_a_length(text: str, codes: list[str]) -> None:
    assert [code for code, _ in found(service(loadBalancerSourceRanges=[text]))] == codes


@pytest.mark.parametrize(
    ("port", "told"), [(30080, []), (32767, []), (None, []), (80, ["error"]), (8080, ["warning"]), (70000, ["error"])]
)
def test_a_port_of_the_nodes_is_within_their_range(port: int | None, told: list[str]) -> None:
    assert [severity for _, severity in found(service(nodePorts={"http": port}))] == told


@pytest.mark.parametrize(
    ("own", "is_wrong"),
    [
        (service(extraPorts=[{"name": "ssh", "port": 22, "targetPort": "ssh"}]), False),
        (service(extraPorts=[{"name": "ssh", "port": "22", "targetPort": 22}]), True),
        (service(extraPorts=[{"name": "ssh", "port": 22, "targetPort": "22"}]), True),
        (service(extraPorts=[{"name": "ssh", "port": 0}]), True),
        ({"hub": {"networkPolicy": {"ingress": [{"ports": [{"port": "http"}]}]}}}, False),
        ({"hub": {"networkPolicy": {"ingress": [{"ports": [{"port": 8081}]}]}}}, False),
        ({"singleuser": {"networkPolicy": {"egress": [{"ports": [{"port": "443"}]}]}}}, True),
        ({"hub": {"networkPolicy": {"ingress": [{"ports": "443"}, 3, {"from": []}]}}}, False),
    ],
)
def test_a_port_is_a_number_or_where_it_may_be_a_name(own: dict[str, Any], is_wrong: bool) -> None:
    assert found(own) == [("CH1828", "error")] * is_wrong


@pytest.mark.parametrize(
    ("tls", "codes"),
    [
        ([{"hosts": ["hub.college.edu"], "secretName": "a"}], []),
        ([{"secretName": "a"}], []),
        ([{"hosts": ["*.college.edu"]}], []),
        ([{"hosts": ["www.college.edu"]}], ["CH1824"]),
        ([{"hosts": ["https://hub.college.edu"]}], ["CH1824"]),
        ([{"hosts": "hub.college.edu"}], ["CH1824"]),
        (["hub.college.edu"], ["CH1824"]),
    ],
)
def test_a_certificate_of_the_ingress_is_for_a_host_of_it(tls: list[Any], codes: list[str]) -> None:
    own = {"ingress": {"enabled": True, "hosts": ["hub.college.edu"], "tls": tls}}
    assert [code for code, _ in found(own, address) if code == "CH1824"] == codes


def test_without_hosts_an_ingress_serves_every_name() -> None:
    own = {"ingress": {"enabled": True, "hosts": [], "tls": [{"hosts": ["www.college.edu"]}]}}
    assert [code for code, _ in found(own, address) if code == "CH1824"] == []


@pytest.mark.parametrize("host", ["203.0.113.7", "https://203.0.113.7/"])
def test_an_ip_address_is_no_host_and_none_is_made_of_it(host: str) -> None:
    (problem,) = [
        one for one in address.problems(merged({"ingress": {"enabled": True, "hosts": [host]}})) if one.code == "CH1824"
    ]
    assert problem.edit is None


@pytest.mark.parametrize(
    "name",
    [
        "quay.io/college/notebook",
        "localhost:5000/a/b",
        "a",
        "gcr.io/college-cs/js__erver",
        "a/b:2026-09-01",
        "a/b@sha256:" + "0" * 64,
        "Registry.college.edu/a/b",
    ],
)
def test_the_name_of_an_image_is_taken(name: str) -> None:
    assert [
        code for code, _ in found({"singleuser": {"image": {"name": name, "tag": "1"}}}, images) if code == "CH1806"
    ] == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("https://quay.io/a/b", "quay.io/a/b"),
        ("docker://quay.io/a/b", "quay.io/a/b"),
        ("quay.io/a/b/", "quay.io/a/b"),
        (" quay.io/a/b", "quay.io/a/b"),
        ("quay.io/A/b", None),
        ("a b", None),
        ("a:1:2", None),
    ],
)
def test_what_no_registry_knows_is_told(name: str, meant: str | None) -> None:
    told = list(images.problems(merged({"singleuser": {"image": {"name": name, "tag": "1"}}})))
    assert [(one.code, one.edit.new if one.edit else None) for one in told] == [("CH1806", meant)]
