"""courses/*.yaml: where material comes from, who takes it, what is handed out when."""

from pathlib import Path

import pytest

from classhub.config.courses import course
from classhub.config.model import Assignment, Course, Material, People, Section, Who
from classhub.config.reading import parse
from classhub.errors import Finding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """config/ with secrets of mode 0600, beside material/ with one lab, an archive and a bare repository."""
    config = tmp_path / "config"
    config.mkdir()
    for name in ("comp141.key", "comp141.token", "comp141.hook"):
        (config / name).write_text("canary")
        (config / name).chmod(0o600)
    labs = tmp_path / "material" / "comp141" / "labs"
    labs.mkdir(parents=True)
    (labs / "lab01.ipynb").touch()
    (tmp_path / "material" / "comp141.zip").touch()
    (tmp_path / "material" / "comp141.git").mkdir()
    return config


def read(text: str, folder: Path) -> tuple[Course, list[Finding]]:
    findings: list[Finding] = []
    document = parse(text.encode(), "config/courses/comp141.yaml", findings)
    assert document is not None
    return course(document, "comp141", folder, findings), findings


def fine(text: str, folder: Path) -> Course:
    found, findings = read(text, folder)
    assert findings == []
    return found


SOURCES = [
    ("material/comp141", "folder"),
    ("material/comp141.zip", "archive"),
    ("material/comp141.git", "git"),
    ("https://git.college.edu/cs/comp141", "git"),
    ("https://git.college.edu/cs/comp141.zip", "archive"),
    ("https://git.college.edu/cs/comp141.tar.gz?ref=main", "archive"),
    ("ssh://git@git.college.edu:2222/cs/comp141", "git"),
    ("git@git.college.edu:cs/comp141.git", "git"),
    ("file:///srv/git/comp141.zip", "git"),
]


@pytest.mark.parametrize(("text", "kind"), SOURCES)
def test_a_source_is_told_by_its_form(text: str, kind: str, folder: Path) -> None:
    wanted = text if ":" in text else str(folder.parent / text)
    assert fine(f"material: {text}", folder).source == Material(kind, wanted, every_s=10 if kind == "folder" else 30)


def test_every_key_of_the_material_is_read(folder: Path) -> None:
    text = """
material:
  from: ssh://git@git.college.edu/cs/comp141
  branch: autumn
  folder: ./course/
  every: 5m
  key: comp141.key
  hook: comp141.hook
  hold: true
"""
    assert fine(text, folder).source == Material(
        kind="git",
        source="ssh://git@git.college.edu/cs/comp141",
        branch="autumn",
        folder="course",
        every_s=300,
        key=folder / "comp141.key",
        hook=folder / "comp141.hook",
        hold=True,
    )


def test_a_folder_inside_a_folder_is_the_material(folder: Path) -> None:
    found = fine("material: {from: material/comp141, folder: labs}", folder)
    assert found.material == folder.parent / "material/comp141/labs"


def test_a_folder_with_a_branch_is_a_repository(folder: Path) -> None:
    found = fine("material: {from: material/comp141, branch: main}", folder)
    assert (found.source, found.material) == (
        Material("git", str(folder.parent / "material/comp141"), branch="main"),
        None,
    )


def test_the_address_of_a_page_is_told_as_the_repository_it_shows(folder: Path) -> None:
    _, (finding,) = read("material: https://college.edu/cs/x/tree/main/labs/a/", folder)
    assert finding.fix == "material: {from: https://college.edu/cs/x, branch: main, folder: labs/a}"


def test_people_and_sections_are_read(folder: Path) -> None:
    text = """
people: {instructor: ada@college.edu, tas: {group: tas-141}, students: [alice@college.edu, Jane.Doe]}
sections: {A: {students: [alice@college.edu], folders: [sections/a/]}, B: {students: {group: b}}}
"""
    found = fine(text, folder)
    assert found.people == People(
        instructor=Who(names=("ada@college.edu",)),
        tas=Who(groups=("tas-141",)),
        students=Who(names=("alice@college.edu", "Jane.Doe")),
    )
    assert found.sections == (
        Section("A", Who(names=("alice@college.edu",)), ("sections/a",)),
        Section("B", Who(groups=("b",))),
    )


def test_everyone_takes_a_course_that_names_nobody(folder: Path) -> None:
    assert fine("people: {tas: Jane.Doe}", folder).people.students == Who(everyone=True)
    assert fine("people: {students: everyone}", folder).people.students == Who(everyone=True)


