"""hub.extraConfig run apart, as `values --traits` does: what it makes of the traits, and that it harms nothing."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from classhub.config.chart.table import defaults
from classhub.config.extra_config import extra_config
from classhub.config.merge import over_defaults
from classhub.config.traits import traits
from classhub.operations import snippets, values
from classhub.walls import identity
from unit.config.examples import PAIRS, TAG, needs_shared, shared

WITH_CODE = [name for name in PAIRS if extra_config(shared(f"values/{name}"))]
EXCEPTIONS: dict[str, tuple[str, str]] = {
    # the snippet numbers the members of a set, whose order differs from process to process
    "2i2c-bnext-bio-common": ("KubeSpawner", "group_overrides"),
}
"""Traits of which only the length is compared. Of all 142 pairs: the others, here and in test_traits.py, are whole."""


@needs_shared
@pytest.mark.parametrize("name", WITH_CODE)
def test_traits_are_those_of_the_charts_script(name: str) -> None:
    merged = over_defaults(shared(f"values/{name}"), defaults("4.4.0", TAG))
    made = traits(merged, chart_version="0.0.1-set.by.chartpress")
    outcome = values.run_extra_config(merged, made, "jhub")
    assert outcome.failures == []
    wanted = by_name(shared(f"traits/{name}"))
    if name in EXCEPTIONS:
        section, trait = EXCEPTIONS[name]
        assert len(outcome.traits[section].pop(trait)) == len(wanted[section].pop(trait))
    assert outcome.traits == wanted


def test_the_exceptions_are_few() -> None:
    assert len(EXCEPTIONS) <= 10


def by_name(value: Any) -> Any:
    """<function f at 0x7f59> and <class 'C'> without what differs each time."""
    if isinstance(value, dict):
        return {key: by_name(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [by_name(item) for item in value]
    if isinstance(value, str) and (found := re.fullmatch(r"<(function|class) '?(\w+).*>", value)):
        return f"<{found[1]} {found[2]}>"
    return value


def run(sources: Mapping[str, str], own: Mapping[str, Any] | None = None, **more: Any) -> snippets.Outcome:
    given = {"traits": {"Spawner": {"cmd": "x"}}, "values": own or {}, "release": "jhub", "prefix": ""}
    return snippets.run({**given, "extra_config": list(sources.items())}, **more)


def test_the_names_of_the_charts_script_are_there() -> None:
    source = """
import z2jh
c.A.values = [get_config("a.b"), get_config("a.c", 3), z2jh.get_config("a.b"), get_secret_value("a.b")]
c.A.names = [get_name("hub"), camelCaseify("one_two"), url_path_join("/a/", "/b")]
c.A.env = get_name_env("hub", "_SERVICE_PORT")
set_config_if_not_none(c.A, "set", "a.b")
set_config_if_not_none(c.A, "unset", "a.c")
c.A.modules = [os.sep, re.escape("a"), sys.byteorder, glob.escape("a"), AsyncHTTPClient]
"""
    outcome = run({"a": source}, {"a": {"b": 1}})
    assert outcome.failures == []
    made = outcome.traits["A"]
    assert made["values"] == [1, 3, 1, 1]
    assert made["names"] == ["hub", "oneTwo", "/a/b"]
    assert (made["env"], made["set"]) == (None, 1)
    assert "unset" not in made
    assert made["modules"][-1] == "<class AsyncHTTPClient>"


def test_names_follow_fullname_override() -> None:
    own = over_defaults(
        {"fullnameOverride": "big", "hub": {"extraConfig": {"a": "c.A.b = get_name('hub')"}}}, defaults("4.4.0")
    )
    assert values.run_extra_config(own, {}, "jhub").traits == {"A": {"b": "big-hub"}}


def test_snippets_share_their_names_and_the_last_word_counts() -> None:
    outcome = run({"a": "mine = 1\nc.Spawner.cmd = 'a'", "b": "c.Spawner.cmd = mine\nc.Spawner.args.append('x')"})
    assert outcome.traits == {"Spawner": {"cmd": 1, "args": {"extend": ["x"]}}}
    assert outcome.set_by == {("Spawner", "cmd"): "b", ("Spawner", "args"): "b"}


ODD_VALUES = """
import enum, math, datetime
class E(str, enum.Enum):
    A = "a"
