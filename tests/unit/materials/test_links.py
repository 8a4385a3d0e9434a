"""Links: every form that is pasted somewhere is understood, and none leads out of the home."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classhub.materials import links
from classhub.materials.links import BadLink, Opening, inside_home, open_link, parse_open, parse_pull, repository_key

REPO = "https://github.com/college-cs/comp141"


def pull(*, environment=None, **words):
    return parse_pull(urlencode({"repo": REPO, **words}), environment)


# what stands in urlpath -> what it is opened in, and the first guess below the course's folder
URL_PATHS = {
    "lab/tree/comp141/labs/lab03.ipynb": ("lab", "labs/lab03.ipynb"),
    "lab/tree/comp141/labs/lab03.ipynb?autodecode": ("lab", "labs/lab03.ipynb"),
    "lab/tree/comp141/labs/lab03.ipynb?reset&factory=Notebook": ("lab", "labs/lab03.ipynb"),
    "lab/workspaces/auto-k/tree/comp141/labs/lab03.ipynb": ("lab", "labs/lab03.ipynb"),
    "doc/tree/comp141/README.md": ("lab", "README.md"),
    "lab": ("lab", ""),
    "lab/tree/comp141": ("lab", ""),
    "lab/tree/comp141/": ("lab", ""),
    "/lab/tree/comp141/labs/": ("lab", "labs"),
    "tree/comp141": ("notebook", ""),
    "tree/comp141/labs/lab03.ipynb": ("notebook", "labs/lab03.ipynb"),
    "notebooks/comp141/labs/lab03.ipynb": ("notebook", "labs/lab03.ipynb"),
    "nbclassic/notebooks/comp141/labs/lab03.ipynb": ("notebook", "labs/lab03.ipynb"),
    "edit/comp141/labs/comp141.py": ("notebook", "labs/comp141.py"),
    "retro/tree/comp141/labs/lab03.ipynb": ("retro", "labs/lab03.ipynb"),
    "retro/notebooks/comp141/labs/lab03.ipynb": ("retro", "labs/lab03.ipynb"),
    "shiny/comp141/apps/dice/": ("shiny", "apps/dice"),
    "voila/render/comp141/labs/lab03.ipynb": ("voila", "labs/lab03.ipynb"),
    "lab/tree/comp141.git/labs/lab03.ipynb": ("lab", "labs/lab03.ipynb"),
    "lab/tree/comp141/comp141/inner.ipynb": ("lab", "comp141/inner.ipynb"),
    "tree//labs/lab03.ipynb": ("notebook", "labs/lab03.ipynb"),  # a repository written with a slash at its end
    "treehouse/comp141": ("app", ""),
    "rstudio/": ("app", ""),
}


@pytest.mark.parametrize("url_path", URL_PATHS)
@pytest.mark.parametrize("word", ["urlpath", "urlPath"])
def test_every_urlpath_names_a_view_and_a_file(word, url_path):
    asked = pull(**{word: url_path})
    assert (asked.view, asked.paths[0]) == URL_PATHS[url_path]


def test_another_app_keeps_its_own_address():
    assert pull(urlpath="rstudio/").app_path == "rstudio/"
    assert pull(urlpath="desktop").app_path == "desktop"


@pytest.mark.parametrize("word", ["targetPath", "targetpath"])
@pytest.mark.parametrize(
    "url_path",
    ["lab/tree/comp141/labs/lab03.ipynb", "lab/tree/fall/cs/labs/lab03.ipynb", "lab/tree/cs/labs/lab03.ipynb"],
)
def test_beside_a_target_the_urlpath_may_name_the_repository_all_the_same(word, url_path):
    asked = pull(**{word: "fall/cs", "urlpath": url_path})
    assert asked.folders == ("fall/cs",) and asked.paths == ("labs/lab03.ipynb",)


@pytest.mark.parametrize(
    "words, environment, view, path",
    [
        ({}, {}, "", ""),
        ({"subpath": "labs/lab03.ipynb"}, {}, "", "labs/lab03.ipynb"),
        ({"subPath": "labs"}, {}, "", "labs"),
        ({"subPath": "."}, {}, "", ""),
        ({"subPath": "labs", "app": "lab"}, {}, "lab", "labs"),
        ({"subPath": "labs", "app": "LAB"}, {}, "lab", "labs"),
        ({"subPath": "labs"}, {links.APP: "lab"}, "lab", "labs"),
        ({"subPath": "labs", "app": "notebook"}, {links.APP: "lab"}, "", "labs"),
        ({"subPath": "labs", "urlpath": "tree/comp141/README.md"}, {}, "notebook", "README.md"),
    ],
)
def test_subpath_and_app_of_older_links_still_hold(words, environment, view, path):
    asked = pull(environment=environment, **words)
    assert (asked.view, asked.paths) == (view, (path,))


@pytest.mark.parametrize("unused", [{"depth": "1"}, {"depth": "many"}, {"backup": "false"}, {"backup": ""}])
def test_depth_and_backup_are_accepted_and_mean_nothing(unused):
    assert pull(**unused) == pull()


@pytest.mark.parametrize(
    "repository, folders",
    [
        (REPO, ("comp141", "comp141.git")),
        (f"{REPO}/", ("comp141", "comp141.git")),
        (f"{REPO}.git", ("comp141", "comp141.git")),
        (f"{REPO}.git/", ("comp141", "comp141.git")),
        ("git@github.com:college-cs/comp141.git", ("comp141", "comp141.git")),
        ("git@host:comp141", ("comp141", "comp141.git")),
        ("https://host/..", ()),
        ("https://host/.git", ()),
    ],
)
def test_the_folder_of_a_repository(repository, folders):
    assert pull(repo=repository).folders == folders


def test_an_admins_parent_folder_is_above_each_folder_and_never_out_of_the_home():
    assert pull(environment={links.PARENT_FOLDER: "courses/"}).folders == ("courses/comp141", "courses/comp141.git")
    assert pull(environment={links.PARENT_FOLDER: "/srv"}).folders == ("comp141", "comp141.git")
    asked = pull(environment={links.PARENT_FOLDER: "courses"}, urlpath="tree/courses/comp141/a.py")
    assert asked.paths == ("a.py",)


def test_a_link_that_was_encoded_twice_is_read_both_ways():
    asked = pull(urlpath="lab/tree/comp141/my%20lab.ipynb%3Fautodecode")
    assert asked.paths == ("my%20lab.ipynb%3Fautodecode", "my lab.ipynb")


def test_a_hash_is_part_of_a_name_first_and_a_mark_second():
    assert pull(urlpath="lab/tree/comp141/C#/a.ipynb").paths == ("C#/a.ipynb", "C")


def test_a_link_that_a_page_escaped_twice_still_works():
    assert parse_pull(f"repo={quote(REPO)}&amp;branch=main&amp;urlpath=tree/comp141/a.py").paths == ("a.py",)
    assert parse_open("course=comp141&amp;path=a.py") == Opening("comp141", "a.py")


@pytest.mark.parametrize(
    "query, repository, path",
    [
        ("repo=cs8&path=lab.ipynb", "https://github.com/data-8/cs8", "lab.ipynb"),
        ("account=college-cs&repo=comp141&branch=main", REPO, ""),
    ],
)
def test_the_oldest_page_of_nbgitpuller_becomes_a_pull(query, repository, path):
    asked = parse_pull(links.of_interact(query))
    assert (asked.repository, asked.paths) == (repository, (path,))


OUT = ["../x", "a/../../x", "..", "/etc/passwd", ".ssh/authorized_keys", "a/.ipython/x", "a\0b", ".", "./.bashrc"]
HARMLESS = {".": ""}


@pytest.mark.parametrize("path", [path for path in OUT if path not in HARMLESS])
@pytest.mark.parametrize(
    "where",
    [
        lambda path: pull(targetPath=path),
        lambda path: pull(subPath=path),
        inside_home,
    ],
    ids=["targetPath", "subPath", "inside_home"],
)
def test_what_leads_out_of_the_home_is_refused_with_a_sentence(where, path):
    with pytest.raises(BadLink, match=r"^This link .*\.$"):
        where(path)


@pytest.mark.parametrize(
    "query",
    [
        "course=comp141&path=../x",
        "course=comp141&path=a/%2e%2e/x",
        "course=comp141&path=.ssh/config",
        "course=comp141&path=%00",
        "course=../x&path=a",
        "course=.classhub&path=a",
        "course=&path=a",
        "path=a",
        "",
        "&".join(f"a{n}=" for n in range(200)),
    ],
)
def test_an_own_link_that_leads_nowhere_is_refused(query):
    with pytest.raises(BadLink):
        parse_open(query)


@pytest.mark.parametrize(
    "url_path", ["lab/tree/../../x", "lab/tree/comp141/%2e%2e/x", "rstudio/../../hub/logout", "lab/tree/.ssh/x"]
)
def test_a_urlpath_is_refused_in_either_reading(url_path):
    with pytest.raises(BadLink):
        pull(urlpath=url_path)


@pytest.mark.parametrize("url_path", ["//evil.example/x", "https://evil.example/x", "lab/tree//evil.example/x"])
def test_no_urlpath_becomes_another_sites_address(url_path):
    asked = pull(urlpath=url_path)
    assert not asked.app_path.startswith("/") and "://" not in asked.app_path
    assert not any(path.startswith("/") for path in asked.paths)


def test_a_way_up_is_called_that():
    with pytest.raises(BadLink, match="may not leave its folder"):
        inside_home("a/../b")


def test_a_link_without_a_repository_says_so():
    with pytest.raises(BadLink, match="repository"):
        parse_pull("urlpath=tree/x")


def test_a_leading_slash_in_an_own_link_is_a_slip():
    assert parse_open("course=comp141&path=/labs/lab03.ipynb") == Opening("comp141", "labs/lab03.ipynb")


SAME = [
    "https://github.com/college-cs/comp141",
    "http://github.com/college-cs/comp141/",
    "https://GitHub.com/College-CS/comp141.git",
    "https://www.github.com/college-cs/comp141.git/",
    "https://alice:secret@github.com/college-cs/comp141",
    "git@github.com:college-cs/comp141.git",
    "github.com:college-cs/comp141",
    "ssh://git@github.com:22/college-cs/comp141",
    "ssh://git@github.com/college-cs//comp141.git",
    "git+ssh://git@github.com/college-cs/comp141",
    "git://github.com:9418/college-cs/comp141",
    "github.com/college-cs/comp141",
]


@pytest.mark.parametrize("spelling", SAME)
def test_spellings_of_one_repository_are_one_key(spelling):
    assert repository_key(spelling) == "github.com/college-cs/comp141"


@pytest.mark.parametrize(
    "one, other",
    [
        ("https://git.college.edu/a/Comp", "https://git.college.edu/a/comp"),
        ("https://git.college.edu:3000/a/b", "https://git.college.edu:3001/a/b"),
        ("https://github.com/a/b", "https://gitlab.com/a/b"),
        ("https://github.com/a/b", "https://github.com/a/b2"),
        ("/srv/git/a", "https://srv/git/a"),
        ("https://github.com@evil.example/a/b", "https://github.com/a/b"),
    ],
)
def test_different_repositories_are_different_keys(one, other):
    assert repository_key(one) != repository_key(other)


def test_a_folder_of_this_machine_is_a_repository_too():
    assert repository_key("file:///srv/git/a.git/") == repository_key("/srv/git/a") == "file:/srv/git/a"


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1, max_size=12).filter(
    lambda name: not name.startswith(".")
)
paths = st.lists(names, max_size=4).map("/".join)
courses = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


def as_on_disk(path: str) -> str:
    """A name as os.listdir gives it: what is no UTF-8 is escaped."""
    return path.encode("utf-8", "replace").decode("utf-8", "surrogateescape")


@given(courses, paths.map(as_on_disk), st.sampled_from(["https://hub.college.edu", "https://hub.college.edu/jupyter/"]))
def test_a_link_of_ours_names_what_it_was_made_for(course, path, hub):
    link = open_link(hub, course, path)
    assert link.isascii() and link.startswith("https://hub.college.edu/")
    asked = parse_open(link.split("?", 1)[1])
    assert asked == Opening(course, inside_home(path))


@given(st.binary(min_size=1, max_size=20).map(lambda name: name.decode("utf-8", "surrogateescape")))
def test_names_that_are_no_utf_8_survive_a_link(name):
    if "\0" not in name and not any(part.startswith(".") for part in name.split("/")):
        assert parse_open(links.open_query("c", name)).path == inside_home(name.lstrip("/"))


@given(st.text(max_size=60), st.sampled_from(["urlpath", "targetPath", "subPath", "path"]))
def test_whatever_a_link_says_stays_below_the_home(text, word):
    query = urlencode({"repo": REPO, "course": "c", word: text}, errors="surrogatepass")
    try:
        named = [
            *parse_pull(query).paths,
            *parse_pull(query).folders,
            parse_pull(query).app_path,
            parse_open(query).path,
        ]
    except BadLink as error:
        assert str(error).isprintable()
        return
    for path in named:
        assert not path.startswith("/") and "\0" not in path
        assert not any(part.startswith(".") for part in path.split("/"))


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_keys_hold_no_password(text):
    assert repository_key(text) is not None
    assert "sekret" not in repository_key("https://u:sekret@host/" + text.replace("sekret", ""))


@pytest.mark.parametrize(
    "repository",
    [*SAME, "/srv/git/a.git", "file:///srv/a", "https://git.college.edu:3000/A/b", "git@git.college.edu:A/b"],
)
def test_a_key_is_its_own_key(repository):
    assert repository_key(repository_key(repository)) == repository_key(repository)
