"""Source for pods says to Python what it said before, line by line."""

import ast

import pytest

from classhub.materials.bare_source import bare
from classhub.materials.student_side import modules


def without_texts(tree):
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list) and len(node.body) > 1:
            kept = [one for one in node.body if not is_text(one)]
            node.body = kept or node.body[:1]
    return tree


def is_text(one):
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)


def lines_of(tree):
    return [(type(one).__name__, one.lineno) for one in ast.walk(tree) if hasattr(one, "lineno")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_module_means_the_same_on_the_same_lines(path):
    source = path.read_text(encoding="utf-8")
    before, after = without_texts(ast.parse(source)), without_texts(ast.parse(bare(source)))
    assert ast.dump(after) == ast.dump(before)
    assert lines_of(after) == lines_of(before)
    assert len(bare(source)) <= len(source)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('"""What."""\nx = 1  # why\n', "\nx = 1\n"),
        ('def f():\n    """All of it."""\n', 'def f():\n    """All of it."""\n'),
        ('def f(): "short"; return 1\n', 'def f(): "short"; return 1\n'),
        ('x = """\n# no comment\n"""\n', 'x = """\n# no comment\n"""\n'),
        ('x = "#"  # one\n', 'x = "#"\n'),
        ("class A:\n    # why\n    x: int\n    \"\"\"What.\n    More.\"\"\"\n    y: int\n", "class A:\n\n    x: int\n\n\n    y: int\n"),
        ('x = 1; "text"\n', 'x = 1; "text"\n'),
        ('"text"; x = 1\n', '"text"; x = 1\n'),
        ('x = 1\n"é"  # why\n', "x = 1\n\n"),
        ('match x:\n    case 1: "one"; y()\n', 'match x:\n    case 1: "one"; y()\n'),
        ("if x:\n    pass\nelse:\n    # why\n    y()\n", "if x:\n    pass\nelse:\n\n    y()\n"),
        ("# only a comment", "\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_only_people_read_goes(source, wanted):
    assert bare(source) == wanted