def test_times_are_those_of_the_courses_zone(folder: Path) -> None:
    text = """
timezone: America/Chicago
sections: {A: {}, B: {}}
assignments:
  lab01: {path: labs/lab01.ipynb, title: Names, due: "2027-07-22 17:00", release: {A: "2027-01-11 09:00", B: "2027-01-12T09:00Z"}}
"""
    assert fine(text, folder).assignments == (
        Assignment(
            name="lab01",
            path="labs/lab01.ipynb",
            title="Names",
            due={"": "2027-07-22T17:00:00-05:00"},
            release={"A": "2027-01-11T09:00:00-06:00", "B": "2027-01-12T09:00:00+00:00"},
        ),
    )


def test_without_a_zone_times_are_this_machines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        found = fine('assignments: {lab01: {path: labs/lab01.ipynb, due: "2027-07-22 17:00"}}', folder)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found.assignments[0].due == {"": "2027-07-22T17:00:00+09:00"}


MISTAKES = [
    ("material: {branch: main}", 1, "CH1926", "material says not where it comes from."),
    ("material: git://git.college.edu/x", 1, "CH1926", "Nothing is fetched by git://."),
    ("material: ftp://git.college.edu/x.zip", 1, "CH1926", "Nothing is fetched by ftp://."),
    ("material: https://", 1, "CH1926", "The address names no host."),
    ("material: https://tok@git.college.edu/x", 1, "CH1927", "A name or password stands in the address."),
    ("material: ssh://git:pw@git.college.edu/x", 1, "CH1927", "A name or password stands in the address."),
    ("material: https://college.edu/x.zip?private_token=a", 1, "CH1927", "The address seems to hold a secret."),
    ("material: https://college.edu/cs/x/tree/main/labs", 1, "CH1926", "This is the address of a page"),
    ("material: https://college.edu/cs/x/-/blob/main/a.md", 1, "CH1926", "This is the address of a page"),
    ("material: {from: material/gone}", 1, "CH1922", "There is no folder material/gone."),
    ("material: material/gone.zip", 1, "CH1922", "There is no archive material/gone.zip."),
    ("material: material/gone.git", 1, "CH1922", "There is no git repository material/gone.git."),
    ("material: {from: material/gone, branch: main}", 1, "CH1922", "There is no git repository material/gone."),
    (
        "material: material/comp141/labs/lab01.ipynb",
        1,
        "CH1922",
        "material/comp141/labs/lab01.ipynb is neither a folder nor an archive.",
    ),
    ("material: {from: material/comp141, folder: gone}", 1, "CH1922", "There is no folder gone in the material."),
    ("material: {from: material/comp141, folder: ../../config}", 1, "CH1930", "material.folder is no path inside"),
    ("material: .", 1, "CH1939", "The folder . holds the deployment folder, config/."),
    ("material: config/courses/../..", 1, "CH1939", "The folder config/courses/../.. holds the deployment folder"),
    ("material: config/gone", 1, "CH1939", "The folder config/gone holds the deployment folder"),
    ("material: config", 1, "CH1939", "The folder config holds the deployment folder"),
    (
        "material:\n  from: https://git.college.edu/x\n  key: comp141.key",
        3,
        "CH1929",
        "material.key does nothing here.",
    ),
    ("material: {from: git@git.college.edu:x, token: comp141.token}", 1, "CH1929", "material.token does nothing here."),
    ("material: {from: http://git.college.edu/x, token: comp141.token}", 1, "CH1929", "The token would cross the"),
    ("material: {from: git@git.college.edu:x, key: gone.key}", 1, "CH1928", "material.key names a file that"),
    ("material: {from: material/comp141, every: often}", 1, "CH1932", "material.every must be a length of time"),
    ("material: {from: material/comp141, every: 1s}", 1, "CH1932", "material.every must be a length of time"),
    ("material: {from: material/comp141, every: 60}", 1, "CH1932", "material.every must be a length of time"),
    ("material: {from: material/comp141, hold: maybe}", 1, "CH1902", "material.hold must be true or false"),
    ("material: {from: material/comp141, brunch: x}", 1, "CH1901", "There is no setting brunch in material."),
    ("material: [material/comp141]", 1, "CH1902", "material must be text; here it is a list."),
    ("timezone: Central", 1, "CH1933", "There is no time zone Central."),
    ("timezone: ../../etc/passwd", 1, "CH1933", "There is no time zone"),
    ("people: {students: [everyone]}", 1, "CH1925", "people.students[0] does not mean everybody."),
    ("people: {student: [alice]}", 1, "CH1901", "There is no setting student in people. Did you mean students?"),
    ("people: {tas: {groop: x}}", 1, "CH1901", "There is no setting groop in people.tas."),
    ("people: {tas: [3]}", 1, "CH1902", "people.tas[0] must be text, as alice@college.edu"),
    ("sections: [A]", 1, "CH1902", "sections must be a mapping"),
    ("sections:\n  A:\n    students: 3", 3, "CH1902", "sections.A.students must be a name or a list of names"),
    ("sections: {A: {folders: [../b]}}", 1, "CH1930", "sections.A.folders[0] is no path inside the material."),
    ("assignments: {lab01: {path: /etc/passwd}}", 1, "CH1930", "assignments.lab01.path is no path inside"),
    ("assignments: {lab01: {path: a/../../b}}", 1, "CH1930", "assignments.lab01.path is no path inside"),
    ("assignments: {lab01: {path: .}}", 1, "CH1930", "assignments.lab01.path is no path inside"),
    ("assignments: {lab01: {title: x}}", 1, "CH1938", "assignments.lab01 has no path."),
    ("assignments:\n  lab01:\n", 2, "CH1938", "assignments.lab01 has no path."),
    ("assignments: {lab01: {path: x, duo: 1}}", 1, "CH1901", "There is no setting duo in assignments.lab01."),
    (
        "assignments: {lab01: {path: x, due: Monday}}",
        1,
        "CH1934",
        "assignments.lab01.due cannot be used: it is no date",
    ),
    ('assignments: {lab01: {path: x, due: "2027-01-22"}}', 1, "CH1934", "assignments.lab01.due cannot be used: it is"),
    (
        'assignments: {lab01: {path: x, due: "2027-02-30 09:00"}}',
        1,
        "CH1934",
        "assignments.lab01.due cannot be used: th",
    ),
    (
        'timezone: America/Chicago\nassignments: {lab01: {path: x, due: "2027-03-14 02:30"}}',
        2,
        "CH1934",
        "assignments.lab01.due cannot be used: the clock is put forward over it.",
    ),
    (
        'sections: {Aa: {}}\nassignments:\n  lab01:\n    path: x\n    release: {Ab: "2027-01-11 09:00"}',
        5,
        "CH1935",
        "There is no section Ab.",
    ),
    ("assignments:\n  one: {path: x/y}\n  two: {path: ./x//y}", 3, "CH1936", "x/y is already the path of one."),
    (
        'assignments: {lab01: {path: x, release: "2027-01-22 17:00", due: "2027-01-22 17:00"}}',
        1,
        "CH1937",
        "assignments.lab01.release is not before it is due.",
    ),
    ("material: material/comp141\nassignments: {x: {path: labs/lab02.ipynb}}", 2, "CH1931", "assignments.x.path names"),
]


