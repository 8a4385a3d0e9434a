"""Where people find the hub."""

import pytest

from classhub.targets.cluster.address import address, inner


def service(*ports, given=(), kind="LoadBalancer"):
    return {
        "spec": {"type": kind, "clusterIP": "10.96.0.7", "ports": [{"port": port} for port in ports]},
        "status": {"loadBalancer": {"ingress": list(given)}},
    }


HTTPS = {"proxy": {"https": {"enabled": True, "hosts": ["hub.college.edu"]}}}


@pytest.mark.parametrize(
    ("values", "found", "expected"),
    [
        (HTTPS, service(443, 80), "https://hub.college.edu/"),
        (HTTPS | {"hub": {"baseUrl": "/jupyter"}}, service(443, 80), "https://hub.college.edu/jupyter/"),
        ({"ingress": {"enabled": True, "hosts": ["hub.college.edu"]}}, None, "http://hub.college.edu/"),
        ({"ingress": {"enabled": True, "hosts": ["h"], "tls": [{}]}}, None, "https://h/"),
        ({"httpRoute": {"enabled": True, "hostnames": ["hub.college.edu"]}}, None, "https://hub.college.edu/"),
        ({}, service(80, given=[{"ip": "203.0.113.7"}]), "http://203.0.113.7/"),
        ({}, service(8080, given=[{"hostname": "lb.cloud"}]), "http://lb.cloud:8080/"),
        ({}, service(80, given=[{"ip": "2001:db8::7"}]), "http://[2001:db8::7]/"),
        ({}, service(80), ""),
        ({}, None, ""),
        ({"proxy": {"https": {"enabled": False, "hosts": ["old.college.edu"]}}}, service(80), ""),
    ],
)
def test_the_address_is_what_a_person_types(values, found, expected):
    assert address(values, found) == expected


def test_within_the_cluster_the_service_has_an_address_of_its_own():
    assert inner(service(80, kind="ClusterIP"), {"hub": {"baseUrl": "/x/"}}) == "http://10.96.0.7:80/x/"
