"""Links in a real server: a click leads to the file, or to a page that says why not."""

from urllib.parse import quote

import httpx2
import pytest

from doubles.store import Store
from server.conftest import eventually

NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
FILES = {
    "labs/lab01.ipynb": NOTEBOOK,
    "labs/my lab #2 50%.ipynb": NOTEBOOK,
    "labs/new name.txt": "new",
    "apps/dice/app.R": "shiny",
    "README.md": "read me",
}
REPO = "https://github.com/college-cs/comp141"


@pytest.fixture(scope="module")
def student(store, serve):
    store.publish(
        FILES,
        renames={"labs/old name.txt": "labs/older.txt", "labs/older.txt": "labs/new name.txt", "weeks": "labs"},
        coming={"labs/lab03.ipynb": "2099-01-12T09:00:00-06:00", "exams": "2099-05-01T09:30:00-05:00"},
        left={"big.bin": "it is larger than 5 MB"},
    )
    store.names_repositories("github.com/college-cs/comp141")
    return serve(store.folder, lab=True)


def link(path, course="comp141"):
    return f"classhub/open?course={course}&path={quote(path)}"


def pull(repo=REPO, **words):
    return "git-pull?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in {"repo": repo, **words}.items())


def test_a_link_brings_its_file_and_opens_it(student):
    assert student.lands(link("labs/lab01.ipynb")) == "lab/tree/comp141/labs/lab01.ipynb"
    assert (student.home / "comp141/labs/lab01.ipynb").read_text() == NOTEBOOK


def test_odd_names_are_encoded_once(student):
    assert student.lands(link("labs/my lab #2 50%.ipynb")) == "lab/tree/comp141/labs/my%20lab%20%232%2050%25.ipynb"


@pytest.mark.parametrize("path", ["", "labs", "labs/"])
def test_folders_open_too(student, path):
    student.synced()
    assert student.lands(link(path)) == f"lab/tree/comp141/{path}".rstrip("/")


def test_the_old_name_of_a_file_leads_to_the_one_of_now(student):
    assert student.lands(link("labs/old name.txt")) == "lab/tree/comp141/labs/new%20name.txt"
    assert student.lands(link("weeks/lab01.ipynb")) == "lab/tree/comp141/labs/lab01.ipynb"


def test_a_renamed_file_that_the_student_kept_opens_as_his(student):
    student.synced()
    own = student.home / "comp141" / "labs" / "older.txt"
    own.write_text("mine")
    try:
        assert student.lands(link("labs/older.txt")) == "lab/tree/comp141/labs/older.txt"
    finally:
        own.unlink()


@pytest.mark.parametrize(
    "path, words",
    [
        ("labs/lab03.ipynb", "Monday, 12 January 2099, at 9:00"),
        ("exams", "Friday, 1 May 2099, at 9:30"),
        ("exams/final.ipynb", "Friday, 1 May 2099, at 9:30"),
    ],
)
def test_what_is_not_released_yet_says_when_it_will_be(student, path, words):
    page = student.follow(link(path))
    assert page.status_code == 404 and words in page.text


def test_a_file_that_does_not_exist_says_so_and_names_what_may_be_meant(student):
    page = student.follow(link("lab01.IPYNB"))
    assert page.status_code == 404
    assert "There is no lab01.IPYNB" in page.text and "/lab/tree/comp141/labs/lab01.ipynb" in page.text


def test_a_file_that_was_added_just_now_is_there_when_its_link_is_clicked_again(serve_once, tmp_path):
    store = Store(tmp_path / "store")
    store.publish({"lab01.ipynb": NOTEBOOK})
    student = serve_once(store.folder, CLASSHUB_MATERIAL_EVERY_S="3600")
    assert "here within a minute" in (page := student.follow(link("lab02.ipynb")).text) and "Try again" in page
    store.publish({"lab01.ipynb": NOTEBOOK, "lab02.ipynb": NOTEBOOK})
    eventually(lambda: student.follow(link("lab02.ipynb")).status_code == 302)
    assert student.lands(link("lab02.ipynb")).endswith("/comp141/lab02.ipynb")


def test_a_file_that_is_not_handed_out_says_why(student):
    assert "it is larger than 5 MB" in student.follow(link("big.bin")).text


def test_another_course_is_a_page_in_words(student):
    page = student.follow(link("a", course="math101"))
    assert page.status_code == 404 and "You are not in the course math101" in page.text


