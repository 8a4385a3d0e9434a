"""The chart's own schema is asked in addition, where the chart is in a cache or given: it never tells a mistake twice."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from classhub.config.crowd import MOST_ALIKE
from classhub.operations import check
from classhub.operations.check import Wanted
from classhub.outside import json_schema
from classhub.outside.json_schema_child import MOST_REFUSALS
from unit.config.examples import PAIRS, SHARED, needs_shared

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["campus"],
    "properties": {
        "campus": {"type": "string"},
        "custom": {"type": "object", "properties": {"colour": {"enum": ["red", "blue"]}}, "required": ["town"]},
        "cull": {"type": "object", "properties": {"enabled": {"type": "boolean"}}, "additionalProperties": False},
    },
}
DEFAULTS = "campus: north\ncustom: {town: here}\ncull: {enabled: true}\n"


def package(path: Path, schema: str = json.dumps(SCHEMA), defaults: str = DEFAULTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (("values.schema.json", schema), ("values.yaml", defaults)):
            member = tarfile.TarInfo(f"jupyterhub/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wanted:
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.chdir(tmp_path)
    return Wanted(config, {"HOME": str(tmp_path)}, schema=package(tmp_path / "chart.tgz"))


def told(wanted: Wanted, values: str) -> list[tuple[str, int, str]]:
    (wanted.folder / "config.yaml").write_text(values)
    found = check.findings(wanted)
    return [(one.code, one.line, check.dotted(one.path)) for one in found if one.severity == "error"]


def test_values_are_laid_over_the_defaults_of_the_package(wanted):
    assert told(wanted, "custom: {colour: red}\n") == []


def test_what_the_schema_alone_refuses_is_told_at_its_line(wanted):
    values = "custom:\n  town: null\n  colour: green\ndebug: {enabled: true}\n"
    assert told(wanted, values) == [
        ("CH1210", 2, "custom.town"),
        ("CH1210", 3, "custom.colour"),
        ("CH1210", 4, "debug"),
    ]


def test_a_mistake_that_our_table_tells_is_told_once(wanted):
    values = "cull:\n  enabled: maybe\n  enabed: 3\nhubb: {}\n"
    assert told(wanted, values) == [("CH1202", 2, "cull.enabled"), ("CH1201", 3, "cull.enabed"), ("CH1201", 4, "hubb")]


def test_no_value_is_shown(wanted):
    (wanted.folder / "config.yaml").write_text("custom: {colour: canary}\n")
    assert "CH1210" in str(check.as_json(check.findings(wanted)))
    assert "canary" not in str(check.findings(wanted))


@pytest.mark.parametrize("schema", ["{", '{"type": "strange"}', '{"$ref": "http://localhost/x"}', "[" * 20000, "3"])
def test_a_schema_that_is_none_is_one_finding(wanted, schema):
    package(wanted.schema, schema)
    found = [one for one in check.findings(wanted_with(wanted)) if one.code == "CH1209"]
    assert [(one.severity, one.file) for one in found] == [("error", "chart.tgz")]


def wanted_with(wanted: Wanted, values: str = "") -> Wanted:
    (wanted.folder / "config.yaml").write_text(values)
    return wanted


def test_a_package_in_the_cache_is_asked_and_a_damaged_one_is_only_a_warning(wanted, tmp_path):
    cache = package(tmp_path / ".cache/classhub/jupyterhub-4.4.0.tgz")
    cached = Wanted(wanted.folder, wanted.environ)
    assert told(cached, "debug: {enabled: true}\n") == [("CH1210", 1, "debug")]
    (wanted.folder / "classhub.yaml").write_text('chart: {version: "4.3.2"}\n')
    assert told(cached, "debug: {enabled: true}\n") == []
    (wanted.folder / "classhub.yaml").unlink()
    cache.write_bytes(b"damaged")
    found = [one for one in check.findings(cached) if one.code == "CH1209"]
    assert [(one.severity, one.file) for one in found] == [("warning", ".cache/classhub/jupyterhub-4.4.0.tgz")]


@needs_shared
@pytest.mark.parametrize("version", ["4.4.0", "main"])
def test_the_real_schema_adds_nothing_on_real_files(tmp_path, version):
    schema = SHARED / f"values.schema-{version}.json"
    assert PAIRS
    for name in PAIRS:
        files = (SHARED / "values" / f"{name}.json",)
        found = check.findings(Wanted(tmp_path, {}, files, schema=schema))
        assert {one.code for one in found} & {"CH1209", "CH1210"} == set(), name


@needs_shared
def test_the_real_schema_refuses_what_the_table_does_at_the_same_place(tmp_path):
    """Each of them once, whichever of the two tells it."""
    values = tmp_path / "values.yaml"
    values.write_text("hub:\n  typo: 1\nproxy:\n  https: {type: magic}\nsingleuser:\n  cpu: {limit: 500m}\n")
    found = check.findings(Wanted(tmp_path, {}, (values,), schema=SHARED / "values.schema-4.4.0.json"))
    wrong = [one.code for one in found if one.severity == "error"]
    assert wrong == ["CH1201", "CH1202", "CH1501"]


def hostile(depth: int) -> str:
    """A kilobyte that means two to the power of depth comparisons."""
    steps = {f"s{number}": {"allOf": [{"$ref": f"#/definitions/s{number + 1}"}] * 2} for number in range(depth)}
    return json.dumps({"definitions": {**steps, f"s{depth}": {"type": "object"}}, "$ref": "#/definitions/s0"})


@pytest.mark.timeout(60)
def test_a_schema_without_an_end_is_one_finding_beside_the_others(wanted, monkeypatch):
    monkeypatch.setattr(json_schema, "SECONDS", 2)
    package(wanted.schema, hostile(60))
    (wanted.folder / "config.yaml").write_text("hubb: {}\n")
    assert [one.code for one in check.findings(wanted) if one.severity == "error"] == ["CH1209", "CH1201"]


def test_a_schema_without_memory_is_one_finding(wanted, monkeypatch):
    monkeypatch.setattr(json_schema, "MEMORY", 2**20)
    assert told(wanted, f"custom: {{town: {'a' * 2**19}}}\n") == [("CH1209", 0, "")]


def test_of_very_many_refusals_the_first_are_told(wanted):
    values = "custom:\n" + "".join(f"  k{number}: 1\n" for number in range(5000))
    package(wanted.schema, json.dumps({"properties": {"custom": {"additionalProperties": {"type": "string"}}}}))
    found = [one for one in check.findings(wanted_with(wanted, values)) if one.code == "CH1210"]
    assert len(found) == MOST_ALIKE + 1
    assert sum(one.count for one in found) == MOST_REFUSALS + 1
