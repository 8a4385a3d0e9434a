"""Our table of the chart's values agrees with the chart's own defaults and schema."""

import copy
import random
from typing import Any

import pytest

from classhub.config.chart.table import Key, defaults, table
from classhub.config.chart.verdict import problems
from classhub.config.merge import over_defaults
from unit.config.examples import PAIRS, TAG, needs_shared, shared

MUTATIONS_PER_FILE = 3


def messages(values: dict[str, Any]) -> list[str]:
    return [problem.message for problem in problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))]


@needs_shared
def test_our_defaults_are_the_charts() -> None:
    assert defaults("4.4.0", TAG) == shared("chart-defaults-4.4.0")


def test_tags_of_the_charts_own_images_are_its_version() -> None:
    assert defaults("4.4.0")["hub"]["image"]["tag"] == "4.4.0"
    assert defaults("4.4.0")["singleuser"]["image"]["tag"] == "4.4.0"


def test_defaults_are_a_fresh_copy_each_time() -> None:
    defaults("4.4.0")["hub"]["config"]["JupyterHub"]["admin_access"] = False
    assert defaults("4.4.0")["hub"]["config"]["JupyterHub"]["admin_access"] is True


def test_a_version_without_a_table_is_said() -> None:
    with pytest.raises(KeyError):
        table("0.1.0")


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_real_files_have_no_mistake(name: str) -> None:
    assert messages(shared(f"values/{name}")) == []


@pytest.fixture(scope="module")
def schema() -> Any:
    """The chart's own, as a validator; Helm's verdict on 256 of 256 real files (facts/z2jh.md)."""
    import jsonschema

    return jsonschema.Draft7Validator(shared("values.schema-4.4.0"))


@needs_shared
@pytest.mark.parametrize("name", PAIRS[::2] + ["z2jh-lint"] * 5)
def test_verdict_on_mutations_is_the_schemas(name: str, schema: Any, request: pytest.FixtureRequest) -> None:
    dice = random.Random(request.node.name)
    base = shared(f"values/{name}")
    for _ in range(MUTATIONS_PER_FILE):
        values, what = mutate(copy.deepcopy(base), dice)
        merged = over_defaults(values, defaults("4.4.0"))
        found = problems(merged, table("4.4.0"))
        assert bool(found) == (not schema.is_valid(merged)), what
        assert all(problem.fix for problem in found), what


def mutate(values: dict[str, Any], dice: random.Random) -> tuple[dict[str, Any], str]:
    """One plausible slip somewhere among the keys that the chart knows."""
    node, key, path = values, table("4.4.0"), []
    while True:
        names = list(key.keys) or list(node)
        name = dice.choice(names) if names else "thing"
        path.append(name)
        inner = key.keys.get(name, Key(others="yes"))
        if not inner.keys or dice.random() < 0.15:
            break
        if not isinstance(node.get(name), dict):
            node[name] = {}
        node, key = node[name], inner
    kind = dice.choice(["misspell", "type", "null"])
    if kind == "misspell":
        node[name[:1] + name] = node.pop(name, True)
    elif kind == "null":
        node[name] = None
    else:
        node[name] = dice.choice([3, -3, 2.5, "words", True, [], ["x"], {}, {"x": "y"}, {"x": 1}, "", "Prefix"])
    return values, f"{kind} {'.'.join(path)}: {node.get(name)!r}"


@pytest.mark.parametrize(
    ("values", "sentence", "fix"),
    [
        (
            {"hubb": {}},
            "The chart knows no key hubb at the top level. Did you mean hub?",
            "Write hub: in place of hubb:",
        ),
        (
            {"prePuller": {"continuous": {"enabed": True}}},
            "The chart knows no key enabed in prePuller.continuous. Did you mean enabled?",
            "Write enabled:",
        ),
        ({"singleuser": {"start_timeout": 1}}, "Did you mean startTimeout?", "startTimeout"),
        ({"memory": {"limit": "1G"}}, "There is singleuser.memory.", "Move it there"),
        ({"auth": {}}, "The chart knows no key auth at the top level.", "hub.config"),
        (
            {"hub": {"concurrentSpawnLimit": "64"}},
            "hub.concurrentSpawnLimit must be a whole number or null; here it is text.",
            "without quotes",
        ),
        ({"singleuser": {"cpu": {"limit": "500m"}}}, "singleuser.cpu.limit must be a number or null", "without a unit"),
        (
            {"singleuser": {"image": {"tag": 1.1}}},
            "singleuser.image.tag must be text; here it is a number.",
            'tag: "..."',
        ),
        ({"singleuser": {"image": {"tag": None}}}, "singleuser.image.tag is missing, and the chart needs it.", "Give"),
        ({"cull": None}, "cull is missing", "Give"),
        ({"hub": {"db": {"type": "sqlite"}}}, "must be one of sqlite-pvc, sqlite-memory", "one of them"),
        ({"hub": {"config": {"jupyterHub": {}}}}, "does not start with a capital letter", "Write JupyterHub"),
        (
            {"hub": {"config": {"JupyterHub": 3}}},
            "hub.config.JupyterHub must be a mapping; here it is a whole number.",
            "indented",
        ),
        ({"hub": 3}, "hub must be a mapping", "indented"),
        (
            {"singleuser": {"extraFiles": {"a": {"mountPath": "/x"}}}},
            "needs exactly one of data, stringData, binaryData",
            "Keep one",
        ),
        (
            {"singleuser": {"extraLabels": {"a": True}}},
            "singleuser.extraLabels.a must be text; here it is true or false.",
            "quotes",
        ),
        ({"ingress": {"hosts": "hub.college.edu"}}, "ingress.hosts must be a list", "after a dash"),
    ],
)
def test_mistakes_say_what_is_wrong_and_what_to_write(values: dict[str, Any], sentence: str, fix: str) -> None:
    found = problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))
    assert len(found) == 1
    assert sentence in found[0].message
    assert fix in found[0].fix


def test_free_places_are_free() -> None:
    free: dict[str, Any] = {
        "custom": {"anything": 1},
        "hub": {"config": {"AnyClass": {"any": 1}}, "services": {"x": {"y": 1}}, "extraConfig": {"a": "b"}},
        "singleuser": {"extraEnv": {"A": "1"}, "profileList": [{"any": 1}], "extraPodConfig": {"x": 1}},
    }
    assert messages(free) == []


def test_no_message_shows_a_value() -> None:
    assert "4711" not in "".join(
        map(str, problems(over_defaults({"hub": {"cookieSecret": 4711}}, defaults("4.4.0")), table("4.4.0")))
    )