class Own:
    def __repr__(self): raise ValueError
me = []
me.append(me)
c.A.odd = [E.A, {1, 2}, (1,), b"x", math.inf, Own(), lambda: 1, Own().__init__, {1: None}, True]
c.A.me = me
"""


def test_whatever_a_trait_is_has_a_form() -> None:
    made = run({"a": ODD_VALUES}).traits["A"]
    forms = ["a", [1, 2], [1], "x", "inf", "<Own>", "<function <lambda>>", "<method-wrapper>", {"1": None}, True]
    assert [*made["odd"][:7], *made["odd"][8:]] == [*forms[:7], *forms[8:]]
    assert made["me"] == ["..."]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\nraise ValueError('no')", "hub.extraConfig.bad, line 2: ValueError: no. What follows"),
        ("import sys\nsys.exit(3)", "hub.extraConfig.bad, line 2: SystemExit: 3. What follows"),
        (
            "\nimport kubespawner_x.y",
            "hub.extraConfig.bad, line 2: This machine has no Python package kubespawner_x, which",
        ),
        ("x = = 1", "hub.extraConfig.bad, line 1: SyntaxError"),
        ("a\0b", "hub.extraConfig.bad: "),
        ("class E(Exception):\n  def __str__(self): raise OSError\nraise E", "hub.extraConfig.bad, line 3: E. What"),
        ("x = 'x' * 2**40", "hub.extraConfig.bad, line 1: MemoryError. What follows"),
        ("open('x', 'wb').write(bytes(2**26))", "hub.extraConfig.bad, line 1: OSError"),
    ],
)
def test_a_snippet_that_fails_is_a_sentence_and_the_others_run(source: str, sentence: str) -> None:
    outcome = run({"a": "c.A.a = 1", "bad": source, "c": "c.A.c = 2"})
    (failure,) = outcome.failures
    assert failure.sentence().startswith(sentence)
    assert "Traceback" not in failure.sentence()
    assert outcome.traits["A"] == {"a": 1, "c": 2}


@pytest.mark.parametrize(
    "source",
    [
        "os._exit(0)",
        "os.kill(os.getpid(), 11)",
        "os.closerange(0, 1000)",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_snippet_that_ends_its_process_is_named(source: str) -> None:
    outcome = run({"a": "c.A.a = 1", "bad": source, "c": "c.A.c = 2"})
    (failure,) = outcome.failures
    assert failure.sentence() == (
        "hub.extraConfig.bad: It ended the process that ran it. Nothing that follows it was run."
    )
    assert outcome.traits["A"] == {"a": 1}


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import time\ntime.sleep(3600)",
        "import signal\nfor one in range(1, 32):\n  if one not in (9, 17, 19): signal.signal(one, signal.SIG_IGN)\nwhile True: pass",
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
    ],
)
def test_a_snippet_that_does_not_end_is_stopped(source: str) -> None:
    for limit_s in (2, 10, 30):
        outcome = run({"a": "c.A.a = 1", "bad": source}, timeout_s=limit_s)
        (failure,) = outcome.failures
        said = failure.sentence()
        if said.startswith("hub.extraConfig.bad"):  # else a busy machine had not even begun with it
            break
    assert said == (
        f"hub.extraConfig.bad: It was not done within {limit_s} s and was stopped. Nothing that follows it was run."
    )
    assert outcome.traits["A"] == {"a": 1}


@pytest.mark.parametrize(
    "source",
    [
        "print('x' * 10**8)",
        "for _ in range(1000): os.write(1, b'x' * 10**5); os.write(2, b'x' * 10**5)",
        "os.close(0); os.close(1); os.close(2); sys.stdout = None",
        "os.fork()",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,)).start()",
        "import atexit, time\natexit.register(time.sleep, 3600)",
        "sys.stdin.read()",
    ],
)
def test_what_a_snippet_does_beside_is_harmless(source: str, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = run({"bad": source, "c": "c.A.c = 2"})
    assert outcome.failures == []
    assert outcome.traits["A"] == {"c": 2}
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("end", ["", "while True: pass", "os._exit(1)"])
def test_what_a_snippet_has_started_ends_with_it(tmp_path: Path, end: str) -> None:
    pid = tmp_path / "pid"
    start = f"import subprocess\nopen({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '3600']).pid))\n"
    for limit_s in (10, 60):
        run({"a": start + end}, timeout_s=limit_s)
        if pid.exists():  # else a busy machine had not even begun with it
            break
    until = time.monotonic() + 60
    while identity.of(int(pid.read_text())) is not None:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_process_has_no_secret_in_its_arguments_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTH_CLIENT_SECRET", "canary")
    source = """