@pytest.mark.parametrize(("text", "line", "code", "message"), MISTAKES)
def test_each_mistake_has_its_line_its_code_and_a_fix(text: str, line: int, code: str, message: str, folder: Path):
    _, findings = read(text, folder)
    assert [(one.line, one.code) for one in findings] == [(line, code)], findings
    assert findings[0].message.startswith(message)
    assert findings[0].fix


AWAY = [
    ("material/gone", "folder", "Create the folder"),
    ("material/gone.git", "git", "Put the repository there"),
    ("material/gone.zip", "archive", "Put the file there"),
]


@pytest.mark.parametrize(("text", "kind", "fix"), AWAY)
def test_a_source_that_is_away_is_a_warning_and_keeps_its_kind(text: str, kind: str, fix: str, folder: Path) -> None:
    found, (finding,) = read(f"material: {text}", folder)
    assert (finding.code, finding.severity) == ("CH1922", "warning")
    assert fix in finding.fix and "last good release" in finding.why
    assert found.source is not None
    assert (found.source.kind, found.source.source) == (kind, str(folder.parent / text))


def test_a_folder_of_the_material_that_is_away_is_a_warning(folder: Path) -> None:
    _, (finding,) = read("material: {from: material/comp141, folder: gone}", folder)
    assert (finding.code, finding.severity) == ("CH1922", "warning")


def test_a_file_that_is_no_archive_is_an_error(folder: Path) -> None:
    _, (finding,) = read("material: material/comp141/labs/lab01.ipynb", folder)
    assert (finding.code, finding.severity) == ("CH1922", "error")


def test_a_file_with_a_secret_must_be_closed_to_others(folder: Path) -> None:
    (folder / "comp141.key").chmod(0o640)
    _, (finding,) = read("material: {from: git@git.college.edu:x, key: comp141.key}", folder)
    assert (finding.code, finding.severity) == ("CH1940", "error")
    assert finding.fix == f"chmod 600 {folder / 'comp141.key'}"
    assert "canary" not in str(finding)
