"""A folder that nbgitpuller made goes on being the course's folder."""

import pytest

from doubles.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    store.publish({"a.txt": "one\n"})
    store.names_repositories("github.com/college-cs/comp141")
    return store


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return home


def clone(home, folder, url):
    (home / folder / ".git").mkdir(parents=True)
    (home / folder / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n')


def test_material_goes_on_in_the_clone_and_links_lead_there(store, serve_once, home):
    clone(home, "labs-f26", "https://alice:secret@GitHub.com/college-cs/comp141.git")
    clone(home, "another", "https://github.com/college-cs/comp142")
    student = serve_once(store.folder, home)
    assert student.synced()["at"] == "labs-f26"
    assert (home / "labs-f26" / "a.txt").exists() and not (home / "comp141").exists()
    assert student.lands("classhub/open?course=comp141&path=a.txt") == "files/labs-f26/a.txt"
    again = serve_once(store.folder, home)
    assert again.synced()["at"] == "labs-f26"


def test_a_clone_below_the_admins_parent_folder_is_found(store, serve_once, home):
    clone(home, "courses/comp141", "git@github.com:college-cs/comp141.git")
    student = serve_once(store.folder, home, NBGITPULLER_PARENTPATH="courses")
    assert student.synced()["at"] == "courses/comp141"
    link = "git-pull?repo=https://github.com/college-cs/comp141&urlpath=lab/tree/courses/comp141/a.txt"
    assert student.lands(link) == "files/courses/comp141/a.txt"


def test_beside_a_folder_of_the_courses_own_name_a_clone_is_left_alone(store, serve_once, home):
    (home / "comp141").mkdir()
    clone(home, "old", "https://github.com/college-cs/comp141")
    assert serve_once(store.folder, home).synced()["at"] == "comp141"
    assert not (home / "old" / "a.txt").exists()
