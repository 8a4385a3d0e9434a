"""Links to course material: ClassHub's own, and nbgitpuller's in every form that is in use. Pure.

Student's side: standard library only, Python 3.9. What a link names is a wish: nothing it says leads out of the home.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

OPEN = "classhub/open"
PULL = "git-pull"
LEGACY_PULLS = ("git-sync", "interact")
"""Older names of nbgitpuller's page; `interact` has words of its own."""
PARENT_FOLDER = "NBGITPULLER_PARENTPATH"
APP = "NBGITPULLER_APP"

VIEWS = (
    ("lab/tree", "lab"),
    ("doc/tree", "lab"),
    ("lab", "lab"),
    ("notebooks", "notebook"),
    ("nbclassic/notebooks", "notebook"),
    ("nbclassic/tree", "notebook"),
    ("nbclassic/edit", "notebook"),
    ("tree", "notebook"),
    ("edit", "notebook"),
    ("view", "notebook"),
    ("retro/notebooks", "retro"),
    ("retro/tree", "retro"),
    ("retro/edit", "retro"),
    ("retro", "retro"),
    ("shiny", "shiny"),
    ("voila/render", "voila"),
)
"""How a urlpath begins, and what it is to be opened in. The longer of two stands first."""
_WORKSPACE = re.compile(r"^lab/workspaces/[^/]+/tree(?=/|$)")
_COURSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class BadLink(ValueError):
    """A link that leads nowhere, or out of the home. The text is a sentence for the person who clicked it."""


@dataclass(frozen=True)
class Opening:
    """What one of our own links asks for."""

    course: str
    path: str
    """Below the course's folder; empty is the folder itself."""


@dataclass(frozen=True)
class Pull:
    """What one of nbgitpuller's links asks for."""

    repository: str
    """As written; `repository_key` makes it comparable."""
    branch: str
    """Empty: the repository's own choice."""
    folders: tuple[str, ...]
    """Where nbgitpuller has or would have put its clone, below the home; the likeliest first."""
    paths: tuple[str, ...]
    """What to open, below the course's folder, as guesses: the likeliest first. ("",) is the folder itself."""
    view: str
    """lab, notebook, retro, shiny, voila; "app": open `app_path`, as it is; empty: whatever this server has."""
    app_path: str = ""
    """Below the server's address, as "rstudio/"."""


def open_query(course: str, path: str = "") -> str:
    """The query of a link of ours: each name percent-encoded once, bytes that are no UTF-8 included."""
    words = {"course": course, **({"path": path} if path else {})}
    return urlencode(words, quote_via=quote, safe="/", errors="surrogateescape")


def open_link(hub: str, course: str, path: str = "") -> str:
    """A link for Canvas, a syllabus or a mail. hub: the address that students know, with its path if it has one."""
    return f"{hub.rstrip('/')}/hub/user-redirect/{OPEN}?{open_query(course, path)}"


def parse_open(query: str) -> Opening:
    """query: what stands after the question mark. Raises BadLink."""
    given = _words(query)
    course = given.get("course", "").strip()
    if not course:
        raise BadLink("This link names no course.")
    if not is_course(course):
        raise BadLink(f"{_shown(course)} cannot be the name of a course.")
    return Opening(course, inside_home(given.get("path", ""), absolute_is_inside=True))


def parse_pull(query: str, environment: Mapping[str, str] | None = None) -> Pull:
    """query: what stands after `git-pull?`. environment: the server's, for nbgitpuller's two variables. Raises BadLink."""
    given, environment = _words(query), environment or {}
    repository = given.get("repo", "").strip()
    if not repository or "\0" in repository:
        raise BadLink("This link names no repository (repo=…).")
    folders = _folders(repository, _first(given, "targetpath", "targetPath"), environment.get(PARENT_FOLDER, ""))
    url_path = _first(given, "urlpath", "urlPath").strip()
    if url_path:
        view, guesses, app_path = _of_url_path(url_path, repository, folders)
    else:
        app = given.get("app") or environment.get(APP, "")
        view, app_path = ("lab" if app.lower() == "lab" else ""), ""
        guesses = [inside_home(_first(given, "subpath", "subPath"))]
    return Pull(repository, given.get("branch", "").strip(), folders, tuple(dict.fromkeys(guesses)), view, app_path)


def of_interact(query: str) -> str:
    """nbgitpuller's oldest page knew an account and a repository on GitHub: the query of `git-pull` for it."""
    given = _words(query)
    words = {
        "repo": f"https://github.com/{given.get('account', 'data-8')}/{given.get('repo', '')}",
        "branch": given.get("branch", "gh-pages"),
        "subPath": given.get("path", ""),
    }
    return urlencode(words, quote_via=quote, errors="surrogateescape")


def is_course(name: str) -> bool:
    """The names that a file in courses/ may have; nothing else becomes part of an address or of a path."""
    return bool(_COURSE.fullmatch(name))


def inside_home(path: str, absolute_is_inside: bool = False) -> str:
    """The same path without empty parts and ".". Raises BadLink for what leads elsewhere, or to a hidden folder.

    absolute_is_inside: a leading slash is a slip, as it means the course's folder, and not this computer's root.
    """
    if "\0" in path:
        raise BadLink("This link holds a character that no file name can have.")
    if path.startswith("/") and not absolute_is_inside:
        raise BadLink(f"This link leads to {_shown(path)}, which is outside your home.")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise BadLink(f"This link leads to {_shown(path)}, and may not leave its folder by “..”.")
    for part in parts:
        if part.startswith("."):
            raise BadLink(f"This link leads to {_shown(part)}; a link may not open hidden files or folders.")
    return "/".join(parts)


