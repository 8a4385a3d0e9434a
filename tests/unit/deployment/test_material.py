"""The course material of this repository: what students get must work as handed out, and be solvable."""

import ast
import importlib.util
import io
import re
import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest

COURSE = Path(__file__).parents[3] / "material" / "comp141"
LABS = sorted((COURSE / "labs").glob("*.ipynb"))
FILES = sorted(
    path
    for path in COURSE.rglob("*")
    if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & {*path.relative_to(COURSE).parts}
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")

a_lab = pytest.mark.parametrize("lab", LABS, ids=lambda path: path.stem)

SOLUTIONS = {
    "lab01": {
        "minutes_in_class = None": "minutes_in_class = 3 * 50 * 14",
        "whole_hours = None": "whole_hours = under_way // 60",
        "left_minutes = None": "left_minutes = under_way % 60",
        "shout(text):\n    return None": "shout(text):\n    return text.upper() + '!'",
        "fahrenheit(celsius):\n    return None": "fahrenheit(celsius):\n    return celsius * 9 / 5 + 32",
        "(width, length):\n    return None": "(width, length):\n    return str(width * length) + ' square meters'",
    },
    "lab02": {
        "middle_temperature = None": "middle_temperature = temperatures[3]",
        "total(numbers):\n    return None": (
            "total(numbers):\n    result = 0\n    for n in numbers:\n        result = result + n\n    return result\n"
        ),
        "average(numbers):\n    return None": (
            "average(numbers):\n    return total(numbers) / len(numbers) if numbers else 0\n"
        ),
        "(numbers, limit):\n    return None": "(numbers, limit):\n    return sum(n > limit for n in numbers)",
        "position_of_largest(numbers):\n    return None": (
            "position_of_largest(numbers):\n    return numbers.index(max(numbers))"
        ),
        "year_total(months, year):\n    return None": (
            "year_total(months, year):\n    return sum(float(m[2]) for m in months if m[0] == year)"
        ),
    },
    "lab03": {
        "(menu, dish):\n    return None": "(menu, dish):\n    return menu.get(dish, 0)",
        "count_words(words):\n    return None": (
            "count_words(words):\n    counts = {}\n    for w in words:\n        counts[w] = counts.get(w, 0) + 1\n"
            "    return counts\n"
        ),
        "most_common(counts):\n    return None": "most_common(counts):\n    return max(counts, key=counts.get)",
        "(counts, length):\n    return None": (
            "(counts, length):\n    return sorted(w for w in counts if len(w) == length)"
        ),
        "(throws, wanted):\n    return None": (
            "(throws, wanted):\n    return throws.index(wanted) + 1 if wanted in throws else 0"
        ),
    },
}


def _read(lab):
    return nbformat.read(lab, as_version=4)


def _code(lab):
    return [cell.source for cell in _read(lab).cells if cell.cell_type == "code"]


@pytest.fixture
def handed_out(tmp_path):
    """The course as it lies in a student's home."""
    return Path(shutil.copytree(COURSE, tmp_path / "comp141", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def helper(handed_out):
    spec = importlib.util.spec_from_file_location("comp141_under_test", handed_out / "labs" / "comp141.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_three_labs():
    assert [lab.stem for lab in LABS] == ["lab01", "lab02", "lab03"]


@a_lab
def test_a_lab_is_a_valid_notebook_that_can_be_merged_by_cell(lab):
    notebook = _read(lab)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    # A stable name says what the cell is; a random one would change with the next export.
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in ids)
    assert notebook.metadata.kernelspec.name == "python3"


@a_lab
def test_a_lab_is_handed_out_without_outputs(lab):
    code = [cell for cell in _read(lab).cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@a_lab
def test_a_lab_is_written_as_jupyter_writes_it(lab):
    """Indent and order of keys as usual: a difference then shows what changed, not what wrote it."""
    assert nbformat.writes(_read(lab)) + "\n" == lab.read_text(encoding="utf-8")


def test_the_first_cell_greets_and_the_second_still_knows():
    first, second = _code(LABS[0])[:2]
    said = io.StringIO()
    with redirect_stdout(said):
        names = {}
        exec(first, names)
        exec(second, names)
    assert said.getvalue() == "Hello, COMP 141!\nCOMP 141 has 8 characters\n"


@a_lab
def test_a_lab_can_be_solved(lab, handed_out, monkeypatch, capsys):
    monkeypatch.chdir(handed_out / "labs")
    monkeypatch.syspath_prepend(str(handed_out / "labs"))
    monkeypatch.delitem(sys.modules, "comp141", raising=False)
    source = "\n\n".join(_code(lab))
    for skeleton, solution in SOLUTIONS[lab.stem].items():
        assert source.count(skeleton) == 1, skeleton
        source = source.replace(skeleton, solution)
    exec(source, {})
    monkeypatch.delitem(sys.modules, "comp141", raising=False)
    said = capsys.readouterr().out
    exercises = len(re.findall(r"comp141\.check\(", source))
    assert f"{exercises} of {exercises} done. Well done!" in said, said


def test_every_exercise_has_its_check_and_every_check_its_exercise(helper):
    for number, lab in enumerate(LABS, start=1):
        assert re.findall(r'comp141\.check\("(\w+)"', "\n".join(_code(lab))) == helper.LABS[number]
    assert sorted(name for lab in helper.LABS.values() for name in lab) == sorted([*helper.ANSWERS, *helper.CASES])


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("whole_hours", None, "not started yet"),
        ("whole_hours", 17, "not yet. Yours is 17."),
        ("whole_hours", "16", "That is text"),
        ("shout", lambda text: None, "must return its result, not print it"),
        ("shout", lambda text: text.upper(), "shout('hello') should give 'HELLO!', yours gives 'HELLO'"),
        ("shout", lambda text: text + "!", "Look at capital and small letters"),
        ("shout", lambda: "HELLO!", "stopped with TypeError"),
        ("shout", lambda text: text / 2, "stopped with TypeError"),
        ("shout", "HELLO!", "should be a function"),
        ("rectangle_sign", lambda a, b: str(a * b) + "square meters", "0 of 2 tries right"),
        ("fahrenheit", lambda celsius: celsius * 1.8 + 32, "right!"),
        ("count_words", lambda words: [], "should give {'a': 2, 'b': 1}, yours gives []"),
        ("no_such_exercise", 1, "There is no exercise called"),
    ],
)
def test_a_check_answers_in_a_sentence_and_never_raises(helper, capsys, name, answer, said):
    helper.check(name, answer)
    assert said in capsys.readouterr().out


def test_a_check_forgets_what_is_no_longer_right(helper, capsys):
    helper.check("left_minutes", 40)
    helper.check("left_minutes", 41)
    helper.progress(1)
    assert "[ ] left_minutes" in capsys.readouterr().out


def test_a_chart_is_a_drawing_and_lines_of_text(helper):
    chart = helper.chart({"<rain>": 4, "snow": 2.5, "hail": None}, title="Weather & sea")
    svg = chart._repr_svg_()
    assert "&lt;rain&gt;" in svg
    assert "Weather &amp; sea" in svg
    lines = repr(chart).splitlines()
    assert lines[1].count("#") == 40
    assert lines[2].count("#") == 25
    assert "(to do)" in lines[3]


def test_a_chart_of_nothing_says_so(helper):
    assert repr(helper.chart(None)) == "(nothing to draw yet)"
    assert helper.chart([])._repr_svg_() is None


def test_the_labs_need_the_standard_library_only_and_python_3_9():
    sources = {str(path): path.read_text(encoding="utf-8") for path in COURSE.rglob("*.py")}
    sources |= {str(lab): "\n".join(_code(lab)) for lab in LABS}
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source, name, feature_version=(3, 9))):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {*imported} <= {*sys.stdlib_module_names, "comp141"}, name


def test_every_link_and_picture_leads_to_a_file():
    texts = [(path, path.read_text(encoding="utf-8")) for path in FILES if path.suffix == ".md"]
    texts += [(lab, cell.source) for lab in LABS for cell in _read(lab).cells if cell.cell_type == "markdown"]
    links = [(path, link) for path, text in texts for link in LINK.findall(text) if "://" not in link]
    assert [f"{path.name}: {link}" for path, link in links if not (path.parent / link).is_file()] == []
    shown = {(path.parent / link).resolve() for path, link in links}
    assert {path for path in FILES if path.suffix in {".svg", ".png"}} <= shown


def test_names_are_plain_and_files_small():
    for path in FILES:
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", str(path.relative_to(COURSE)))
        assert path.stat().st_size < 100_000
