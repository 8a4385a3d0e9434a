"""What Helm would see, and that it is what Helm reads back."""

from pathlib import Path
from typing import Any

import pytest

from classhub.config.chart.table import defaults
from classhub.config.edit.render import document
from classhub.config.merge import over_defaults
from classhub.config.reading import parse
from classhub.errors import Mistakes, WrongUsage
from classhub.operations import values
from unit.config.examples import PAIRS, needs_shared, shared


def read_back(value: Any) -> Any:
    mistakes: list[Any] = []
    found = parse(document(value).encode(), "", mistakes)
    assert found is not None and mistakes == []
    return found.values


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_what_is_printed_is_read_back_as_the_same(name: str) -> None:
    merged = over_defaults(shared(f"values/{name}"), defaults("4.4.0"))
    assert read_back(merged) == merged


NUMBERLIKE = "1e3 0o666 0666 12:30:45 2026-01-07 2026_01_07 1.10 .5 +1 .inf yes on NO y ~ null"
MARKS = "- -- --- ... ? : , [ ] { } # & * ! | > ' \" % @ ` = <<"
ODD = [
    *NUMBERLIKE.split(" "),
    *MARKS.split(" "),
    "",
    " ",
    " a",
    "a ",
    "a: b",
    "a #b",
    "a\tb",
    "\ta",
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "\na",
    " a\nb",
    "a\n \nb",
    "a\n\tb",
    "a\r\nb",
    "\u2028",
    "\x85",
    "\x00",
    "\ufeff",
    "🎓",
    "é",
    "a\\b",
    '"a"',
    "'a'",
    "a:",
    "key:value",
    "x" * 500,
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_stay_what_they_are(text: str) -> None:
    value = {"a": text, "b": [text, [text]], "c": [{"d": text}], "e": {text.replace("\0", "") or "f": 1}}
    assert read_back(value) == value


@pytest.mark.parametrize("number", [0, -1, 1.5, 1e22, 1e-9, 0o666, True, False, None, 2**63])
def test_numbers_stay_what_they_are(number: Any) -> None:
    assert read_back({"a": number, "b": [number]}) == {"a": number, "b": [number]}
    assert type(read_back({"a": number})["a"]) is type(number)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "config"
    made.mkdir()
    (made / "config.yaml").write_text("singleuser: {memory: {guarantee: null}, cmd: [a]}\nhub: {baseUrl: /x/}\n")
    (made / "classhub.yaml").write_text('release: autumn\nchart: {version: "4.3.2"}\n')
    return made


def test_own_files_are_merged_over_the_defaults(folder: Path) -> None:
    (folder / "secrets.yaml").write_text("hub: {baseUrl: /y/}\n")
    (folder / "secrets.yaml").chmod(0o600)
    config = values.read(folder, {})
    shown = values.values(config, show_secrets=True).value
    assert shown["hub"]["baseUrl"] == "/y/"
    assert "guarantee" not in shown["singleuser"]["memory"]
    assert shown["cull"]["timeout"] == 3600
    assert values.values(config).value["hub"]["baseUrl"] == "********"


def test_files_in_place_of_the_folders(folder: Path) -> None:
    (folder / "a.yaml").write_text("hub: {baseUrl: /a/, extraEnv: {A: b}}\n")
    (folder / "b.yaml").write_text("hub: {baseUrl: /b/}\n")
    config = values.read(folder, {}, [Path("config/a.yaml"), Path("config/b.yaml")])
    assert config.values["hub"]["baseUrl"] == "/b/"
    assert config.values["hub"]["extraEnv"] == {"A": "b"}
    assert config.values["singleuser"]["cmd"] == "jupyterhub-singleuser"


def test_traits_are_named_by_release_and_chart(folder: Path) -> None:
    made = values.as_traits(values.read(folder, {})).value
    assert made["JupyterHub"]["base_url"] == "/x/"
    assert made["KubeSpawner"]["common_labels"]["release"] == "autumn"
    assert made["KubeSpawner"]["common_labels"]["helm.sh/chart"] == "jupyterhub-4.3.2"
    newer = values.as_traits(values.read(folder, {}, chart="4.4.0"), chart="4.4.0").value
    assert newer["KubeSpawner"]["common_labels"]["helm.sh/chart"] == "jupyterhub-4.4.0"


def test_mistakes_are_raised_and_an_unknown_chart_is_refused(folder: Path) -> None:
    with pytest.raises(WrongUsage, match=r"9\.9\.9"):
        values.read(folder, {}, chart="9.9.9")
    (folder / "config.yaml").write_text("hub: [a\nb: c\n")
    with pytest.raises(Mistakes, match="not closed"):
        values.read(folder, {})


HUSH = "canary7Wz0pQ2x9Lk"


def test_traits_hide_where_a_secret_may_stand_and_show_what_the_chart_makes(tmp_path: Path) -> None:
    snippet = "c.Odd.one = get_config('custom.it'); c.Odd.two = 'plain'; c.Spawner.args = [get_config('custom.it')]"
    text = (
        f'custom: {{it: {HUSH}}}\nsingleuser: {{extraEnv: {{A: {HUSH}}}}}\nhub: {{extraConfig: {{a: "{snippet}"}}}}\n'
    )
    (tmp_path / "config.yaml").write_text(text)
    shown = values.as_traits(values.read(tmp_path, {})).value
    assert shown["KubeSpawner"]["environment"]["A"] == "********"
    assert shown["Odd"] == {"one": "********", "two": "plain"}
    assert shown["Spawner"]["args"] == ["********"]
    (culler,) = [one for one in shown["JupyterHub"]["services"] if "cull" in one["name"]]
    assert "--timeout=3600" in culler["command"]
    (block,) = shown["KubeSpawner"]["init_containers"]
    assert "169.254.169.254" in block["command"]
    whole = values.as_traits(values.read(tmp_path, {}), show_secrets=True).value
    assert whole["Odd"]["one"] == HUSH


def test_values_show_what_is_plainly_none_in_such_places(tmp_path: Path) -> None:
    text = """
singleuser:
  initContainers: [{name: a, image: b, env: [{name: A, value: hush}], securityContext: {privileged: true}}]
hub: {extraEnv: {B: {valueFrom: {secretKeyRef: {name: c, key: d}}}}}
"""
    (tmp_path / "config.yaml").write_text(text)
    shown = values.values(values.read(tmp_path, {})).value
    (container,) = shown["singleuser"]["initContainers"]
    assert (container["name"], container["image"]) == ("a", "b")
    assert container["env"] == [{"name": "A", "value": "********"}]
    assert container["securityContext"] == {"privileged": True}
    assert shown["hub"]["extraEnv"]["B"]["valueFrom"]["secretKeyRef"] == {"name": "c", "key": "d"}
    assert shown["singleuser"]["cmd"] == "jupyterhub-singleuser"
