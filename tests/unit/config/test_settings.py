"""classhub.yaml and courses/*.yaml: strict, with a place and a fix for everything that is off."""

from pathlib import Path

import pytest

from classhub.config.courses import course
from classhub.config.model import Course, Local, Settings
from classhub.config.reading import parse
from classhub.config.settings import settings
from classhub.errors import Finding

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """config/ with a certificate and a key in it, beside material/."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "hub.pem").write_text("certificate")
    (config / "hub.key").write_text("key")
    (tmp_path / "material" / "comp141" / "labs").mkdir(parents=True)
    (tmp_path / "material" / "comp141" / "labs" / "lab01.ipynb").touch()
    return config


def read(text: str, folder: Path) -> tuple[Settings, list[Finding]]:
    findings: list[Finding] = []
    document = parse(text.encode(), "config/classhub.yaml", findings)
    assert document is not None
    return settings(document, folder, findings), findings


def read_course(text: str, folder: Path, name: str = "comp141") -> tuple[Course, list[Finding]]:
    findings: list[Finding] = []
    document = parse(text.encode(), f"config/courses/{name}.yaml", findings)
    assert document is not None
    return course(document, name, folder, findings), findings


def test_every_key_is_optional(folder: Path) -> None:
    assert read("", folder) == (Settings(), [])


def test_every_key_is_read(folder: Path) -> None:
    text = """
target: cluster
chart: {version: "4.4.0", digest: DIGEST, file: jupyterhub-4.4.0.tgz}
cluster: {context: gke-hub}
release: hub
namespace: class
values: [autumn.yaml, exam/week.yml]
homes: {folder: students}
local: {address: 0.0.0.0, port: 8443, certificate: hub.pem, key: hub.key, https: own, host: hub.college.edu, servers: 40, starts_at_once: 4}
material: {repositories: ["https://github.com/college/*", "https://git.college.edu:8443/*/labs.git"]}
""".replace("DIGEST", DIGEST.upper().removeprefix("SHA256:"))
    package = folder / "jupyterhub-4.4.0.tgz"
    package.touch()
    local = Local("0.0.0.0", 8443, folder / "hub.pem", folder / "hub.key", "own", "hub.college.edu", 40, 4)
    files = ("autumn.yaml", "exam/week.yml")
    wanted = Settings(
        "cluster",
        "4.4.0",
        DIGEST,
        package,
        "gke-hub",
        "hub",
        "class",
        files,
        folder.parent / "students",
        local,
        ("https://github.com/college/*", "https://git.college.edu:8443/*/labs.git"),
    )
    assert read(text, folder) == (wanted, [])


def test_a_certificate_with_its_key_means_https(folder: Path) -> None:
    assert read("local: {certificate: hub.pem, key: hub.key}", folder)[0].local.https == "own"


def test_off_may_stand_without_quotes(folder: Path) -> None:
    assert read("local: {https: off}", folder) == (Settings(), [])


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("targt: local", 1, "There is no setting targt. Did you mean target?", "Write target:"),
        ("target: here", 1, "target must be one of local, cluster.", "target: local"),
        ("\nlocal:\n  prot: 80", 3, "There is no setting prot in local. Did you mean port?", "Write port:"),
        ("local: {port: 70000}", 1, "local.port must be from 1 to 65535.", "8000"),
        ('local: {port: "80"}', 1, "local.port must be a whole number; here it is text.", "port: 80"),
        ("local: {port: yes}", 1, "local.port must be a whole number; here it is true or false.", "port: 80"),
        ("local: 8000", 1, "local must be a mapping; here it is a whole number.", "local: {}"),
        ("local:\n  address: hub.college.edu", 2, "local.address is not an IP address.", "127.0.0.1"),
        ("local:\n  certificate: hub.pem", 2, "local.certificate is given without local.key.", "Add key: FILE"),
        ("local:\n  key: hub.key", 2, "local.key is given without local.certificate.", "Add certificate: FILE"),
        ("local:\n  https: own", 2, "local.https is own, but local.certificate and local.key are missing.", "internal"),
        ("local: {https: acme}", 1, "local.https is acme, but local.host is missing.", "Add host:"),
        (
            "local: {https: akme, host: a.b}",
            1,
            "local.https must be one of off, own, acme, internal. Did you mean acme?",
            "https: acme",
        ),
        ("local: {host: https://a.b/}", 1, "local.host is not a host name.", "no https://"),
        (
            "local: {certificate: gone.pem, key: hub.key}",
            1,
            "local.certificate names a file that does not exist:",
            "starts at config/",
        ),
        ("local: {servers: -1}", 1, "local.servers must be from 0", "servers: 0"),
        ("chart: {version: 4.4}", 1, "chart.version must be text; here it is a number.", 'version: "4.4.0"'),
        ("chart: {version: 9.9.9}", 1, "ClassHub has no table of this chart version", "Known: 4.4.0"),
        ("release: My Hub", 1, "release cannot be a name in Kubernetes.", "release: jhub"),
        ("values: autumn.yaml", 1, "values must be a list; here it is text.", "values: [autumn.yaml]"),
        (
            "values:\n  - 1\n  - b.yaml",
            2,
            "values[0] must be text, as autumn.yaml; here it is a whole number.",
            '- "1"',
        ),
        ("values:\n  - a.yaml\n  - secrets.yaml", 3, "secrets.yaml is read without being named.", "Take the line out."),
        ("values: [config.yaml]", 1, "config.yaml is read without being named.", "Take the line out."),
        ("values: [classhub.yaml]", 1, "classhub.yaml holds no values of the chart.", "Take the line out."),
        ("values: [courses/comp141.yaml]", 1, "courses/comp141.yaml holds no values", "Take the line out."),
        ("values:\n  - a.yaml\n  - b.yaml\n  - a.yaml", 4, "This file is named twice.", "Take the line out."),
        ("values: [../autumn.yaml]", 1, "This is no file in the deployment folder.", "Take the line out."),
        ("values: [/etc/autumn.yaml]", 1, "This is no file in the deployment folder.", "Take the line out."),
        ("values: [~/autumn.yaml]", 1, "This is no file in the deployment folder.", "Take the line out."),
        ("values: [./config.yaml]", 1, "This is no file in the deployment folder.", "Take the line out."),
        ("values: ['']", 1, "This is no file in the deployment folder.", "Take the line out."),
        ("values: [Dockerfile]", 1, "This is no .yaml file.", "Take the line out."),
        *(
            (
                f"material: {{repositories: ['{text}']}}",
                1,
                f"{text} is no address of repositories.",
                "github.com/college/*",
            )
            for text in (
                "*",
                "https://*/x",
                "https://github.com",
                "https://github.com/",
                "http://github.com/x",
                "/srv/git/*",
                "https://jane:x@github.com/x",
                "git@github.com:x/y",
            )
        ),
        ("homes: {folder: config/homes}", 1, "homes.folder lies inside the deployment folder.", ".classhub/homes"),
    ],
)
def test_every_slip_is_told_with_its_line_and_the_fix(
    text: str, line: int, message: str, fix: str, folder: Path
) -> None:
    _, findings = read(text, folder)
    assert len(findings) == 1
    assert findings[0].message.startswith(message)
    assert fix in findings[0].fix
    assert (findings[0].file, findings[0].line) == ("config/classhub.yaml", line)


def test_a_course_has_defaults_from_its_file_name(folder: Path) -> None:
    assert read_course("", folder) == (Course("comp141", "comp141", None, "comp141"), [])


def test_a_course_is_read(folder: Path) -> None:
    text = """
