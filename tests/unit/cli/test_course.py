"""`classhub course lint` as typed."""

import pytest


@pytest.fixture
def material(folder):
    """A course with one good file; the current folder holds config/ and material/."""
    made = folder.parent / "material" / "comp141"
    made.mkdir(parents=True)
    (made / "README.md").write_text("# Computing\n")
    (folder / "courses").mkdir()
    (folder / "courses" / "comp141.yaml").write_text("material: material/comp141\n")
    return made


def test_good_material_has_nothing_to_mend(classhub, material):
    done = classhub("course", "lint")
    assert (done.code, done.out) == (0, "comp141: nothing to mend.\n")


def test_an_error_is_told_with_its_file_and_fix_and_is_exit_code_1(classhub, material):
    (material / "lab01-solution.md").touch()
    (material / "caf\u00e9.md").touch()
    done = classhub("course", "lint", "comp141")
    assert done.code == 1
    assert done.out.splitlines()[0].startswith("error solution-name lab01-solution.md: ")
    assert "    Fix: " in done.out
    assert done.out.splitlines()[-1] == "comp141: 1 error, 1 warning."


def test_warnings_alone_are_fine(classhub, material):
    (material / "caf\u00e9.md").touch()
    assert classhub("course", "lint").code == 0


def test_any_folder_is_looked_at_without_a_deployment(classhub, material, monkeypatch, tmp_path):
    (material / ".env").touch()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert classhub("course", "lint", str(material)).code == 1
    monkeypatch.chdir(material)
    assert classhub("course", "lint", ".").code == 1


def test_a_course_goes_before_a_folder_of_its_name(classhub, folder, material, monkeypatch):
    (folder.parent / "comp141").mkdir()
    (folder.parent / "comp141" / ".env").touch()
    assert classhub("course", "lint", "comp141").code == 0
    assert classhub("course", "lint", "./comp141").code == 1


def test_scripts_get_json_and_github_gets_annotations(classhub, material):
    (material / "key.md").write_text("one\nghp_" + "a1B2" * 9)
    (found,) = classhub("course", "lint", "--json").json
    assert (found["course"], found["severity"], found["rule"]) == ("comp141", "error", "secret")
    assert (found["path"], found["line"]) == ("key.md", 2)
    (line,) = classhub("course", "lint", "--format", "github").out.splitlines()
    assert line.startswith("::error file=material/comp141/key.md,line=2,col=1,title=secret::")


def test_a_course_that_is_not_there_is_told(classhub, folder, material):
    done = classhub("course", "lint", "comp411")
    assert done.code == 1
    assert "There is no course comp411" in done.err
    assert "comp141" in done.err
    (folder / "courses" / "empty.yaml").touch()
    assert "has no material" in classhub("course", "lint", "empty").err


def test_a_source_that_cannot_be_had_is_exit_code_3(classhub, folder, material):
    (folder.parent / "broken.zip").write_bytes(b"no zip")
    (folder / "courses" / "zipped.yaml").write_text("material: broken.zip\n")
    done = classhub("course", "lint", "zipped")
    assert done.code == 3
    assert "It is damaged" in done.err


@pytest.mark.parametrize("source", ["material/gone", "material/gone.git", "material/gone.zip"])
def test_another_courses_source_that_is_away_keeps_nobody_from_anything(classhub, folder, material, source):
    (folder / "courses" / "away.yaml").write_text(f"material: {source}\n")
    done = classhub("course", "lint", "comp141")
    assert (done.code, done.out) == (0, "comp141: nothing to mend.\n")
    assert classhub("check").code == 0
    assert classhub("plan").code == 0
    assert classhub("up", "-d").code == 0
    assert classhub("course", "lint", "away").code == 3


def test_a_name_with_a_line_in_it_begins_no_line(classhub, material):
    """CI systems obey lines that begin with ::."""
    (material / "solution\n::error::a\x1b[2Jb\r.md").touch()
    done = classhub("course", "lint")
    assert not [line for line in done.out.splitlines() if line.startswith("::")]
    assert "solution\\n::error::a\\x1b[2Jb\\r.md" in done.out
