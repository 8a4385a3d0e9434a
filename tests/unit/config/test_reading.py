"""Files are read as Helm reads them, and whatever is wrong becomes a finding with its place, reason and fix."""

import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.document import Document
from classhub.config.reading import LARGEST, parse, read
from classhub.errors import Finding

BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.fixture(params=["C parser", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both must say the same: a machine may lack libyaml."""
    if request.param == "pure Python":
        monkeypatch.delattr(yaml, "CSafeLoader")


def found(text: str | bytes) -> tuple[Document | None, list[Finding]]:
    findings: list[Finding] = []
    document = parse(text if isinstance(text, bytes) else text.encode(), "config/config.yaml", findings)
    return document, findings


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("hub:\n\tbaseUrl: /\n", (2, 1), "A tab is used where YAML allows spaces only."),
        ("hub: {}\n\tbaseUrl: /\n", (2, 1), "A tab is used"),
        ("hub:\n  a: 1\n  \tb: 2\n", (3, 3), "A tab is used"),
        ('a: 1\nb: "foo\nc: 1\n', (2, 4), "The quote that opens here is not closed."),
        ("a: it's\nb: 'x\n", (2, 4), "The quote that opens here is not closed."),
        ('a: "foo\nb: "bar"\n', (1, 4), "The quote that opens here is not closed."),
        ("secret: ***X***\n", (1, 9), "A value cannot start with * like this."),
        ("secret: *hunter2\n", (1, 9), "This value starts with *, and no anchor of that name stands above it."),
        ("a: &x [*x]\n", (1, 8), "This alias stands inside the very thing it names."),
        ("a: 1\nb: 2\na: 3\n", (3, 1), "The key a is here for the second time; line 1 has it already."),
        ("a: {b: 1, b: 2}\n", (1, 11), "The key b is here for the second time"),
        ("- a\n- b\n", (1, 1), "This file is not a mapping."),
        ("just words\n", (1, 1), "This file is not a mapping."),
        ("a: b: c\n", (1, 5), "There is a second colon in this line."),
        ("a: 1\n  b: 2\n", (2, 3), "This key stands where none can be."),
        ("a: 1\nb\nc: 2\n", (2, 1), "This line is neither `key: value` nor an item of a list."),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "The indentation does not fit: this line starts in column 2."),
        ("a: 1\n- b\n", (2, 1), "An item of a list stands here among keys."),
        ("a: [1, 2\nb: 3\n", (1, 4), "The bracket [ that opens here is not closed."),
        ("a: {b: 1\n", (1, 4), "The bracket { that opens here is not closed."),
        ("a: @x\n", (1, 4), "A value cannot start with @ like this."),
        ('a: "\\q"\n', (1, 5), "This backslash sequence has no meaning between double quotes."),
        ("---\na: 1\n---\nb: 2\n", (3, 1), "A second document starts here."),
        ("a: 1\n---\n---\nb: 2\n", (2, 1), "A second document starts here."),
        ('a: 1\n--- ""\n', (2, 1), "A second document starts here."),
        ("a: 1\n---\n[b\n", (2, 1), "A second document starts here."),
        ("? [a]\n: 1\n", (1, 3), "This cannot be a key: a list or a mapping is no key."),
        ("~: 1\n", (1, 1), "This cannot be a key: a key cannot be empty."),
        ("a: .inf\n", (1, 4), "This value cannot be read: infinity"),
        ("a: !!int five\n", (1, 4), "This value cannot be read: the tag !!int does not fit"),
        ("a: 1\n<<: [1]\n", (2, 5), "<< can only merge mappings."),
        ("a: " + "[" * 3000, (1, 103), "Nesting goes deeper than 100 levels here."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("parser")
def test_every_mistake_has_its_place_and_a_fix(text: str, place: tuple[int, int], message: str) -> None:
    _, findings = found(text)
    first = findings[0]
    assert first.message.startswith(message)
    assert (first.line, first.column) == place
    assert first.file == "config/config.yaml"
    assert first.fix


@pytest.mark.parametrize("text", ["a: 1\n---\n", "a: 1\n---\n# the end\n", "---\na: 1\n...\n---\n---\n"])
@pytest.mark.usefixtures("parser")
def test_a_document_with_nothing_in_it_is_no_mistake(text: str) -> None:
    document, findings = found(text)
    assert (document.values, findings) == ({"a": 1}, [])


def test_a_file_that_is_not_utf8_says_where() -> None:
    _, findings = found("a: 1\nname: Müller\n".encode("latin1"))
    assert str(findings[0]).startswith("error CH1004 config/config.yaml:2:8: The file is not UTF-8 text from here on.")
    assert "iconv" in findings[0].fix


def test_control_characters_are_named() -> None:
    _, findings = found("a: 1\nb: x\x07y\n")
    assert (findings[0].line, findings[0].column) == (2, 5)
    assert "control character" in findings[0].message


def test_no_message_shows_what_the_file_holds() -> None:
    for text in ("password: *hunter2\n", 'password: "hunter2\n', "hunter2\na: 1\n", "a: {hunter2\n", "a: hunter2: x\n"):
        assert "hunter2" not in "".join(map(str, found(text)[1]))


def test_all_mistakes_of_a_file_come_at_once() -> None:
    _, findings = found("a: 1\na: 2\nb: *x\nb: 3\n")
    assert [finding.line for finding in findings] == [2, 3, 4]


@pytest.mark.usefixtures("parser")
def test_anchors_and_merge_keys_work_as_in_helm() -> None:
    document, findings = found("base: &base {cpu: 1, mem: 2}\nlab:\n  <<: *base\n  mem: 4\nother: *base\n")
    assert not findings
    assert document is not None
    assert document.values["lab"] == {"cpu": 1, "mem": 4}
    assert document.values["other"] == {"cpu": 1, "mem": 2}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n", "\ufeff"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    document, findings = found(text)
    assert document is not None
    assert (document.values, findings) == ({}, [])


def test_every_value_remembers_its_place() -> None:
    document, _ = found("hub:\n  services:\n    a: 1\nlist:\n  - x\n  - y: 2\n")
    assert document is not None
    assert document.place(("hub", "services", "a")) == (3, 5)
    assert document.place(("list", 1, "y")) == (6, 5)
    assert document.place(("hub", "services", "gone")) == (2, 3)
    assert document.has(("list", 0))
    assert not document.has(("list", 7))


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    started = time.perf_counter()
    document, findings = found(BOMB)
    assert document is None
    assert "multiply beyond any use" in findings[0].message
    assert time.perf_counter() - started < 30


def test_a_chain_of_aliases_cannot_get_deep() -> None:
    text = "a0: &a0 [1]\n" + "".join(f"a{number}: &a{number} [*a{number - 1}]\n" for number in range(1, 3000))
    document, findings = found(text)
    assert document is None
    assert "levels of nesting" in findings[0].why


def test_a_bomb_of_merge_keys_is_refused() -> None:
    wide = "a: &a {" + ", ".join(f"k{number}: 1" for number in range(3000)) + "}\n"
    _, findings = found(wide + "b:\n" + "".join(f"  - <<: *a\n    x: {number}\n" for number in range(3000)))
    assert "multiply beyond any use" in findings[0].message


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    line = "- abcdefgh\n"
    body = "a:\n" + line * ((LARGEST - 3) // len(line))
    path.write_text(body + "#" * (LARGEST - len(body)))
    findings: list[Finding] = []
    assert read(path, "config.yaml", findings) is not None
    path.write_text("#" * (LARGEST + 1))
    assert read(path, "config.yaml", findings) is None
    assert findings[0].message == "The file has 1.0 MiB; 1 MiB is the most."
    assert "Secret" in findings[0].why


def test_what_is_no_file_is_said_without_opening_it(tmp_path: Path) -> None:
    findings: list[Finding] = []
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "pipe", "nowhere"):
        assert read(tmp_path / name, name, findings) is None
    assert [finding.message for finding in findings] == [
        "This is a folder; a file is needed.",
        "This is a device, a pipe or a socket; a file is needed.",
        "The file does not exist.",
    ]


def test_a_file_that_may_not_be_read_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    findings: list[Finding] = []
    assert read(path, "config/config.yaml", findings) is None
    assert findings[0].message == "You may not read this file."
    assert "chmod" in findings[0].fix


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    document, findings = found(data)
    assert document is not None or findings


WORDS = [
    "a",
    "b: ",
    "- ",
    "\n",
    "  ",
    "\t",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">\n",
    "!!int ",
    "---\n",
    "? ",
    ": ",
    "1e3",
    "é",
]
PIECES = [*WORDS, *"{}[]\"',#\\%@"]
YAML_PIECES = st.lists(st.sampled_from(PIECES), max_size=40)


@settings(max_examples=500)
@given(YAML_PIECES.map("".join))
def test_near_yaml_never_raises(text: str) -> None:
    document, findings = found(text)
    assert document is not None or findings
    assert all(finding.line >= 1 and finding.column >= 1 for finding in findings)


def test_a_key_of_a_character_that_cannot_be_seen_is_kept_as_helm_keeps_it() -> None:
    document, findings = found('"\\0": 1\na: {"\\0": {b: 2}}\n<<: {c: 3}\n')
    assert document is not None and findings == []
    assert document.values == {"\0": 1, "a": {"\0": {"b": 2}}, "c": 3}
    assert document.place(("a", "\0")) == (2, 5)
