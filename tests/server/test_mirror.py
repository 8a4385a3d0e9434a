"""A student's server and a real mirror over HTTP, which asks a hub who a token is."""

from urllib.parse import quote

import pytest

from materials.conftest import mirror  # noqa: F401 - a fixture
from server.conftest import eventually

REPO = "https://Git.College.edu/comp141.git"


@pytest.fixture
def student(mirror, serve_once):  # noqa: F811
    token = mirror.hub.user("alice@college.edu")
    return serve_once(mirror.url, JUPYTERHUB_API_TOKEN=token)


def test_a_student_gets_her_part_of_her_courses_and_staff_hear_of_it(mirror, student):  # noqa: F811
    student.synced("comp141")
    student.synced("open")
    assert sorted(path.name for path in student.home.iterdir() if path.is_dir() and path.name[0] != ".") == [
        "comp141",
        "open",
    ]
    assert (student.home / "comp141/sections/a/notes.txt").exists()
    assert not (student.home / "comp141/sections/b").exists() and not (student.home / "comp141/labs").exists()
    told = eventually(lambda: list((mirror.store / "comp141" / "results").glob("*.json")))
    assert "alice" in told[0].read_text() + told[0].name


def test_a_file_is_a_page_until_its_time_comes_and_then_opens_by_itself(mirror, student):  # noqa: F811
    page = student.follow("classhub/open?course=comp141&path=labs/lab03.ipynb")
    assert "Monday, 12 January 2099, at 12:00" in page.text
    mirror.clock.pass_(days=2)
    opened = eventually(
        lambda: (got := student.get("classhub/open?course=comp141&path=labs/lab03.ipynb")).is_redirect and got
    )
    assert opened.headers["Location"].endswith("/files/comp141/labs/lab03.ipynb")


def test_a_new_release_arrives(mirror, student):  # noqa: F811
    student.synced("comp141")
    mirror.publish("2-ddddddd", {"readme.md": b"Welcome back\n", "new.txt": b"new\n"})
    eventually((student.home / "comp141/new.txt").exists)
    eventually(lambda: (student.home / "comp141/readme.md").read_bytes() == b"Welcome back\n")


def test_a_link_of_nbgitpuller_finds_its_course_by_the_repository(mirror, student):  # noqa: F811
    urlpath = quote("lab/tree/comp141/readme.md", safe="")
    assert student.lands(f"git-pull?repo={quote(REPO, safe='')}&urlpath={urlpath}") == "files/comp141/readme.md"
    page = student.follow("git-pull?repo=https://git.college.edu/comp142&urlpath=tree/comp142")
    assert page.status_code == 404 and "The people who run this hub" in page.text


def test_a_mirror_that_goes_away_is_told_and_the_copy_opens(mirror, student):  # noqa: F811
    student.synced("comp141")
    mirror.server.close()
    mirror.server.close = lambda: None  # once is enough
    eventually(lambda: student.get("classhub/api/material").json()["away"])
    assert student.lands("classhub/open?course=comp141&path=readme.md") == "files/comp141/readme.md"
    page = student.follow("classhub/open?course=comp141&path=nowhere.md")
    assert page.status_code == 503 and "is not here yet" in page.text
