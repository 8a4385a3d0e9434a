"""Caddy's configuration, and that the real Caddy takes it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from classhub.hub import caddy

PROXY = {
    "listen": "127.0.0.1:8000",
    "internal": "127.0.0.1:20001",
    "hub": "127.0.0.1:20002",
    "hub_socket": "/run/classhub/1a2b3c4d/hub.sock",
    "base_url": "/",
    "sockets": "/run/classhub/1a2b3c4d/s",
    "admin": "/run/classhub/1a2b3c4d/caddy.sock",
    "storage": "/tmp/caddy",
    "https": {"mode": "off", "host": "", "certificate": "", "key": ""},
}


def test_the_name_rule_names_a_socket_by_the_user_below_the_base_url():
    rule = caddy.internal_routes({**PROXY, "base_url": "/a.b/"}, [])[-1]
    assert rule["match"][0]["path_regexp"]["pattern"] == r"^/a\.b/user/([^/]+)/"
    dials = [handler["upstreams"][0]["dial"] for handler in rule["handle"] if "upstreams" in handler]
    assert dials == ["unix//run/classhub/1a2b3c4d/s/{http.regexp.user.1}.sock"]


def test_explicit_routes_come_first_and_the_longest_before_the_shorter():
    routes = [{"prefix": "/user/alice/", "dial": "a"}, {"prefix": "/user/alice/second/", "dial": "b"}]
    paths = [route["match"][0].get("path") for route in caddy.public_routes(PROXY, routes)[:2]]
    assert paths == [["/user/alice/second/*"], ["/user/alice/*"]]


def test_the_inner_listener_never_falls_back_to_the_hub():
    internal = caddy.configuration(PROXY)["apps"]["http"]["servers"]["internal"]
    assert PROXY["hub_socket"] not in json.dumps(internal)


def test_nothing_asks_for_a_certificate_by_itself():
    for mode in ("off", "own", "internal", "acme"):
        https = {"mode": mode, "host": "hub.college.edu", "certificate": "c.pem", "key": "k.pem"}
        apps = caddy.configuration({**PROXY, "https": https})["apps"]
        assert all(server["automatic_https"] == {"disable": True} for server in apps["http"]["servers"].values())
        assert ("automate" in apps.get("tls", {}).get("certificates", {})) == (mode in ("internal", "acme"))
        assert apps["pki"]["certificate_authorities"]["local"]["install_trust"] is False


@pytest.mark.parametrize("mode", ["off", "internal", "acme"])
@pytest.mark.parametrize("base_url", ["/", "/a college/"])
def test_caddy_takes_it(tmp_path, mode, base_url):
    https = {"mode": mode, "host": "hub.college.edu", "certificate": "", "key": ""}
    routes = [
        {"prefix": "/user/zo%C3%AB/se{c}ond*/", "dial": "unix//tmp/~x.sock"},
        {"prefix": "/services/x/", "dial": "127.0.0.1:9"},
    ]
    settings = {**PROXY, "https": https, "base_url": base_url, "storage": str(tmp_path / "caddy")}
    file = tmp_path / "caddy.json"
    file.write_text(json.dumps(caddy.configuration(settings, routes)))
    program = Path(sys.executable).parent / "caddy"
    done = subprocess.run(
        [program, "validate", "--config", file],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
