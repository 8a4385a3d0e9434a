"""Course material from the instructor's folder to students' homes, through a real hub."""

import json
import os
import shutil
from hashlib import sha256

import pytest

from hub.student import Student, eventually

ALICE, TA = "alice@college.edu", "ta@college.edu"
COURSE = """\
title: Computing
material: {from: material/comp141, every: 10s}
folder: comp141
libraries: [./tools]
people: {instructor: instructor@college.edu, tas: [ta@college.edu], students: [alice@college.edu, ta@college.edu]}
timezone: America/Chicago
assignments:
  later: {path: labs/later.md, title: Later, release: "2099-01-11 09:00"}
"""


@pytest.fixture(scope="module")
def college(hub):
    material = hub.folder / "material" / "comp141"
    (material / "tools").mkdir()
    (material / "tools" / "dice141.py").write_text("SIDES = 6\n")
    (material / "labs" / "later.md").write_text("not yet\n")
    hub.write("courses/comp141.yaml", COURSE)
    hub.write("courses/bio101.yaml", "title: Biology\nmaterial: material/bio101\npeople: {students: [jane.doe]}\n")
    (hub.folder / "material" / "bio101").mkdir()
    (hub.folder / "material" / "bio101" / "cells.md").write_text("cells\n")
    hub.up()
    return hub


@pytest.fixture(scope="module")
def alice(college) -> Student:
    alice = college.student(ALICE)
    alice.start()
    eventually((college.state / "homes" / ALICE / "comp141" / "README.md").exists)
    return alice


def home(hub):
    return hub.state / "homes" / ALICE


def test_her_course_arrives_as_hers_and_no_other(college, alice):
    folder = home(college) / "comp141"
    eventually(lambda: all((folder / path).exists() for path in ("tools/dice141.py", "labs/lab01.ipynb")))
    assert (folder / "labs" / "lab01.ipynb").stat().st_uid == home(college).stat().st_uid
    assert not (folder / "labs" / "later.md").exists()
    assert not (home(college) / "bio101").exists()


def test_what_is_not_released_is_in_no_students_reach(college, alice):
    code = (
        "import os, json, urllib.request as u\n"
        "def ask(path, data=None):\n"
        "    q = u.Request(os.environ['CLASSHUB_MATERIAL'] + path, data,"
        " {'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']})\n"
        "    try:\n        return u.urlopen(q).read().decode()\n"
        "    except u.HTTPError as error:\n        return str(error.code)\n"
        "print(json.dumps([ask('/courses'), ask('/courses/comp141/manifest'), ask('/courses/bio101/manifest'),"
        " ask('/courses/comp141/status'), ask('/courses/comp141/publish', b'{}')]))"
    )
    alice.start_kernel()
    courses, manifest, other, status, publish = json.loads(alice.run(code).strip())
    assert [one["name"] for one in json.loads(courses)["courses"]] == ["comp141"]
    assert "labs/later.md" not in json.loads(manifest)["files"]
    assert json.loads(manifest)["coming"] == {"labs/later.md": "2099-01-11T09:00:00-06:00"}
    assert (other, status, publish) == ("403", "403", "403")


ASK = """
import json, os, socket
def ask(course, *digests):
    with socket.socket(socket.AF_UNIX) as mirror:
        mirror.settimeout(60)
        mirror.connect(os.environ['CLASSHUB_MATERIAL_FILES'])
        token = os.environ['JUPYTERHUB_API_TOKEN']
        mirror.sendall(json.dumps({'token': token, 'course': course, 'digests': digests}).encode() + b'\\n')
        said, files, _, _ = socket.recv_fds(mirror, 1000, 10)
        return [said.decode(), *(os.pread(one, 100000, 0).decode() for one in files)]
"""


def test_her_server_is_handed_files_of_her_courses_and_of_no_other(college, alice):
    material = college.folder / "material"
    readme, later, cells = (
        (material / path).read_bytes() for path in ("comp141/README.md", "comp141/labs/later.md", "bio101/cells.md")
    )
    digests = [sha256(content).hexdigest() for content in (readme, later)]
    alice.start_kernel()
    told = json.loads(
        alice.run(
            f"{ASK}print(json.dumps([ask('comp141', *{digests}), ask('bio101', {sha256(cells).hexdigest()!r}),"
            " sorted(os.listdir(os.path.dirname(os.path.dirname(os.environ['CLASSHUB_MATERIAL_FILES']))))]))"
        )
    )
    assert told[:2] == [["10\n", readme.decode()], [""]]
    assert os.geteuid() != 0 or told[2] == ["m", "u"], "nothing else of the hub's is seen"


