"""No secret is in what the plan of a release says, wherever it stands and however it changes; that it changes is said."""

import copy
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.operations.plan import Foreseen
from classhub.operations.plan import as_json as told_as_json
from classhub.plan.in_force import DryRun
from classhub.plan.objects import as_json, compare
from classhub.plan.steps import Step
from classhub.plan.told_release import told_release
from unit.plan.manifests import encoded, render, thing
from unit.plan.situations import in_force
from unit.plan.test_objects import leaves, put
from unit.plan.test_told_release import JHUB, RUNNING
from unit.secrets_everywhere import ANYTHING, PLACES

OLD, NEW = "canaryold1e7f", "canarynew9b3c"
MORE = {"an argument of the hub": ("hub: {args: ['--token=%s']}", "hub.args")}
EVERYTHING = {**PLACES, **ANYTHING, **MORE}


def hidden(old, new, before=None, wanted=None):
    """The list of changes of all objects; nothing that is told, nor what a traceback would show of it, holds a secret."""
    ways = [way for one in (before, wanted) if one for way in one.hidden or ()]
    nobody_knows = any(one is not None and one.hidden is None for one in (before, wanted))
    objects = compare(old, new, None if nobody_knows else ways, "jhub")
    dry = DryRun({}, wanted or in_force(), before, release=JHUB, objects=objects)
    told = told_release(RUNNING, dry, (Step("upgrade", ""),))
    lines = [change.sentence for one in objects for change in one.changes]
    said = "\n".join([*(one.sentence for one in told.consequences), *(one.sentence for one in told.changes), *lines])
    machine = json.dumps([*map(as_json, objects), told_as_json(Foreseen("", told))])
    for text in (said, machine, repr(told), repr(dry), str([(one.old, one.new) for one in objects])):
        for secret in (OLD, NEW, encoded(OLD), encoded(NEW)):
            assert secret not in text.lower()
    assert not re.search(r"\*{8}[0-9]", said + machine), "numbers are for comparing"
    return lines


@pytest.mark.parametrize("place", EVERYTHING)
def test_a_secret_that_changes_is_masked_in_every_object(place):
    text, key = EVERYTHING[place]
    old, new = (in_force(secrets=text % one) for one in (OLD, NEW))
    lines = hidden(render(secrets=text % OLD), render(secrets=text % NEW), old, new)
    assert any(line.startswith(f"values.yaml.{key}") and line.endswith("changed (masked)") for line in lines), lines


@pytest.mark.parametrize("place", [*PLACES, *MORE])
def test_a_secret_in_config_yaml_is_masked_too(place):
    text, key = EVERYTHING[place]
    old, new = (in_force(text % one) for one in (OLD, NEW))
    lines = hidden(render(text % OLD), render(text % NEW), old, new)
    assert any(line.startswith(f"values.yaml.{key}") and line.endswith("changed (masked)") for line in lines), lines


@pytest.mark.parametrize("place", EVERYTHING)
def test_a_secret_that_comes_or_goes_is_masked(place):
    text, _ = EVERYTHING[place]
    without, having = in_force(), in_force(secrets=text % NEW)
    assert hidden(render(), render(secrets=text % NEW), without, having)
    assert hidden(render(secrets=text % NEW), render(), having, without)
    assert hidden([], render(secrets=text % NEW), None, having) == []


@pytest.mark.parametrize("place", EVERYTHING)
def test_where_nobody_knows_what_is_secret_everything_is(place):
    text, _ = EVERYTHING[place]
    old = replace(in_force(text % OLD), hidden=None)
    assert hidden(render(text % OLD), render(text % NEW), old, in_force(text % NEW))


@given(st.data())
@settings(max_examples=40)
def test_any_data_of_any_secret_is_masked(data):
    old = [*render(), thing("Secret", "other", "", data={"a": encoded("b"), "c": encoded("d")}, stringData={"e": "f"})]
    number = data.draw(st.sampled_from([n for n, each in enumerate(old) if each["kind"] == "Secret"]))
    way = data.draw(st.sampled_from([w for w in leaves(old[number]) if w[0] in ("data", "stringData")]))
    both = [copy.deepcopy(old) for _ in range(2)]
    for one, secret in zip(both, (OLD, NEW), strict=True):
        put(one[number], way, encoded(secret) if way[0] == "data" else secret)
    assert hidden(*both) == [f"data.{way[1]}: changed (masked)"]


@pytest.mark.parametrize(
    "manifest",
    [
        lambda secret: thing("ConfigMap", "c", "hub", data={"config.yaml": f"a: 1\nkey: {secret}\n"}),
        lambda secret: thing(
            "Deployment", "d", "x", spec={"template": {"spec": {"containers": [{"args": [f"-x{secret}"]}]}}}
        ),
        lambda secret: thing("Service", "s", "x", metadata={"name": "s", "annotations": {"note": f"see {secret}"}}),
    ],
)
def test_what_is_secret_in_the_values_is_masked_where_no_key_tells_of_it(manifest):
    both = [[*render(f"hub: {{extraEnv: {{COLOUR: {one}}}}}"), manifest(one)] for one in (OLD, NEW)]
    lines = hidden(*both)
    there = [line for line in lines if not line.startswith("values.yaml") and "env.COLOUR" not in line]
    assert len(there) == 1 and there[0].endswith("changed (masked)")


@pytest.mark.parametrize(
    "text",
    ["password = '%s'", "url: https://me:%s@git.college.edu/x", 'client_secret="%s"'],
)
def test_what_looks_like_a_secret_is_masked_where_no_values_are_known(text):
    both = [[thing("ConfigMap", "c", "x", data={"f": f"one\n{text % one}\n"})] for one in (OLD, NEW)]
    assert hidden(*both) == ["data.f: changed (masked)"]


def test_a_variable_named_as_a_secret_is_masked_in_any_workload():
    def job(secret):
        env = [{"name": "API_TOKEN", "value": secret}]
        return thing("Job", "j", "x", spec={"template": {"spec": {"containers": [{"name": "a", "env": env}]}}})

    assert hidden([job(OLD)], [job(NEW)]) == ["spec.template.spec.containers.a.env.API_TOKEN.value: changed (masked)"]