def read(pid, name): return open(f"/proc/{pid}/{name}", "rb").read().decode().split("\\0")
c.A.words = [read(pid, "cmdline") for pid in (os.getpid(), os.getppid())]
c.A.env = sorted(os.environ)
c.A.folder = os.listdir(".")
"""
    made = run({"a": source}, {"hub": {"cookieSecret": "canary"}}).traits["A"]
    assert "canary" not in repr(made)
    assert set(made["env"]) <= {*snippets.ENVIRONMENT, "LC_CTYPE"}
    assert made["folder"] == []


def test_the_values_may_be_large() -> None:
    assert run({"a": "c.A.size = len(get_config('a'))"}, {"a": "x" * 2**21}).traits["A"] == {"size": 2**21}


CANARY = "canary7Wz0pQ2x9Lk"
TELLS = """
token = get_config("hub.services.grader.apiToken")
c.A.header = f"Bearer {token}"
c.A.found = {token: 1}
c.A.db = get_config("hub.db.url").split("@")[0]
raise ValueError(f"wrong token: {token}")
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def shown(folder: Path, config: str, secrets: str = "{}", show_secrets: bool = False) -> str:
    (folder / "config.yaml").write_text(config)
    (folder / "secrets.yaml").write_text(secrets)
    (folder / "secrets.yaml").chmod(0o600)
    found = values.as_traits(values.read(folder, os.environ), show_secrets=show_secrets)
    return repr((found.value, found.problems))


def indented(source: str) -> str:
    return source.strip().replace("\n", "\n      ")


def test_what_a_snippet_does_with_a_secret_is_not_shown(config: Path) -> None:
    service = f"services: {{grader: {{apiToken: {CANARY}}}}}"
    db = f"db: {{type: postgres, url: 'postgres://hub:{CANARY}@db/x'}}"
    text = f"hub:\n  {service}\n  {db}\n  extraConfig:\n    a: |\n      {indented(TELLS)}\n"
    made = shown(config, text)
    assert CANARY not in made
    assert "wrong token: ********" in made
    assert "Bearer ********" in made
    assert CANARY in shown(config, text, show_secrets=True)


def test_names_of_classes_and_traits_are_never_masked(config: Path) -> None:
    made = shown(
        config, "hub: {config: {GenericOAuthenticator: {login_service: x}}}", "custom: {a: Generic, b: login_service}"
    )
    assert "'GenericOAuthenticator': {'login_service': 'x'}" in made


def test_the_command_prints_the_traits_and_tells_what_failed(config: Path) -> None:
    (config / "config.yaml").write_text("hub: {extraConfig: {a: c.A.b = 1, b: c.A.c = d}}\n")
    done = subprocess.run(
        [sys.executable, "-m", "classhub", "values", "--traits", "-o", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["A"] == {"b": 1}
    assert done.stderr == (
        "hub.extraConfig.b, line 1: NameError: name 'd' is not defined. What follows in this snippet was not run.\n"
    )


def test_of_a_snippet_in_secrets_yaml_nothing_is_shown(config: Path) -> None:
    code = f"c.A.b = 1\nc.A.b = ''.join(['{CANARY[:5]}', '{CANARY[5:]}'])\nraise ValueError(c.A.b)"
    made = shown(config, "{}", f"hub:\n  extraConfig:\n    a: |\n      {indented(code)}\n")
    assert CANARY not in made
    assert "'b': '********'" in made
    assert "hub.extraConfig.a, line 3: ValueError. What follows" in made
