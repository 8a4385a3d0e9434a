"""Each rule finds what it is for, says where and how to mend it, and is silent about the same thing put right."""

import json
import re
import time
from hashlib import sha256
from pathlib import Path

import pytest

from classhub.materials.manifest import Entry
from classhub.materials.mirror.candidate import Left
from classhub.materials.mirror.lint import MOST_OF_A_RULE, lint
from classhub.materials.mirror.lint.given import Given

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "course-material.md"
SOURCES = sorted(Path(__file__).parents[4].glob("src/classhub/materials/mirror/lint/*.py"))


def given(files: dict[str, bytes], before: dict[str, bytes] | None = None, **more) -> Given:
    kept = {sha256(data).hexdigest(): data for data in [*files.values(), *(before or {}).values()]}
    entries = [{path: entry(data) for path, data in some.items()} for some in (files, before or {})]
    return Given(
        files=entries[0],
        left=more.pop("left", {}),
        read=kept.__getitem__,
        before=None if before is None else entries[1],
        **more,
    )


def entry(data: bytes) -> Entry:
    return Entry("file", sha256(data).hexdigest(), len(data))


def found(files: dict[str, bytes], **more) -> list[tuple[str, str, str]]:
    return [(one.severity, one.rule, one.path) for one in lint(given(files, **more))]


def notebook(*cells: dict, minor: int = 5, **metadata) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": cells}).encode()


def code(source: str, **more) -> dict:
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


