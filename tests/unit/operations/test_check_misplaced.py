"""Blocks in the wrong place: --fix moves the whole of one, with its comments, or leaves it alone."""

from pathlib import Path

import pytest

from classhub.operations import check
from classhub.operations.check import Wanted

_CULL = "cull:\n  enabled: true\n  # an hour\n  timeout: 3600\n  users: false\n"
_KEYS = _CULL.removeprefix("cull:\n")
_LAST = "hub:\n  concurrentSpawnLimit: 64\n"


def fixed(tmp_path: Path, text: str) -> str:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    check.fix(Wanted(tmp_path, {}))
    return path.read_text()


def errors(tmp_path: Path, text: str) -> list[check.Finding]:
    (tmp_path / "config.yaml").write_text(text)
    return [one for one in check.findings(Wanted(tmp_path, {})) if one.severity == "error"]


def indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        # only the first line was indented
        (f"singleuser:\n  defaultUrl: /lab\n  {_CULL}", f"singleuser:\n  defaultUrl: /lab\n{_CULL}"),
        # the whole block was, with the comment above it and the one at its end
        (
            f"singleuser:\n  defaultUrl: /lab\n  # idle\n{indented(_CULL)}    # every: 600\n{_LAST}",
            f"singleuser:\n  defaultUrl: /lab\n# idle\n{_CULL}  # every: 600\n{_LAST}",
        ),
        # more of the section comes after it
        (f"singleuser:\n{indented(_CULL)}  defaultUrl: /lab\n", f"singleuser:\n  defaultUrl: /lab\n{_CULL}"),
        # only the first line was not
        (_CULL.replace("\n  ", "\n"), _CULL),
        # none of it has its first line
        (
            f"{_LAST}singleuser:\n  defaultUrl: /lab\n{_KEYS}",
            f"{_LAST}singleuser:\n  defaultUrl: /lab\n{_CULL}",
        ),
        # a part of it is where it belongs
        (
            "cull:\n  every: 600\nsingleuser:\n  defaultUrl: /lab\n  cull:\n    enabled: true\n",
            "cull:\n  every: 600\n  enabled: true\nsingleuser:\n  defaultUrl: /lab\n",
        ),
        (
            "hub:\n  db: {}\n  proxy:\n  service: {type: NodePort}\n  https:\n    enabled: false\n",
            "hub:\n  db: {}\nproxy:\n  service: {type: NodePort}\n  https:\n    enabled: false\n",
        ),
        (
            "singleuser:\n  cmd: []\n  scheduling:\n    podPriority:\n      enabled: true\n",
            "singleuser:\n  cmd: []\nscheduling:\n  podPriority:\n    enabled: true\n",
        ),
        (
            "proxy:\n  labels: {}\n  ingress:\n    enabled: true\n    hosts: [hub.college.edu]\n",
            "proxy:\n  labels: {}\ningress:\n  enabled: true\n  hosts: [hub.college.edu]\n",
        ),
        ("storage:\n  capacity: 2Gi\n", "singleuser:\n  storage:\n    capacity: 2Gi\n"),
        (
            "proxy:\n  labels: {}\n  hosts: [a.edu]\n  manual: {}\n",
            "proxy:\n  labels: {}\n  https:\n    hosts: [a.edu]\n    manual: {}\n",
        ),
    ],
)
def test_a_block_is_moved_as_a_whole(tmp_path: Path, wrong: str, right: str) -> None:
    assert fixed(tmp_path, wrong) == right
    assert errors(tmp_path, right) == []


@pytest.mark.parametrize(
    "text",
    [
        # image, below, may be meant for hub
        "hub:\n  singleuser:\n  memory: {limit: 1G}\n  image: {pullPolicy: Always}\n",
        # memory and cpu both have a limit and a guarantee
        "singleuser:\n  limit: 1\n  guarantee: 1\n",
        # what would be moved does not fit
        "singleuser:\n  cull:\n  enabled: true\n  timeout: [1]\n",
        # enabled, further down, may belong to it
        "singleuser:\n  every: 600\n  cmd: []\n  enabled: true\n",
        # there is such a key already
        "cull: {timeout: 60}\nsingleuser:\n  cull:\n  enabled: true\n  timeout: 3600\n",
        "cull: {timeout: 60}\nsingleuser:\n  cull:\n    timeout: 3600\n",
        # the line that is missing is a comment
        "singleuser:\n  cmd: []\n#cull:\n  timeout: 3600\n  every: 600\n",
    ],
)
def test_what_is_not_certain_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert fixed(tmp_path, text) == text
    assert errors(tmp_path, text)


