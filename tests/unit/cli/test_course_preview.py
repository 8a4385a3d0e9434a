"""`classhub course preview` of a course that the hub does not know."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from classhub.operations.courses import door
from classhub.outside.mirror_api import MirrorApi


class Ignorant(BaseHTTPRequestHandler):
    """Answers as a mirror without that course."""

    def do_GET(self):
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b'{"message": "There is no such course."}')

    def log_message(self, *_):
        pass


@pytest.fixture
def address(monkeypatch):
    monkeypatch.delenv("CLASSHUB_MATERIAL", raising=False)
    server = HTTPServer(("127.0.0.1", 0), Ignorant)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    made = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(door, "of", lambda target: MirrorApi(made, "canary"))
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("verb", ["preview", "status", "publish"])
def test_a_course_that_only_config_knows_yet_leads_to_up(classhub, folder, address, verb):
    (folder / "courses").mkdir()
    (folder / "courses" / "stat101.yaml").write_text("material: material/stat101\n")
    done = classhub("course", verb, "stat101")
    assert done.code == 1
    assert "The hub does not know the course stat101 yet." in done.err and "Next: classhub up" in done.err


def test_a_course_that_nobody_knows_leads_to_the_list(classhub, folder, address):
    done = classhub("course", "preview", "stat101")
    assert done.code == 1
    assert "There is no such course." in done.err and "classhub course list" in done.err


def test_in_a_students_server_no_folder_of_theirs_says_what_the_hub_has(classhub, folder, address, monkeypatch):
    (folder / "courses").mkdir()
    (folder / "courses" / "stat101.yaml").write_text("material: material/stat101\n")
    monkeypatch.setenv("CLASSHUB_MATERIAL", address)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "canary")
    assert "There is no such course." in classhub("course", "preview", "stat101").err
