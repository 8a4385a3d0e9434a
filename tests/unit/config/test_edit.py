"""An edit changes one value and nothing else, or is refused."""

import difflib
import io
import re
from typing import Any

import pytest
import yaml
from hypothesis import event, given, settings
from hypothesis import strategies as st

from classhub.config.edit import edit
from classhub.config.edit.lines import changed
from classhub.config.edit.outcome import outcome, same
from classhub.config.reading import parse
from classhub.errors import Edit, Refused

from .layouts import LAYOUTS

ONE_LINE = [one for one in LAYOUTS if len(one.text.splitlines()) == len(one.after.splitlines()) > 0]


def values_of(text: str) -> Any:
    mistakes = []
    document = parse(text.encode(), "f", mistakes)
    assert document is not None, mistakes
    return document.values


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    return [one[2:] for one in lines if one[0] == "-"], [one[2:] for one in lines if one[0] == "+"]


@pytest.mark.parametrize("one", LAYOUTS, ids=lambda one: one.name)
def test_a_layout_stays_as_it_is(one):
    new = edit(one.text, Edit("set", one.where, one.value))
    assert new == one.after
    assert same(values_of(new), outcome(values_of(one.text), Edit("set", one.where, one.value)))


@pytest.mark.parametrize("one", ONE_LINE, ids=lambda one: one.name)
def test_only_the_lines_of_the_value_differ(one):
    gone, come = changed_lines(one.text, edit(one.text, Edit("set", one.where, one.value)))
    assert len(gone) == len(come) <= 2
    assert changed(one.text, edit(one.text, Edit("set", one.where, one.value))) == come


def test_there_are_layouts_of_one_line():
    assert len(ONE_LINE) >= 20


def test_a_value_that_stands_there_already_changes_nothing():
    assert edit("a: 1   # x", Edit("set", ("a",), 1)) == "a: 1   # x"


@pytest.mark.parametrize(
    ("text", "where", "after"),
    [
        ("a: 1  # one\n# two\nb: 2\n", ("a",), "# two\nb: 2\n"),
        ("a:\n  # c\n  b: 2\nc: 1\n", ("a", "b"), "a: {}\n  # c\nc: 1\n"),
        ("a: 1\n", ("a",), ""),
        ("a:\n- x\n- y\n", ("a", 0), "a:\n- y\n"),
        ("a:\n- x\nb: 1\n", ("a", 0), "a: []\nb: 1\n"),
        ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), "a:\n  - c: 2\n"),
        ("a: {b: 1, c: 2, d: 3}\n", ("a", "c"), "a: {b: 1, d: 3}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a: {b: 1}\n", ("a", "b"), "a: {}\n"),
        ("a: [1, 2]\n", ("a", 0), "a: [2]\n"),
        ("a:\n  code: |\n    x\n\n  b: 1\n", ("a", "code"), "a:\n\n  b: 1\n"),
        ("a: 1\nb: 2", ("b",), "a: 1\n"),
    ],
)
def test_remove(text, where, after):
    assert edit(text, Edit("remove", where)) == after


@pytest.mark.parametrize(
    ("text", "where", "name", "after"),
    [
        ("hub:\n  allowedusers: [a]  # c\n", ("hub", "allowedusers"), "b", "hub:\n  b: [a]  # c\n"),
        ("{'a': 1, b: 2}\n", ("a",), "c", "{'c': 1, b: 2}\n"),
        ("a:\n  x: 1\n", ("a",), "yes", '"yes":\n  x: 1\n'),
    ],
)
def test_rename(text, where, name, after):
    assert edit(text, Edit("rename", where, name)) == after


@pytest.mark.parametrize(
    ("text", "where", "new", "after"),
    [
        (
            "hub:\n  # who\n  admins:  # two\n    - a\n  x: 1\n",
            ("hub", "admins"),
            ("hub", "config", "Authenticator", "admin_users"),
            "hub:\n  x: 1\n  config:\n    Authenticator:\n      # who\n      admin_users:  # two\n        - a\n",
        ),
        (
            "hub:\n  cpu: {limit: 1} # c\nsingleuser:\n  # memory\n  memory: 1\n",
            ("hub", "cpu"),
            ("singleuser", "cpu"),
            "hub: {}\nsingleuser:\n  # memory\n  memory: 1\n  cpu: {limit: 1} # c\n",
        ),
        ("a: {b: 1, c: 2}\nd: {}\n", ("a", "b"), ("d", "e"), "a: {c: 2}\nd: {e: 1}\n"),
        (
            "code: |\n  a\n\n    b\nhub:\n  x: 1\n",
            ("code",),
            ("hub", "code"),
            "hub:\n  x: 1\n  code: |\n    a\n\n      b\n",
        ),
    ],
)
def test_move(text, where, new, after):
    assert edit(text, Edit("move", where, new)) == after


