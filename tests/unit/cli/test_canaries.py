"""No secret in anything that check, values and config get print, wherever it stands and however badly it is written."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from classhub.config.edit.render import document
from classhub.errors import ClasshubError, Edit
from classhub.operations import check, configure, values
from unit.cli.canaries import BROKEN, CANARY, NUMBERS, badly, written
from unit.secrets_everywhere import PLACES


def said(folder: Path) -> Iterator[str]:
    """All that the commands would print of the folder, traits without hub.extraConfig included."""
    found = check.findings(check.Wanted(folder, {}))
    yield from map(str, found)
    yield json.dumps(check.as_json(found))
    yield from check.as_github(found)
    for ask in (_values, _traits, *(_setting(key) for key in ("hub", "proxy"))):
        try:
            value = ask(folder)
        except ClasshubError as error:
            yield str(error)
        else:
            yield from (document(value), json.dumps(value))


def _values(folder: Path) -> Any:
    return values.values(values.read(folder, {})).value


def _traits(folder: Path) -> Any:
    return values.as_traits(values.read(folder, {})).value


def _setting(key: str) -> Callable[[Path], Any]:
    return lambda folder: configure.get(folder, (key,)).value


def put(folder: Path, file: str, text: str) -> None:
    for name in ("config.yaml", "secrets.yaml"):
        (folder / name).write_text(text if name == file else "{}\n")
        (folder / name).chmod(0o600)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


@pytest.mark.parametrize("file", ["config.yaml", "secrets.yaml"])
@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_printed(config: Path, place: str, file: str) -> None:
    for name, tree in {"well": written(place), **badly(place)}.items():
        put(config, file, yaml.safe_dump(tree))
        for text in said(config):
            assert CANARY not in text, name
            assert not any(number in text for number in NUMBERS), name


@pytest.mark.parametrize("line", BROKEN)
def test_no_secret_is_printed_of_what_cannot_be_read(config: Path, line: str) -> None:
    line = line.format(CANARY)
    section = "hub:\n  config:\n    GoogleOAuthenticator:\n"
    for file in ("config.yaml", "secrets.yaml"):
        put(config, file, section + "".join(f"      {one}\n" for one in line.split("\n")))
        assert not [text for text in said(config) if CANARY in text]
    put(config, "secrets.yaml", line)
    assert not [text for text in said(config) if CANARY in text]


@pytest.mark.parametrize("text", [CANARY, "x", 7331944444])
def test_whatever_stands_in_secrets_yaml_is_hidden(config: Path, text: Any) -> None:
    own = {
        "custom": {"plain": text},
        "singleuser": {"extraEnv": {"PLAIN": str(text)}, "networkTools": {"resources": {"a": text}}},
    }
    put(config, "secrets.yaml", yaml.safe_dump(own))
    shown = _values(config)
    assert shown["custom"] == {"plain": "********"}
    assert shown["singleuser"]["extraEnv"] == {"PLAIN": "********"}
    traits = _traits(config)["KubeSpawner"]
    assert traits["environment"] == {"PLAIN": "********"}
    assert traits["init_containers"][-1]["resources"] == {"a": "********"}


def test_the_canary_is_there_when_it_is_asked_for(config: Path) -> None:
    """Or the tests above prove nothing."""
    for place in PLACES:
        put(config, "config.yaml", yaml.safe_dump(written(place)))
        try:
            shown = values.values(values.read(config, os.environ), show_secrets=True).value
        except ClasshubError:
            continue
        assert CANARY in document(shown), place


def test_config_set_repeats_no_secret(config: Path) -> None:
    (config / "config.yaml").write_text("hub: {}\n")
    for where, new in (
        (("hub", "db", "url"), f"postgres://hub:{CANARY}@db/x"),
        (("hub", "extraFiles", "a"), {"mountPath": "/a", "stringData": CANARY}),
    ):
        changed = configure.change(config, {}, Edit("set", where, new))
        assert changed.done and CANARY not in changed.lines
