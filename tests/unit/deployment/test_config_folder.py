"""This repository's own config/ folder: true to the chart, to itself and to what its comments promise."""

import asyncio
import json
import re
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
import yaml
from oauthenticator.google import GoogleOAuthenticator
from traitlets.config import Config

from classhub.config.model import Local, Settings

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"
SHARED = ROOT.parent / "shared" / "z2jh"


def _load(name):
    return yaml.safe_load((CONFIG / name).read_text(encoding="utf-8"))


def _merge(under, over):
    """As Helm lays values over a chart's defaults: maps merge, everything else is replaced."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{key: _merge(under.get(key), value) for key, value in over.items()}}


def _leaves(tree):
    return [leaf for value in tree.values() for leaf in _leaves(value)] if isinstance(tree, dict) else [tree]


def _duplicate_keys(node):
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        yield from {key for key in keys if keys.count(key) > 1}
        for _, value in node.value:
            yield from _duplicate_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _duplicate_keys(value)


@pytest.fixture(scope="module")
def values():
    return _load("config.yaml")


@pytest.mark.parametrize("path", sorted(CONFIG.rglob("*.yaml")), ids=lambda path: path.name)
def test_no_key_stands_twice(path):
    assert list(_duplicate_keys(yaml.compose(path.read_text(encoding="utf-8")))) == []


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the chart's schema and defaults are not here (../shared/z2jh)")
@pytest.mark.parametrize("files", [["config.yaml"], ["config.yaml", "secrets.example.yaml"]], ids="+".join)
def test_the_chart_takes_the_values(files):
    import jsonschema

    schema = json.loads((SHARED / "values.schema-4.4.0.json").read_text(encoding="utf-8"))
    merged = json.loads((SHARED / "chart-defaults-4.4.0.json").read_text(encoding="utf-8"))
    for name in files:
        merged = _merge(merged, _load(name))
    errors = jsonschema.Draft7Validator(schema).iter_errors(merged)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_it_is_the_hub_of_the_seed(values):
    singleuser, scheduling = values["singleuser"], values["scheduling"]
    assert values["proxy"]["service"]["loadBalancerIP"] == "203.0.113.7"
    assert values["proxy"]["https"]["enabled"] is True
    assert values["proxy"]["https"]["hosts"] == ["hub.college.edu"]
    assert values["proxy"]["https"]["letsencrypt"]["contactEmail"]
    assert singleuser["image"]["name"] == "gcr.io/college-cs/jserver"
    assert singleuser["storage"] == {"type": "dynamic", "capacity": "1Gi"}
    assert scheduling["userPods"]["nodeAffinity"]["matchNodePurpose"] == "require"
    assert scheduling["userPlaceholder"]["replicas"] == 3
    assert scheduling["userScheduler"]["enabled"] is True
    assert scheduling["podPriority"]["enabled"] is True
    assert values["prePuller"]["continuous"]["enabled"] is True
    assert values["cull"] == {"enabled": True, "timeout": 3600, "every": 600, "users": False}


def test_limits_are_what_the_spawner_can_read(values):
    """The chart's schema accepts "1GB" and "1Gi"; KubeSpawner then fails at every start."""
    memory, cpu = values["singleuser"]["memory"], values["singleuser"]["cpu"]
    assert all(re.fullmatch(r"\d+(\.\d+)?[KMGT]", memory[key]) for key in ("guarantee", "limit"))
    assert 0 < cpu["guarantee"] <= cpu["limit"]


def test_the_image_has_a_tag_of_its_own(values):
    tag = values["singleuser"]["image"]["tag"]
    assert isinstance(tag, str), "a date without quotes is no text to YAML"
    assert tag != "latest"
    assert f"jserver:{tag}" in (CONFIG / "Dockerfile").read_text(encoding="utf-8")


def _sign_in(values, monkeypatch, **google_says):
    """What the real authenticator makes of Google's answer: its model of the user, or None."""
    sections = {name: dict(section) for name, section in values["hub"]["config"].items()}
    sections["GoogleOAuthenticator"] |= {"client_id": "id", "client_secret": "not used"}
    authenticator = GoogleOAuthenticator(config=Config(sections))

    async def token(*_):
        return {"access_token": "not used"}

    async def account(*_):
        return google_says

    monkeypatch.setattr(authenticator, "build_access_tokens_request_params", lambda *_: {})
    monkeypatch.setattr(authenticator, "get_token_info", token)
    monkeypatch.setattr(authenticator, "token_to_user", account)
    return asyncio.run(authenticator.get_authenticated_user(None, {}))


@pytest.mark.parametrize("name", ["alice@college.edu", "jane.doe@college.edu"])
def test_everybody_of_the_college_gets_in_under_the_whole_address(values, monkeypatch, name):
    user = _sign_in(values, monkeypatch, email=name.title(), verified_email=True, hd="college.edu")
    assert user["name"] == name
    assert not user["admin"]


@pytest.mark.parametrize("name", ["instructor@college.edu", "admin@college.edu"])
def test_the_admins_are_admins(values, monkeypatch, name):
    assert _sign_in(values, monkeypatch, email=name, verified_email=True, hd="college.edu")["admin"] is True