CLEAN = notebook(
    {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# Names"}, code("import math\nmath.pi")
)
FINE = {"labs/lab01.ipynb": CLEAN, "labs/data/rain.csv": b"1,2\n", "README.md": b"# Course\n"}


def test_good_material_gives_no_remark() -> None:
    assert found(FINE) == []


FLAWS = [
    ("error", "solution-name", "labs/lab01-solution.ipynb", CLEAN),
    ("error", "solution-name", "Solutions/lab01.ipynb", CLEAN),
    ("error", "solution-name", "labs/lab01_sol.ipynb", CLEAN),
    ("error", "solution-name", "answer-key.pdf", b"x"),
    ("error", "solution-name", "MidtermExam2.pdf", b"x"),
    ("error", "solution-inside", "lab.ipynb", notebook(code("def f():\n    ### BEGIN SOLUTION\n    return 1"))),
    ("error", "solution-inside", "lab.py", b"x = 1\n### BEGIN HIDDEN TESTS\n"),
    ("error", "secret", "notes.md", b"use ghp_" + b"a1B2" * 9),
    ("error", "secret", "lab.ipynb", notebook(code("db = 'postgres://ada:hunter22x@db.college.edu/x'"))),
    ("error", "secret", "key.pem", b"-----BEGIN RSA PRIVATE KEY-----\n" + b"QUJD" * 10),
    ("error", "secret", ".env", b""),
    ("error", "conflict-markers", "a.md", b"one\n<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> x\n"),
    ("error", "notebook-json", "lab.ipynb", b"{"),
    ("error", "notebook-json", "empty.ipynb", b""),
    ("error", "notebook-json", "list.ipynb", b"[]"),
    ("warning", "notebook-outputs", "lab.ipynb", notebook(code("1", outputs=[{"output_type": "stream"}]))),
    ("warning", "notebook-outputs", "lab.ipynb", notebook(code("1", execution_count=3))),
    ("warning", "notebook-old", "lab.ipynb", notebook(code("1"), minor=4)),
    ("warning", "notebook-old", "lab.ipynb", b'{"nbformat": 3, "worksheets": [{"cells": []}]}'),
    ("warning", "big-file", "film.mp4", bytes(5_000_001)),
    ("warning", "absolute-path", "lab.py", b"open('/home/ada/data.csv')"),
    ("warning", "absolute-path", "lab.ipynb", notebook(code(r"open('C:\\Users\\ada\\data.csv')"))),
    ("warning", "non-ascii-name", "caf\u00e9.md", b""),
    ("warning", "non-ascii-name", "caf\udce9.md", b""),
    ("warning", "shadows-module", "labs/random.py", b""),
]


@pytest.mark.parametrize(("severity", "rule", "path", "data"), FLAWS)
def test_a_flaw_is_found_with_its_place_and_a_fix(severity: str, rule: str, path: str, data: bytes) -> None:
    remarks = lint(given(FINE | {path: data}))
    assert [(one.severity, one.rule, one.path) for one in remarks] == [(severity, rule, path)], remarks
    assert remarks[0].reason
    assert remarks[0].fix


HARMLESS = [
    ("examples/example.md", b""),
    ("practice-exam.pdf", b""),
    ("exam-review.md", b""),
    ("resolution.md", b""),
    ("a.rst", b"Title\n=======\ntext\n"),
    ("git.md", b"Git writes `<<<<<<< HEAD` and\n=======\n"),
    ("urls.md", b"https://college.edu:8443/x ssh://git@college.edu/x http://USER:PASSWORD@host"),
    ("lab.py", b"open('/etc/hostname'); open('data/rain.csv')"),
    ("labs/my_random.py", b""),
    ("keys.md", b"-----BEGIN PRIVATE KEY-----\n...\n"),
    ("r.ipynb", notebook(code("library(ggplot2)"), kernelspec={"language": "R"})),
    ("draft.py", b"def f(:\n"),
]


@pytest.mark.parametrize(("path", "data"), HARMLESS)
def test_what_only_looks_like_a_flaw_is_none(path: str, data: bytes) -> None:
    assert found(FINE | {path: data}) == []


def test_what_has_a_time_of_its_own_may_be_an_exam_or_a_solution() -> None:
    files = {"exams/midterm.ipynb": CLEAN, "solutions/lab01.ipynb": CLEAN}
    assert found(files, timed=["exams/midterm.ipynb", "solutions"]) == []
    assert [one[2] for one in found(files, timed=["exams/mid"])] == ["exams/midterm.ipynb", "solutions/lab01.ipynb"]


def test_names_that_are_one_on_some_disks_clash() -> None:
    assert found({"Lab.md": b"", "lab.md": b""}) == [("error", "name-clash", "lab.md")]
    assert found({"Labs/a": b"", "labs/b": b""}) == [("error", "name-clash", "labs")]
    both = {"caf\u00e9.md": b"", "cafe\u0301.md": b""}
    assert ("error", "name-clash", "caf\u00e9.md") in found(both)


LEFT = ["refused-name", "escaping-link", "submodule", "lfs-pointer", "special-file", "too-large", "unreadable"]


@pytest.mark.parametrize(("rule", "severity"), [*((rule, "error") for rule in LEFT), ("clutter", "warning")])
def test_what_is_left_out_is_told_with_its_reason(rule: str, severity: str) -> None:
    (remark,) = lint(given(FINE, left={"x": Left(rule, "Because.")}))
    assert (remark.severity, remark.rule, remark.path) == (severity, rule, "x")
    assert "Because." in remark.reason


def test_a_module_that_no_kernel_has_is_told_once() -> None:
    text = b"import math, numpy\nfrom helper import x\nimport nothere.sub\nfrom . import y\n"
    text += b"try:\n    import maybe\nexcept ImportError:\n    pass\n"
    files = {"a.py": text, "helper.py": b"", "b.ipynb": notebook(code("%pip install nothere\nimport nothere"))}
    assert found(files, has_module={"numpy"}.__contains__) == [("warning", "missing-import", "a.py")]
    assert found(files) == [], "where it is not known what kernels have"


def test_an_empty_release_is_an_error() -> None:
    assert found({}) == [("error", "empty-release", "")]


def test_a_release_that_drops_over_half_is_an_error() -> None:
    before = {name: name.encode() for name in "abcd"}
    assert found({"a": b"a"}, before=before) == [("error", "drops-half", "")]
    assert found({"a": b"a", "b": b"b"}, before=before) == []
    assert found({"a": b"a", "x": b"b", "y": b"c"}, before=before, renames={"b": "x", "c": "y"}) == []


def test_a_linked_file_that_moved_or_went_is_an_error() -> None:
    before = {"labs/a.ipynb": CLEAN, "labs/b.ipynb": CLEAN, "labs/c/x": b"", "keep": b"1"}
    files = {"labs/new.ipynb": CLEAN, "keep": b"1", "labs/c/y": b"", "more": b"2"}
    linked = ["labs/a.ipynb", "labs/b.ipynb", "labs/c", "labs/planned.ipynb"]
    assert found(files, before=before, linked=linked, renames={"labs/a.ipynb": "labs/new.ipynb"}) == [
        ("error", "linked-file-renamed", "labs/a.ipynb"),
        ("error", "linked-file-removed", "labs/b.ipynb"),
    ]
    assert found(files, before=None, linked=linked) == [], "the first release breaks nothing"


def test_of_many_alike_the_number_is_told() -> None:
    remarks = lint(given({f"caf\u00e9{number}.md": b"" for number in range(200)}))
    assert len(remarks) == MOST_OF_A_RULE + 1
    assert remarks[-1].reason == "150 more of the same."


def test_every_rule_is_on_the_page() -> None:
    rules = {
        rule
        for path in SOURCES
        for rule in re.findall(r'Remark\(\s*"(?:error|warning)", "([a-z-]+)"', path.read_text())
    }
    rules |= {*LEFT, "clutter"}
    assert len(rules) > 20
    assert {rule for rule in rules if f"`{rule}`" not in PAGE.read_text()} == set()


@pytest.mark.parametrize(
    "line",
    [b"<<<<<<< \n", b"\n", b"a+", b"#", b"://", b"x://a:", b"ghp_", b"[", b'{"', b"import x\n", b"/home/"],
)
def test_no_text_makes_a_rule_slow(line: bytes) -> None:
    """A ratio, as machines differ: twice the text takes about twice the time."""
    times = []
    for count in (100_000, 200_000):
        text = b"### BEGIN SOLUTIO " + line * count
        began = time.process_time()
        lint(given({"a.py": text, "b.ipynb": text, "c.md": text}))
        times.append(time.process_time() - began)
    assert times[1] < 4 * times[0] + 0.5, times