URL_PATHS = {
    "lab/tree/comp141/labs/lab01.ipynb": "lab/tree/comp141/labs/lab01.ipynb",
    "lab/tree/comp141/labs/lab01.ipynb?autodecode": "lab/tree/comp141/labs/lab01.ipynb",
    "tree/comp141/labs/lab01.ipynb": "lab/tree/comp141/labs/lab01.ipynb",
    "notebooks/comp141/labs/lab01.ipynb": "lab/tree/comp141/labs/lab01.ipynb",
    "retro/tree/comp141/labs/lab01.ipynb": "lab/tree/comp141/labs/lab01.ipynb",
    "lab/tree/comp141/weeks/lab01.ipynb": "lab/tree/comp141/labs/lab01.ipynb",
    "tree/comp141": "lab/tree/comp141",
    "shiny/comp141/apps/dice/": "shiny/comp141/apps/dice/",
    "rstudio/": "rstudio/",
}


@pytest.mark.parametrize("url_path", URL_PATHS)
def test_links_of_nbgitpuller_to_a_known_course_keep_working(student, url_path):
    student.synced()
    assert student.lands(pull(urlpath=url_path, branch="main", depth="1")) == URL_PATHS[url_path]


def test_spellings_of_the_repository_and_odd_targets_do_not_matter(student):
    assert student.lands(
        pull("git@GitHub.com:college-cs/comp141.git", targetPath="fall", urlpath="lab/tree/comp141/README.md")
    ).endswith("/comp141/README.md")
    assert student.lands(pull(f"{REPO}/", urlpath="tree//README.md")).endswith("/comp141/README.md")
    assert student.lands(pull(subPath="labs/lab01.ipynb", app="lab")).endswith("/comp141/labs/lab01.ipynb")


def test_a_file_of_the_home_that_is_none_of_the_course_opens_where_it_is(student):
    (student.home / "other").mkdir(exist_ok=True)
    (student.home / "other" / "own.txt").write_text("mine")
    assert student.lands(pull(urlpath="lab/tree/other/own.txt")) == "lab/tree/other/own.txt"


def test_a_repository_of_no_course_is_a_page_that_says_who_can_allow_it(student):
    page = student.follow(pull("https://github.com/elsewhere/x", urlpath="tree/x"))
    assert page.status_code == 404 and "The people who run this hub" in page.text
    assert not (student.home / "x").exists()


def test_the_oldest_addresses_of_nbgitpuller_lead_to_the_one_of_now(student):
    assert student.lands("interact?account=college-cs&repo=comp141&path=README.md").startswith("git-pull?repo=https%3A")
    assert student.lands(f"git-sync?repo={quote(REPO)}&subPath=README.md").startswith("git-pull?repo=")


@pytest.mark.parametrize(
    "way",
    [
        link("../../etc/passwd"),
        link(".ssh/id_rsa"),
        "classhub/open?course=comp141&path=%2e%2e/x",
        "classhub/open?course=..&path=x",
        "classhub/open",
        pull(targetPath="../x"),
        pull(targetPath="/etc"),
        pull(targetPath=".ipython/profile_default/startup"),
        pull(urlpath="lab/tree/../../x"),
        pull(subPath="../.."),
        "git-pull",
    ],
)
def test_what_leads_out_of_the_home_is_a_page_in_words(student, way):
    page = student.get(way)
    assert page.status_code == 400 and "This link does not work" in page.text
    assert sorted(path.name for path in student.home.iterdir() if not path.name.startswith(".")) <= ["comp141", "other"]


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_no_link_leads_to_another_site(student, evil):
    for way in (pull(urlpath=evil), link(evil)):
        answer = student.follow(way)
        assert answer.headers.get("Location", student.base).startswith(student.base)


def test_a_page_escapes_what_a_link_says(student):
    page = student.follow(link("<script>alert(1)</script>"))
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert "frame-ancestors" in page.headers["Content-Security-Policy"]


def test_without_a_login_a_link_leads_to_the_login_and_the_interface_refuses(student):
    assert "/login?next=" in httpx2.get(student.url + link("README.md"), timeout=60).headers["Location"]
    assert httpx2.get(student.url + "classhub/api/material", timeout=60).status_code == 403
    assert httpx2.post(student.url + "classhub/api/sync", timeout=60).status_code == 403


def test_the_link_of_a_file_that_was_deleted_brings_it_back(student):
    student.synced()
    (student.home / "comp141" / "README.md").unlink()
    assert student.lands(link("README.md")) == "lab/tree/comp141/README.md"
    assert eventually((student.home / "comp141" / "README.md").exists)
