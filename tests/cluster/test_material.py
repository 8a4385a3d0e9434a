"""A college with files and paths of its own deploys course material: it comes into pods of an image without ClassHub,
beside what is the college's, while they run, and a server needs no mirror to start."""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from cluster.college import ALICE, College
from cluster.control_plane import ControlPlane
from cluster.mirror_beside import COURSE, MirrorBeside, add_course
from cluster.node import Node
from hub.student import Student, eventually

pytestmark = pytest.mark.long

OWN = {
    "singleuser": {
        "extraEnv": {
            "PYTHONPATH": "/opt/college/libs",
            "JUPYTER_CONFIG_PATH": "/opt/college/etc",
            "CLASSHUB_MATERIAL_EVERY_S": "1",
        },
        "extraFiles": {"motd": {"mountPath": "/etc/college/motd", "stringData": "Welcome\n", "mode": 0o444}},
    }
}
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
FIRST = {"readme.md": b"Week 1\n", "labs/lab01.ipynb": NOTEBOOK, "notes.txt": b"Read chapter 1.\n"}
COMES = "Students' servers get ClassHub's course material."
FOLDER = "/usr/local/share/classhub"


@pytest.fixture(scope="module")
def college(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[College]:
    """Deployed, with a course that has material."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = College(control_plane, name, tmp_path_factory.mktemp("college"))
    add_course(made.folder)
    made.configure(OWN)
    assert COMES in made.classhub("deploy", "--yes").answer
    yield made
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="module")
def mirror(college: College, tmp_path_factory) -> Iterator[MirrorBeside]:
    with closing(MirrorBeside(college, college.folder, tmp_path_factory.mktemp("mirror"))) as made:
        made.write(FIRST)
        made.start()
        yield made


@pytest.fixture(scope="module")
def alice(college: College, mirror: MirrorBeside) -> Student:
    """Her server runs, and has all of the first release."""
    made = college.student(ALICE)
    made.start()
    made.start_kernel()
    eventually(lambda: read(made, "notes.txt") == "Read chapter 1.\n", timeout_s=300)
    return made


def read(student: Student, path: str) -> str:
    answer = student.get(f"/api/contents/{COURSE}/{path}", params={"format": "text", "type": "file"})
    return answer.json()["content"] if answer.status_code == 200 else ""


def test_nothing_is_left_to_deploy(college, alice):
    assert "Nothing would change." in college.classhub("plan").answer


def test_the_colleges_own_files_and_paths_are_as_it_wrote_them(alice):
    assert alice.run("import os; print(os.environ['PYTHONPATH'])") == "/opt/college/libs\n"
    assert alice.run("print(os.environ['JUPYTER_CONFIG_PATH'])") == f"/opt/college/etc:{FOLDER}/etc\n"
    assert alice.run("print(open('/etc/college/motd').read(), end='')") == "Welcome\n"


def test_a_kernel_knows_nothing_of_classhub_and_may_change_nothing_of_it(alice):
    assert alice.run("import importlib.util; print(importlib.util.find_spec('classhub'))") == "None\n"
    code = f"""
for folder, _, names in os.walk({FOLDER!r}):
    for path in [folder, *(os.path.join(folder, name) for name in names)]:
        if os.access(path, os.W_OK):
            print(path)
print(sorted(os.listdir({FOLDER!r})))
"""
    assert alice.run(code) == "['etc', 'python.zip', 'share']\n"


def test_jupyterlab_shows_the_extension(alice):
    page = alice.get("/lab").text
    assert "@classhub/material" in page
    script = alice.get("/lab/extensions/@classhub/material/static/container.js")
    assert script.status_code == 200


def test_a_fix_comes_while_the_server_runs_and_work_stays(college, mirror, alice):
    body = {"type": "file", "format": "text", "content": "My own words.\n"}
    assert alice.request("PUT", f"/api/contents/{COURSE}/notes.txt", json=body).status_code == 200
    mirror.publish({"readme.md": b"Week 1, corrected\n"})
    eventually(lambda: read(alice, "readme.md") == "Week 1, corrected\n", timeout_s=300)
    assert read(alice, "notes.txt") == "My own words.\n"
    eventually(lambda: mirror.has(ALICE))


def test_a_server_starts_without_the_mirror_and_has_the_material_once_it_is_back(college, mirror, alice):
    mirror.close()
    jane = college.student("jane.doe")
    jane.start()
    assert jane.get("/api/status").status_code == 200
    assert read(jane, "readme.md") == ""
    mirror.start()
    eventually(lambda: read(jane, "readme.md") == "Week 1, corrected\n", timeout_s=300)


def test_without_material_servers_are_as_before(college, mirror, alice):
    """The last: it takes away what the others are about."""
    course = college.folder / "courses" / f"{COURSE}.yaml"
    written = course.read_text()
    course.write_text("title: Computing\n")
    try:
        told = college.classhub("plan").answer
        assert "Students' servers no longer get ClassHub's course material" in told
        assert "1 running server" in told or "2 running servers" in told
        assert "classhub.*" in told
        assert max(map(len, told.splitlines())) < 400
    finally:
        course.write_text(written)