def _words(query: str) -> dict[str, str]:
    """The last of each name counts, as in nbgitpuller. `&amp;` is what a page makes of a link that it escapes twice."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=100)
    except ValueError as error:
        raise BadLink("This link is longer than any link to course material.") from error
    return {key[4:] if key.startswith("amp;") else key: value for key, value in pairs}


def _first(given: Mapping[str, str], *names: str) -> str:
    return next((given[name] for name in names if given.get(name)), "")


def _shown(text: str) -> str:
    """For a sentence: short, and without what a terminal or a page would act on."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in text)
    return f"“{plain[:80]}…”" if len(plain) > 80 else f"“{plain}”"


def _folders(repository: str, target: str, parent: str) -> tuple[str, ...]:
    """Below the home. An admin's parent folder that lies elsewhere is left aside: ours stays in the home."""
    bare = repository_name(repository)
    names = [inside_home(target)] if target else [bare, *([f"{bare}.git"] if bare else [])]
    try:
        above = inside_home(parent)
    except BadLink:
        above = ""
    placed = [f"{above}/{name}".strip("/") for name in names] if above else names
    return tuple(dict.fromkeys(name for name in placed if name))


def repository_name(repository: str) -> str:
    """Its last part, as a folder would be called: without .git and slash at the end."""
    last = re.split(r"[/:]", repository.rstrip("/"))[-1]
    name = last[:-4] if last.endswith(".git") else last
    return "" if name.startswith(".") or "\0" in name else name


def _of_url_path(text: str, repository: str, folders: tuple[str, ...]) -> tuple[str, list[str], str]:
    """View, guesses, path of another app. The text was decoded once; some links are encoded twice, so both are looked at."""
    readings = list(dict.fromkeys([text, unquote(text, errors="surrogateescape")]))
    trimmed = [
        cut.lstrip("/") for reading in readings for cut in (re.split(r"\?", reading)[0], *_without_hash(reading))
    ]
    for reading in trimmed:
        inside_home(reading)  # a clean first reading does not excuse a second one that leads out
    view, rest = _view(trimmed[0])
    if not view:
        return ("app", [""], inside_home(trimmed[0]) + ("/" if trimmed[0].endswith("/") else ""))
    rests = [rest, *(_view(reading)[1] for reading in trimmed[1:])]
    return view, [_below(inside_home(one), repository, folders) for one in rests], ""


def _without_hash(reading: str) -> list[str]:
    """A folder may be called C#, so that a hash is a mark of a place in a page only as the second guess."""
    cut = re.split(r"[?#]", reading)[0]
    return [cut] if "#" in reading else []


def _view(url_path: str) -> tuple[str, str]:
    plain = _WORKSPACE.sub("lab/tree", url_path)
    for prefix, view in VIEWS:
        if plain == prefix or plain.startswith(f"{prefix}/"):
            return view, plain[len(prefix) :].lstrip("/")
    return "", plain


def _below(path: str, repository: str, folders: tuple[str, ...]) -> str:
    """A urlpath begins with the folder of the clone; the link generator writes the repository's even beside a target."""
    bare = repository_name(repository)
    short = [folder.rsplit("/", 1)[-1] for folder in folders]
    for folder in dict.fromkeys([*folders, *short, bare, f"{bare}.git"]):
        if folder and path == folder:
            return ""
        if folder and path.startswith(f"{folder}/"):
            return path[len(folder) + 1 :]
    return path


_SCP = re.compile(r"^(?:[^/@:]+@)?(?P<host>[^/:@]+):(?!//)(?P<path>.*)$", re.DOTALL)
_URL = re.compile(
    r"^(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^/?#]*@)?(?P<host>\[[^\]]*\]|[^/:?#]*)(?::(?P<port>\d*))?(?P<path>/.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(r"^(?P<host>[\w-]+(?:\.[\w-]+)+)(?::(?P<port>\d+))?(?P<path>/.*)$", re.DOTALL)
"""An address without its scheme; and what `repository_key` makes."""
_USUAL_PORTS = {"", "22", "80", "443", "9418"}
_CASE_BLIND = {"github.com", "gitlab.com"}


def repository_key(repository: str) -> str:
    """What two spellings of one repository have in common; holds no user and no password. Not an address to fetch from.

    The key of a key is the key itself.
    """
    text = repository.strip()
    url = _URL.match(text)
    if url and url["scheme"].lower() != "file":
        return _key(url["host"], "" if "ssh" in url["scheme"].lower() else url["port"] or "", url["path"] or "")
    if url or text.startswith(("/", "file:")):
        return "file:" + _plain_path(unquote(url["path"] or "") if url else re.sub("^(file:)+", "", text))
    scp, bare = _SCP.match(text), _BARE.match(text)
    if bare:
        return _key(bare["host"], bare["port"] or "", bare["path"])
    return _key(scp["host"], "", scp["path"]) if scp else "file:" + _plain_path(text)


def _key(host: str, port: str, path: str) -> str:
    name = host.lower().rstrip(".")
    name = name[4:] if name.startswith("www.") else name
    place = _plain_path(unquote(re.split(r"[?#]", path)[0])).lstrip("/")
    door = "" if port in _USUAL_PORTS else f":{port}"
    return f"{name}{door}/{place.lower() if name in _CASE_BLIND else place}"


def _plain_path(path: str) -> str:
    plain = re.sub(r"/+", "/", path).rstrip("/")
    return plain[:-4].rstrip("/") if plain.endswith(".git") and not plain.endswith("/.git") else plain
