"""Names that are never delivered, and those of copies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classhub.materials import names


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "../up", "a/../../b", "a/./b", ".", "", "a//b", "a/", "nul\0", "x" * 256, "\u00fc" * 128, "\ud800",
        ".git/config", ".GIT/config", "a/.Git", "git~1/x", "GIT~1", ".git./x", ".git /x", ".git. . /x", ".git::$INDEX_ALLOCATION/x",
        ".g\u200cit/x", "\ufeff.git/x", ".classhub/x", ".CLASSHUB", ".classhub-0123456789abcdef.part",
    ],
)  # fmt: skip
def test_a_name_that_leaves_the_folder_or_is_git_s_or_ours_is_refused(path):
    assert names.refused(path)


@pytest.mark.parametrize(
    "path",
    ["a/b c/\u00fc.txt", ".gitignore", ".github/x", "git", "raw\udcff", "x" * 255, "...", "a..b", ".hidden", "git~2"],
)
def test_an_ordinary_name_is_not_refused(path):
    assert names.why_not(path) == ""


@pytest.mark.parametrize(
    "path",
    [
        "a/.ipynb_checkpoints/b.ipynb",
        ".DS_Store",
        "x/__pycache__/y.pyc",
        "lab.ipynb~",
        ".lab.swp",
        ".#lab",
        "#lab#",
        "w.jupyterlab-workspace",
    ],
)
def test_clutter_is_not_handed_out_but_not_refused_either(path):
    assert names.clutter(path) and names.why_not(path) and not names.refused(path)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../up", "", "a\0", "../.git/config"])
def test_a_link_that_leads_out_is_refused(target):
    assert names.refused_link("labs/link", target)


def test_a_link_inside_the_folder_is_not_refused():
    assert names.refused_link("labs/link", "../data/x.csv") == ""
    assert names.refused_link("labs/link", "./../labs/./x.csv") == ""


@pytest.mark.parametrize("target", ["deep/l/../.ssh/id", "../deep/l/../x", "x/./..", "a/b/..", "\ud800"])
def test_a_link_that_goes_through_what_may_be_a_link_and_up_again_is_refused(target):
    assert names.refused_link("deep/link", target)


def test_a_copy_beside_has_the_name_that_its_content_gives():
    assert names.beside(b"lab1.ipynb", "0123456789") == b"lab1.new-0123456.ipynb"
    assert names.beside(b"Makefile", "0123456789", 2) == b"Makefile.new-0123456-2"
    assert names.beside(b".env", "0123456789") == b".env.new-0123456"


def test_a_copy_aside_has_the_day_in_its_name():
    assert names.aside(b"lab1.ipynb", "2027-01-11") == b"lab1.mine-2027-01-11.ipynb"
    assert names.aside(b"lab1.ipynb", "2027-01-11", 2) == b"lab1.mine-2027-01-11-2.ipynb"


def test_names_for_a_copy_are_made_one_by_one():
    free = names.free_names(b"a.txt", "2027-01-11")
    assert iter(free) is free, "an update of 400 files asks for as many first names, and hardly ever for a second"
    assert [next(free), next(free)] == [b"a.mine-2027-01-11.txt", b"a.mine-2027-01-11-2.txt"]
    assert len(list(free)) == 997


@pytest.mark.parametrize("name", [b"x" * 255, ("\u00fc" * 127).encode(), b"\xff" * 255, b"a." + b"e" * 253])
def test_the_name_of_a_copy_is_never_too_long(name):
    for copy in (
        names.beside(name, "0" * 64, 999),
        names.aside(name, "2027-01-11", 999),
        names.folder_beside(name, "0" * 64),
    ):
        assert len(copy) <= 255 and copy != name


def test_names_that_fold_together_are_one():
    assert names.folded("D\u00fc.txt") == names.folded("du\u0308.TXT")
    assert names.folded("a") != names.folded("b")


@given(st.from_regex(names.PLAIN, fullmatch=True))
def test_no_rule_is_about_a_plain_path(path):
    assert names.refused(path) == names.clutter(path) == ""


@pytest.mark.parametrize(
    "path",
    ["week1/lab01.ipynb", "Reading/part 7.md", "data/2027-01.csv", "a", "x_y/Z.tar.gz"],
)
def test_most_paths_are_plain(path):
    assert names.PLAIN.fullmatch(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/a", "a/", "a//b", "../a", "a/..", ".a", "a.", "a ", "git~1", "a~", "#a#", "\u00e4", "a\n", "a\0", "a" * 256,
        "x.jupyterlab-workspace", "x.JupyterLab-Workspace", "a.jupyterlab-workspace/x",
        "a/__pycache__/b", "__pycache__", "a/.git/b", "CLASSHUB~1",
    ],
)  # fmt: skip
def test_whatever_a_rule_may_be_about_is_looked_at(path):
    assert not names.PLAIN.fullmatch(path)