def test_the_folder_that_material_comes_from_is_empty_to_her(college, alice):
    material = college.folder / "material" / "comp141"
    material.chmod(0o755)
    alice.start_kernel()
    assert (material / "labs" / "later.md").exists()
    if os.geteuid() == 0:
        assert alice.run(f"import os; print(os.path.exists({str(material / 'labs')!r}))").strip() == "False"


def test_a_kernel_has_the_courses_library_from_a_folder_that_is_read_only(college, alice):
    try:
        eventually((college.state / "libraries" / "comp141" / "current.json").exists, 300)
    except AssertionError:
        pytest.fail((college.state / "logs" / "mirror.log").read_text()[-5000:])
    eventually((home(college) / ".classhub" / "comp141" / "lib.path").exists)
    alice.start_kernel()
    told = alice.run("import dice141, os; print(dice141.SIDES, dice141.__file__, os.access(dice141.__file__, os.W_OK))")
    assert told.split()[0] == "6" and told.split()[-1] == "False"
    assert (str(college.state / "libraries") in told) == (os.geteuid() != 0), "root's folder is seen by no student"


def test_a_change_arrives_while_she_works_and_staff_see_it(college, alice):
    (college.folder / "material" / "comp141" / "README.md").write_text("a new word\n")
    eventually(lambda: (home(college) / "comp141" / "README.md").read_text() == "a new word\n")

    def seen() -> bool:
        told = json.loads(college.run("course", "status", "comp141", "--json").stdout)
        states = {one["name"]: one["state"] for one in told["standing"]}
        return states == {ALICE: "up to date", TA: "never"}

    eventually(seen)


def test_staff_start_a_file_over_and_hers_is_kept(college, alice):
    file = home(college) / "comp141" / "syllabus.md"
    before = file.read_bytes()
    file.write_bytes(b"her own words\n")
    done = college.run("course", "restore", "--for", ALICE, "comp141/syllabus.md", "--fresh")
    assert "syllabus.mine-" in done.stdout
    assert file.read_bytes() == before
    assert [path.read_bytes() for path in file.parent.glob("syllabus.mine-*")] == [b"her own words\n"]


def test_the_mirror_is_killed_and_comes_back(college, alice):
    old = college.pid("mirror")
    college.kill("mirror")
    (college.folder / "material" / "comp141" / "README.md").write_text("after the kill\n")
    eventually(lambda: college.pid("mirror") != old)
    eventually(lambda: (home(college) / "comp141" / "README.md").read_text() == "after the kill\n")


def test_a_course_whose_folder_is_gone_keeps_what_students_have(college, alice):
    material = college.folder / "material" / "comp141"
    material.rename(material.with_name("aside"))
    try:

        def told() -> str:
            return college.run("course", "status", "comp141").stdout

        eventually(lambda: "cannot be had" in told())
        assert (home(college) / "comp141" / "labs" / "lab01.ipynb").exists()
        bob = college.student(TA)
        bob.start()
        eventually((college.state / "homes" / TA / "comp141" / "labs" / "lab01.ipynb").exists)
    finally:
        material.with_name("aside").rename(material)


def test_a_course_that_changes_restarts_neither_hub_nor_servers(college, alice):
    hub_pid = college.pid("hub")
    college.write("courses/comp141.yaml", COURSE.replace("title: Computing", "title: Computing I"))
    plan = json.loads(college.run("plan", "--json").stdout)
    assert [step["do"] for step in plan["steps"]] == ["write settings", "restart mirror"]
    college.up()
    assert college.pid("hub") == hub_pid
    assert alice.get("/api/status").status_code == 200


def test_without_any_material_there_is_no_mirror(college, alice):
    shutil.rmtree(college.config / "courses")
    college.up()
    assert "mirror" not in [part["name"] for part in college.status()["parts"]]
    assert (home(college) / "comp141" / "README.md").exists()
