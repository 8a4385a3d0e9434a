"""Whatever the files hold, all of `check` comes back with findings and nothing else, in bounded time and memory."""

import json
import random
import time
import tracemalloc

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.compose import MOST_TROUBLES
from classhub.config.load import look
from classhub.config.reading import LARGEST, parse
from classhub.errors import Finding
from unit.config.examples import PAIRS, needs_shared, shared
from unit.config.slips import slip
from unit.config.test_reading import YAML_PIECES

FILES = ("config.yaml", "secrets.yaml", "autumn.yaml", "classhub.yaml", "courses/comp141.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("any") / "config"
    made.mkdir()
    (made / "config.yaml").write_text("hub: {config: {JupyterHub: {authenticator_class: google}}}\n")
    (made / "classhub.yaml").write_text("values: [autumn.yaml]\n")
    (made / "autumn.yaml").write_text("")
    return made


def checked(folder, **contents):
    """What `check` finds when files hold this; every finding can be shown."""
    config, found = look(folder, {}, instead=contents)
    assert all(isinstance(one, Finding) and one.message and str(one) for one in found)
    assert (config is None) == any(one.severity == "error" for one in found)
    return found


@settings(max_examples=150)
@given(st.sampled_from(FILES), st.binary(max_size=120) | YAML_PIECES.map("".join).map(str.encode))
def test_any_bytes_in_any_file(folder, name, data):
    checked(folder, **{name: data})


WORDS = st.sampled_from(
    ["hub", "config", "singleuser", "memory", "limit", "values", "local", "port", "chart", "version", "people"]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.sampled_from(FILES), st.dictionaries(WORDS | st.text(max_size=5), ANY, max_size=4))
def test_any_values_in_any_file(folder, name, values):
    checked(folder, **{name: json.dumps(values).encode()})


@needs_shared
@settings(max_examples=60)
@given(st.sampled_from(PAIRS or ["none"]), st.integers(0, 10**9), st.integers(1, 4))
def test_real_files_with_slips_at_random_places(folder, name, seed, slips):
    dice, values = random.Random(seed), shared(f"values/{name}")
    for _ in range(slips):
        values, _what = slip(values, "4.4.0", dice)
    checked(folder, **{"config.yaml": json.dumps(values).encode()})


@needs_shared
@settings(max_examples=60)
@given(st.sampled_from(PAIRS or ["none"]), st.data())
def test_real_files_that_were_cut_or_written_into(folder, name, data):
    text = yaml.safe_dump(shared(f"values/{name}")).encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    checked(folder, **{"config.yaml": text[:start] + data.draw(st.binary(max_size=6)) + text[end:]})


@pytest.mark.parametrize(
    "text",
    [
        "cull:\n  timeout: " + "1" * 5000 + "\n",
        "singleuser: {memory: {limit: " + "1" * 5000 + "}}\n",
        "singleuser: {memory: {limit: 1e" + "9" * 30 + "}}\n",
        "hub:\n  extraConfig:\n    a: '" + "-" * 100_000 + "1'\n",
        "hub:\n  extraConfig:\n    a: '" + "(" * 100_000 + "'\n",
        "hub:\n  extraConfig:\n    a: '" + "not " * 50_000 + "1'\n",
    ],
    ids=["digits", "digits of memory", "a power", "minus signs", "brackets", "not"],
)
def test_what_python_cannot_hold_is_a_mistake_of_the_file(folder, text):
    assert checked(folder, **{"config.yaml": text.encode()})


def test_thousands_of_snippets_are_looked_at_once_each(folder):
    text = "hub:\n  extraConfig:\n" + "".join(f"    k{number}: 'a = = 1'\n" for number in range(3000))
    found = checked(folder, **{"config.yaml": text.encode()})
    assert sum(one.count for one in found if one.code == "CH1603") == 3000


def filled(line, head="", tail=""):
    """A file of the largest size."""
    return head + line * ((LARGEST - len(head) - len(tail)) // len(line)) + tail


LARGE = {
    "items": filled("- a\n", "a:\n"),
    "flow": filled("1,", "a: [", "1]"),
    "open brackets": filled("[", "a: "),
    "both brackets": filled("[{", "a: "),
    "questions": filled("? "),
    "the same key": filled("a: 1\n"),
    "unknown aliases": filled("- *x\n", "a:\n"),
    "aliases": filled("- *a\n", "a: &a [1, 2, 3, 4, 5, 6, 7]\nb:\n"),
    "merges": filled("- {<<: *a}\n", "a: &a {x: 1}\nb:\n"),
    "tags": filled("- !!int x\n", "a:\n"),
    "documents": filled("---\n"),
    "a quote": filled("x\n", 'a: "'),
    "a block": filled("  x\n", "a: |\n"),
    "comments": filled("# c\n"),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_file_of_the_largest_size_costs_what_its_values_cost(name):
    data, found = LARGE[name].encode(), []
    plain = time.process_time()
    list(yaml.parse(LARGE["items"], Loader=yaml.CSafeLoader))
    plain = time.process_time() - plain
    ours = time.process_time()
    document = parse(data, "config.yaml", found)
    ours = time.process_time() - ours
    assert ours < 40 * plain + 1
    assert len(found) <= MOST_TROUBLES + 1
    assert document is not None or found


@pytest.mark.parametrize("name", ["open brackets", "aliases", "the same key", "a quote", "a block", "comments"])
def test_memory_is_a_multiple_of_the_files_size(name):
    data = LARGE[name].encode()
    tracemalloc.start()
    try:
        parse(data, "config.yaml", [])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 * len(data)