def test_keys_of_one_block_are_one_finding(tmp_path: Path) -> None:
    (found,) = errors(tmp_path, f"singleuser:\n  defaultUrl: /lab\n  {_CULL}")
    assert (found.code, found.line) == ("CH1201", 3)
    assert found.fix == _CULL.rstrip("\n")


_LOGIN = "GoogleOAuthenticator:\n  # the college's\n  hosted_domain: [college.edu]\n  allow_all: true\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            f"hub:\n{indented(_LOGIN)}  config:\n    JupyterHub: {{authenticator_class: google}}\n",
            f"hub:\n  config:\n    JupyterHub: {{authenticator_class: google}}\n{indented(indented(_LOGIN))}",
        ),
        (_LOGIN, f"hub:\n  config:\n{indented(indented(_LOGIN))}"),
        (f"auth:\n{indented(_LOGIN)}", f"hub:\n  config:\n{indented(indented(_LOGIN))}"),
        (
            f"hub:\n  extraConfig:\n{indented(indented(_LOGIN))}    own: a = 1\n",
            f"hub:\n  extraConfig:\n    own: a = 1\n  config:\n{indented(indented(_LOGIN))}",
        ),
        (
            "Authenticator:\n  admin_users: [alice@college.edu]\nhub:\n  config:\n    Authenticator:\n      allow_all: true\n",
            "hub:\n  config:\n    Authenticator:\n      allow_all: true\n      admin_users: [alice@college.edu]\n",
        ),
    ],
)
def test_a_section_of_hub_config_is_moved_there(tmp_path: Path, wrong: str, right: str) -> None:
    assert "hub.config" in errors(tmp_path, wrong)[0].message
    assert fixed(tmp_path, wrong) == right
    assert errors(tmp_path, right) == []


def test_the_corrected_lines_show_where_a_section_goes_and_no_secret(tmp_path: Path) -> None:
    (found,) = errors(tmp_path, "hub:\n  GitHubOAuthenticator:\n    client_id: a\n    client_secret: abcdef0123\n")
    assert found.fix == "hub:\n  config:\n    GitHubOAuthenticator:\n      client_id: a\n      client_secret: ********"


def test_a_key_of_another_file_is_told_which(tmp_path: Path) -> None:
    (tmp_path / "classhub.yaml").write_text("hub: {}\npeople: {}\n")
    found = errors(tmp_path, "local: {port: 8001}\nassignments: {}\n")
    named = [next(word for word in one.message.split() if "yaml" in word).rstrip(".") for one in found]
    assert named == ["config.yaml", "courses/NAME.yaml", "classhub.yaml", "courses/NAME.yaml"]


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("classhub.yaml", "namespace: jhub\n#local:\n  port: 8001\n", 2),
        ("classhub.yaml", "chart:\n  version: 4.4.0\n# about it\n#local:\n#  address: 0.0.0.0\n\n  port: 8001\n", 4),
        ("classhub.yaml", "# local:\n  port: 8001\n", 1),
        ("config.yaml", "singleuser:\n  cmd: []\n#cull:\n  enabled: true\n  timeout: 60\n", 3),
        ("config.yaml", "hub:\n  config:\n    JupyterHub: {}\n    #Authenticator:\n      admin_users: [alice]\n", 4),
    ],
)
def test_a_parent_that_is_a_comment_is_named(tmp_path: Path, file: str, text: str, line: int) -> None:
    (tmp_path / "config.yaml").write_text("{}\n")
    (tmp_path / file).write_text(text)
    found = [one for one in check.findings(Wanted(tmp_path, {})) if one.severity == "error"]
    assert f"in line {line}, is still a comment" in found[0].message
    assert "away too" in found[0].fix


@pytest.mark.parametrize(
    "text",
    [
        "chart:\n  # example:\n  prot: 1\n",
        "#local:\n#  port: 8001\nchart:\n  prot: 1\n",
        "chart:\n  #local:\n  prot: 1\n",
        "# Write it as in local:\nprot: 1\n",
    ],
)
def test_no_comment_is_named_that_is_not_the_parent(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text("{}\n")
    (tmp_path / "classhub.yaml").write_text(text)
    (found,) = [one for one in check.findings(Wanted(tmp_path, {})) if one.severity == "error"]
    assert "comment" not in found.message