# With allow_all JupyterHub never asks check_allowed, so "verified_email" is not looked at: what protects is Google's
# mark of the managing organization (hd) alone.
@pytest.mark.parametrize("verified", [True, False], ids=["verified", "unverified"])
@pytest.mark.parametrize(
    "account",
    [
        {"email": "alice@other.example", "hd": "other.example"},
        {"email": "alice@other.example"},
        {"email": "alice@college.edu"},  # an account somebody made with that address: not managed by the college
        {"email": "instructor@college.edu", "hd": "other.example"},
        {"email": "alice@notcollege.edu", "hd": "notcollege.edu"},
    ],
    ids=str,
)
def test_nobody_else_gets_in(values, monkeypatch, account, verified):
    assert _sign_in(values, monkeypatch, verified_email=verified, **account) is None


def test_the_first_admin_is_the_instructor_and_admins_are_lower_case(values):
    admins = values["hub"]["config"]["Authenticator"]["admin_users"]
    assert admins[0] == "instructor@college.edu"
    assert admins == [name.lower() for name in admins]


def test_google_sends_people_back_to_the_host(values):
    host = values["proxy"]["https"]["hosts"][0]
    callback = values["hub"]["config"]["GoogleOAuthenticator"]["oauth_callback_url"]
    assert callback == f"https://{host}/hub/oauth_callback"
    assert callback in (CONFIG / "secrets.example.yaml").read_text(encoding="utf-8")


def test_the_example_of_secrets_holds_placeholders_only():
    example = _load("secrets.example.yaml")
    assert example["hub"]["config"]["GoogleOAuthenticator"].keys() == {"client_id", "client_secret"}
    assert all(re.fullmatch(r"<.+>", leaf) for leaf in _leaves(example))


def test_git_ignores_the_real_secrets():
    assert "config/secrets.yaml" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def _committed():
    return [
        path
        for folder in (CONFIG, ROOT / "material")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "secrets.yaml" and path.suffix not in {".png", ".pyc"}
    ]


@pytest.mark.parametrize("path", _committed(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_secret_and_no_real_address_is_committed(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"GOCSPX-|-----BEGIN|AIza[\w-]{20}|gh[pousr]_\w{20}|[0-9a-f]{40}", text)
    assert not re.search(r"\d+-\w+\.apps\.googleusercontent\.com", text)
    assert {*re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)} <= {"college.edu"}
    addresses = re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text)
    assert {*addresses} <= {"203.0.113.7", "127.0.0.1"}


def _uncommented(text):
    """classhub.yaml with every hidden default shown: a # that touches its setting is taken away."""
    return re.sub(r"(?m)^#(?=\w|  )", "", text)


def test_every_setting_of_classhub_is_shown_with_its_default():
    shown = yaml.safe_load(_uncommented((CONFIG / "classhub.yaml").read_text(encoding="utf-8")))
    assert shown.keys() == {"target", "chart", "cluster", "release", "namespace", "values", "homes", "local"}
    defaults = Settings()
    assert (shown["target"], shown["chart"], shown["release"], shown["namespace"]) == (
        defaults.target, {"version": defaults.chart_version, "digest": "", "file": None}, defaults.release, defaults.namespace,
    )  # fmt: skip
    assert shown["values"] == [*defaults.values]
    assert shown["cluster"] == {"context": defaults.cluster_context}
    assert shown["local"] == vars(Local())
    assert (ROOT / shown["homes"]["folder"]).resolve() == ROOT / ".classhub" / "homes"


def test_what_is_not_hidden_in_classhub_is_the_default_too():
    active = _load("classhub.yaml")
    assert active == {"target": "local", "chart": {"version": "4.4.0"}, "release": "jhub", "namespace": "jhub"}


def test_the_image_is_the_charts_and_does_not_run_as_root():
    lines = (CONFIG / "Dockerfile").read_text(encoding="utf-8").splitlines()
    chart = _load("classhub.yaml")["chart"]["version"]
    assert [line for line in lines if line.startswith("FROM ")] == [
        f"FROM quay.io/jupyterhub/k8s-singleuser-sample:{chart}"
    ]
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 1000"
    assert next(line for line in reversed(lines) if line) == "USER 1000"


@pytest.mark.parametrize("path", sorted((CONFIG / "courses").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_course_names_files_that_exist(path):
    course = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [*course] == ["title", "material", "folder", "libraries", "people", "meetings", "timezone", "assignments"]
    assert isinstance(course["libraries"], list)
    assert course["people"].keys() == {"instructor", "tas", "students"}
    assert all(meeting.keys() == {"days", "times", "room"} for meeting in course["meetings"])
    due = []
    for assignment in course["assignments"].values():
        assert assignment.keys() == {"path", "title", "due"}
        notebook = nbformat.read(ROOT / course["material"] / assignment["path"], as_version=4)
        assert notebook.cells[0].source.startswith(f"# {assignment['title']}\n")
        due.append(datetime.strptime(assignment["due"], "%Y-%m-%d %H:%M"))
    assert due == sorted(due)
    assert {day.year for day in due} == {2027}