@pytest.mark.parametrize(
    ("text", "change", "words"),
    [
        ("a: &x 1\nb: *x\n", Edit("set", ("a",), 2), "*x repeats elsewhere what stands in line 1"),
        ("a: &x {c: 1}\nb: *x\n", Edit("set", ("b", "c"), 2), "line 2 repeats with *x"),
        ("a: &x {c: 1}\nb: {<<: *x}\n", Edit("remove", ("b", "c")), "with <<"),
        ("a: 1\n---\nb: 1\n", Edit("set", ("a",), 2), "second document"),
        ("a:\n\tb: 1\n", Edit("set", ("a",), 2), "tab"),
        ("a: [1, 2\n", Edit("set", ("a",), 2), "line"),
        ("- 1\n", Edit("set", ("a",), 2), "not a mapping"),
        ("a: text\n", Edit("set", ("a", "b"), 2), "a is text"),
        ("a: [1]\n", Edit("set", ("a", 4), 2), "list without a place 4"),
        ("a: 1\nb: 2\n", Edit("rename", ("a",), "b"), "a key of that name"),
        ("a: 1\nb: 2\n", Edit("move", ("a",), ("b",)), "has a value already"),
        ("a: 1\n", Edit("remove", ("b",)), "no b"),
        ("a: 1\n", Edit("set", ("a",), float("nan")), "cannot stand"),
        ("a: 1\n", Edit("set", (), 1), "must be named"),
    ],
)
def test_what_is_not_certain_is_refused(text, change, words):
    with pytest.raises(Refused) as refused:
        edit(text, change)
    assert words in str(refused.value)


def test_a_merged_value_that_every_use_overrides_may_be_changed():
    text = "a: &x {c: 1}\nb: {<<: *x, c: 2}\n"
    assert edit(text, Edit("set", ("a", "c"), 3)) == "a: &x {c: 3}\nb: {<<: *x, c: 2}\n"


TEXTS = st.one_of(
    st.sampled_from(
        ["yes", "1e3", "2026-01-07", "a: b", "#", " x ", "", "null", "~", "- a", "0o17", "<<", "=", "*x", "12:30:45"]
    ),
    st.text(max_size=12),
    st.text("ab \n\t#:'\"", max_size=12),
)
SCALARS = st.one_of(
    TEXTS, st.booleans(), st.none(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
NO_NUL = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # the reader drops such a key
KEYS = st.one_of(
    st.sampled_from(["a", "b", "hub", "my.key", "yes", "1", "x y"]), st.text(NO_NUL, min_size=1, max_size=4)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@st.composite
def files(draw: Any) -> str:
    """YAML as PyYAML or ruamel writes it, with comments and aliases strewn in."""
    import ruamel.yaml

    made = draw(st.dictionaries(KEYS, VALUES, max_size=4))
    if made and draw(st.booleans()):
        made["again"] = draw(st.sampled_from(list(made.values())))  # written as an alias where it is no scalar
    if draw(st.booleans()):
        stream = io.StringIO()
        writer = ruamel.yaml.YAML(typ="safe", pure=True)
        writer.default_flow_style = draw(st.sampled_from([False, None]))
        writer.dump(made, stream)
        text = stream.getvalue()
    else:
        style = draw(st.sampled_from([None, "'", '"', "|", ">"]))
        text = yaml.safe_dump(
            made,
            default_flow_style=draw(st.sampled_from([True, False, None])),
            default_style=style,
            indent=draw(st.sampled_from([2, 4])),
            allow_unicode=draw(st.booleans()),
            width=draw(st.sampled_from([20, 1000])),
        )
    lines = text.split("\n")
    for number in draw(st.lists(st.integers(0, len(lines)), max_size=3)):
        lines.insert(number, draw(st.sampled_from(["# c", "  # c", "", "    # d"])))
    text = "\n".join(lines)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def ways(values: Any, above: tuple = ()) -> list[tuple]:
    inner = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    return [way for part, value in inner for way in [(*above, part), *ways(value, (*above, part))]]


@st.composite
def changes(draw: Any, values: Any) -> Edit:
    known = ways(values)
    where = draw(st.sampled_from(known)) if known and draw(st.integers(0, 5)) else ()
    do = draw(st.sampled_from(["set", "set", "set", "rename", "move", "remove"])) if where else "set"
    if do == "set":
        more = draw(st.lists(KEYS, min_size=0 if where else 1, max_size=0 if where and draw(st.booleans()) else 2))
        return Edit("set", (*where, *more), draw(VALUES))
    new = {"rename": KEYS, "move": st.lists(KEYS, min_size=1, max_size=3).map(tuple), "remove": st.none()}[do]
    return Edit(do, where, draw(new))


@settings(max_examples=400)
@given(st.data())
def test_editing_a_file_is_editing_its_values_or_refused(data):
    text = data.draw(files())
    mistakes = []
    document = parse(text.encode("utf-8", "surrogatepass"), "f", mistakes)
    if document is None or mistakes:
        return
    change = data.draw(changes(document.values))
    try:
        new = edit(text, change)
    except Refused as refused:
        event(f"refused: {refused.cause or refused.what[:20]}"[:60])
        return
    event(f"done: {change.do}")
    assert same(values_of(new), outcome(document.values, change))
    comments = [line.strip() for line in text.splitlines() if line.strip() in ("# c", "# d")]
    if change.do == "rename":
        assert [line.strip() for line in new.splitlines() if line.strip() in ("# c", "# d")] == comments


@settings(max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=4), VALUES)
def test_plain_files_are_never_refused(values, new):
    """What PyYAML writes without any oddity, as keys after a question mark, can always be changed."""
    text = yaml.safe_dump(values, default_flow_style=False, width=1000)
    mistakes = []
    document = parse(text.encode(), "f", mistakes)
    if document is None or mistakes or re.search(r"^[ -]*\? ", text, re.MULTILINE):
        return
    for way in ways(document.values):
        changed = edit(text, Edit("set", way, new))
        assert same(values_of(changed), outcome(document.values, Edit("set", way, new)))
        edit(text, Edit("remove", way))