title: "COMP 141"
material: material/comp141
folder: cs1
libraries: [numpy]
people: {instructor: ada@college.edu, tas: [bob@college.edu], students: everyone}
meetings: [{days: [Mon], times: "10:00-10:50"}]
assignments: {lab01: {path: labs/lab01.ipynb}}
"""
    found, findings = read_course(text, folder)
    assert findings == []
    assert (found.title, found.folder, found.material) == ("COMP 141", "cs1", folder.parent / "material/comp141")
    assert [one.path for one in found.assignments] == ["labs/lab01.ipynb"]
    assert found.raw["meetings"][0]["times"] == "10:00-10:50"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("titel: x", 1, "There is no setting titel. Did you mean title?"),
        ("title: 141", 1, "title must be text; here it is a whole number."),
        ("title: x\nmaterial: material/gone", 2, "There is no folder material/gone."),
        ("folder: a/b", 1, "folder must be one plain folder name."),
        ("folder: ..", 1, "folder must be one plain folder name."),
        ("libraries: numpy", 1, "libraries must be a list; here it is text."),
        ("libraries:\n  - numpy\n  - 3", 3, "libraries[1] must be text, as numpy>=2; here it is a whole number."),
        ("people:\n  tas: 3", 2, "people.tas must be a name or a list of names; here it is a whole number."),
        ("meetings: [Mon]", 1, "meetings[0] must be a mapping"),
        ("assignments: [lab01]", 1, "assignments must be a mapping; here it is a list."),
    ],
)
def test_a_course_is_checked_as_strictly(text: str, line: int, message: str, folder: Path) -> None:
    _, findings = read_course(text, folder)
    assert [finding.line for finding in findings] == [line]
    assert findings[0].fix
    assert findings[0].message.startswith(message)


def test_a_course_needs_a_name_for_links_and_commands(folder: Path) -> None:
    assert "cannot be the name of a course" in read_course("", folder, "comp 141")[1][0].message


@pytest.mark.parametrize("digest", ["4.4.0", "sha256:0", DIGEST + "0", "md5:" + DIGEST[7:], DIGEST.replace("f", "g")])
def test_a_digest_that_no_chart_can_have_is_refused(folder: Path, digest: str) -> None:
    found, (mistake,) = read(f"chart:\n  digest: {digest}\n", folder)
    assert (mistake.code, mistake.severity, mistake.line, found.chart_digest) == ("CH1916", "error", 2, "")


def test_the_charts_file_must_be_there(folder: Path) -> None:
    _, (mistake,) = read("chart: {file: none.tgz}\n", folder)
    assert (mistake.code, mistake.severity) == ("CH1917", "error") and str(folder / "none.tgz") in mistake.message


def test_a_chart_with_its_version_alone_is_pinned_to_nothing(folder: Path) -> None:
    found, mistakes = read('chart: {version: "4.3.2"}\n', folder)
    assert (found.chart_version, found.chart_digest, found.chart_file, mistakes) == ("4.3.2", "", None, [])
