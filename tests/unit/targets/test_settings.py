"""From a deployment folder to what the hub is given."""

import json
import sys
from dataclasses import replace

import pytest

from classhub.config.load import load
from classhub.config.model import Course, Material
from classhub.hub.extra_config import run_extra_config
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths
from classhub.targets.local.settings import address, base_url, door, settings, sources, starts_at_once

MACHINE = Machine(20002, 20001, "token-classhub", "token-culler", "00" * 32)


@pytest.fixture
def folder(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.yaml").write_text("{}")
    return config


def made(folder, config_yaml="{}", classhub_yaml="{}"):
    (folder / "config.yaml").write_text(config_yaml)
    (folder / "classhub.yaml").write_text(classhub_yaml)
    config = load(folder, {})
    state = folder.parent / ".classhub"
    return config, settings(config, MACHINE, Paths(state, state / "run", state / "homes"), is_root=True, cores=2)


def test_it_is_json_and_the_same_each_time(folder):
    assert json.dumps(made(folder)[1]) == json.dumps(made(folder)[1])


@pytest.mark.parametrize(
    ("local", "shown"),
    [
        ("{}", "http://127.0.0.1:8000/"),
        ("local: {port: 80}", "http://127.0.0.1/"),
        ("local: {address: 0.0.0.0, host: hub.college.edu, port: 8000}", "http://hub.college.edu:8000/"),
        ("local: {https: internal, host: hub.college.edu, port: 443}", "https://hub.college.edu/"),
        ("local: {address: '::1', port: 8000}", "http://[::1]:8000/"),
    ],
)
def test_the_address_is_what_people_type(folder, local, shown):
    config, _ = made(folder, classhub_yaml=local)
    assert address(config) == shown


def test_the_host_of_the_cluster_is_never_used_here(folder):
    config, wanted = made(
        folder, "proxy: {https: {enabled: true, hosts: [hub.college.edu], letsencrypt: {contactEmail: a@college.edu}}}"
    )
    assert address(config) == "http://127.0.0.1:8000/"
    assert wanted["proxy"]["https"]["mode"] == "off"


@pytest.mark.parametrize(("given", "made_of"), [("/", "/"), ("/lab", "/lab/"), ("lab/", "/lab/")])
def test_the_base_url_has_slashes_at_both_ends(folder, given, made_of):
    config, _ = made(folder, f"hub: {{baseUrl: {given}}}")
    assert base_url(config) == made_of


def test_the_culler_is_run_by_the_supervisor_with_the_charts_own_options(folder):
    _, wanted = made(folder, "cull: {timeout: 60, every: 5, maxAge: 100}\nhub: {baseUrl: /lab/}")
    words = wanted["culler"]["argv"]
    assert "--url=http://127.0.0.1:20002/lab/hub/api" in words
    assert {"--timeout=60", "--cull-every=5", "--max-age=100"} <= set(words)
    assert "token-culler" not in " ".join(words)
    assert all(service["name"] != "jupyterhub-idle-culler" for service in wanted["hub"]["services"])


def test_no_culling_means_no_culler(folder):
    assert made(folder, "cull: {enabled: false}")[1]["culler"] == {}


def test_two_cores_start_three_servers_at_a_time():
    assert [starts_at_once(cores) for cores in (1, 2, 4, 64)] == [2, 3, 5, 8]


def test_a_services_own_token_is_passed_on(folder):
    _, wanted = made(folder, "hub: {services: {grader: {apiToken: '0123456789', url: 'http://x'}, plain: {}}}")
    services = {service["name"]: service for service in wanted["hub"]["services"]}
    assert services["grader"]["api_token"] == "0123456789"
    assert "api_token" not in services["plain"]
    assert "0123456789" not in json.dumps(wanted["hub"]["traits"])


def test_what_this_machine_cannot_do_never_reaches_the_hub(folder):
    hub = "{subdomain_host: 'https://x.college.edu', public_url: 'https://x', internal_ssl: true, shutdown_on_logout: true}"
    _, wanted = made(folder, f"hub: {{config: {{JupyterHub: {hub}}}}}")
    assert {"subdomain_host", "public_url", "internal_ssl"}.isdisjoint(wanted["hub"]["traits"]["JupyterHub"])
    assert wanted["hub"]["traits"]["JupyterHub"]["shutdown_on_logout"] is True


def test_the_cullers_role_is_known_even_if_the_roles_are_replaced(folder):
    _, wanted = made(folder, "cull: {users: true}\nhub: {config: {JupyterHub: {load_roles: []}}}")
    assert wanted["hub"]["traits"]["JupyterHub"]["load_roles"] == []
    assert "admin:users" in wanted["hub"]["culler_role"]["scopes"]
    assert made(folder, "cull: {enabled: false}")[1]["hub"]["culler_role"] is None


@pytest.mark.parametrize(
    ("local", "asked"),
    [
        ("{}", "http://127.0.0.1:8000/"),
        ("local: {address: 0.0.0.0, host: hub.college.edu}", "http://127.0.0.1:8000/"),
        ("local: {address: '::', host: hub.college.edu}", "http://[::1]:8000/"),
        ("local: {address: '::1'}", "http://[::1]:8000/"),
        ("local: {address: 127.0.0.7}", "http://127.0.0.7:8000/"),
        ("local: {address: localhost}", "http://127.0.0.1:8000/"),
        ("local: {address: 203.0.113.7, host: hub.college.edu}", "http://127.0.0.1:20002/"),
        ("local: {https: internal, host: hub.college.edu, port: 443}", "http://127.0.0.1:20002/"),
    ],
)
def test_our_own_commands_never_leave_this_machine(folder, local, asked):
    """The token they carry may do everything; the hub's name may lead anywhere."""
    _, wanted = made(folder, classhub_yaml=local)
    assert door(wanted["proxy"]) == asked


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ("", "hub"),
        ("fullnameOverride: big", "big-hub"),
        ("fullnameOverride: ''", "hub"),
        ("fullnameOverride: null", "jhub-jupyterhub-hub"),
        ("{fullnameOverride: null, nameOverride: class}", "jhub-class-hub"),
        ("{fullnameOverride: null, nameOverride: hub}", "jhub-hub"),
        ("nameOverride: class", "hub"),
    ],
)
def test_extra_config_is_given_the_names_that_the_chart_gives(folder, values, name):
    _, wanted = made(folder, values)
    hub = {**wanted["hub"], "extra_config": [["names", "c['name'] = get_name('hub')"]]}
    c = {}
    run_extra_config(c, hub)
    assert c == {"name": name}


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("material/comp141", "material/comp141"),
        ("material/comp141.git", "material/comp141.git"),
        ("file://{above}/my%20courses/comp141.git", "my courses/comp141.git"),
        ("material/comp141.zip", "material"),
        ("https://git.college.edu/cs/comp141", ""),
        ("comp141.zip", ""),
        ("/usr/comp141.zip", ""),
    ],
)
def test_where_material_lies_before_its_date_is_hidden_from_students(folder, source, hidden):
    above = folder.parent
    (folder / "courses").mkdir()
    for path in ("material/comp141", "material/comp141.git", "my courses/comp141.git"):
        (above / path).mkdir(parents=True)
    for path in ("material/comp141.zip", "comp141.zip"):
        (above / path).touch()
    before = made(folder)[1]["hub"]["machine"]["hide"]
    config, _ = made(folder)
    material = Material("archive" if source.endswith(".zip") else "git", source.format(above=above))
    if not material.source.startswith(("/", "http", "file")):
        material = replace(material, source=str(above / source))
    config = replace(config, courses=(Course("comp141", "", material, "comp141"),))
    assert [str(path) for path in sources(config)] == ([str(above / hidden)] if hidden else [])
    (folder / "courses" / "comp141.yaml").write_text("material: material/comp141\n")
    assert made(folder)[1]["hub"]["machine"]["hide"] == [*before, str(above / "material" / "comp141")]


@pytest.mark.parametrize("source", ["/", "/home", sys.prefix, "/usr"])
def test_what_servers_need_is_not_hidden(folder, source):
    course = Course("comp141", "", Material("folder", source), "comp141")
    assert sources(replace(made(folder)[0], courses=(course,))) == []
