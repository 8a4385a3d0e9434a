"""Where a course's material comes from: `material` of courses/NAME.yaml, a text or a mapping."""

import re
import stat
from pathlib import Path
from shlex import quote

from classhub.config.course_paths import inside, is_folder, is_there
from classhub.config.durations import seconds
from classhub.config.fields import Fields
from classhub.config.model import Material
from classhub.config.spelling import dotted

ARCHIVES = (".zip", ".tar.gz", ".tgz")
_ENDINGS = f"that ends in {', '.join(ARCHIVES[:-1])} or {ARCHIVES[-1]}"
SCHEMES = ("https", "http", "ssh", "file")
KEYS = ("from", "branch", "folder", "every", "key", "token", "hook", "hold")
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?P<user>[^/?#]*)@)?(?P<rest>.*)")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:(?!//).+")
_PAGE = re.compile(r"(?P<repository>.*?)/(?:-/)?(?:tree|blob)/(?P<branch>[^/]+)/?(?P<folder>.*)")
"""As a browser shows a folder of a repository on GitHub or GitLab."""
_SECRET = re.compile(r"[?&][^=&]*(?:token|password|secret|signature)[^=&]*=", re.IGNORECASE)
LEAST_S, MOST_S = 10, 7 * 86400
EVERY_S = {"folder": 10}
"""A walk through a folder costs nothing; elsewhere a host is asked."""


def material(fields: Fields, folder: Path) -> Material | None:
    """folder: config/, absolute. A path starts at the folder that holds it; files of secrets at config/."""
    if not fields.is_mapping("material"):
        return _checked(fields, "material", fields.text("material"), "", folder)
    below = fields.section("material")
    assert below is not None
    below.only(*KEYS)
    if not below.given("from"):
        fields.wrong("material", "CH1926", "material says not where it comes from.", "", "from: material/comp141")
    branch = below.text("branch")
    found = _checked(below, "from", below.text("from"), branch, folder)
    if found is None:
        return None
    return Material(
        kind=found.kind,
        source=found.source,
        branch=branch,
        folder=_inner(below, found),
        every_s=_every(below, found.every_s),
        key=_private(below, "key", folder),
        token=_private(below, "token", folder),
        hook=_private(below, "hook", folder),
        hold=below.yes("hold"),
    )


def _checked(fields: Fields, name: str, text: str, branch: str, folder: Path) -> Material | None:
    if not text or "\0" in text:
        return None
    if _SCP.fullmatch(text):
        _fitting(fields, "git", "ssh")
        return Material("git", text)
    if address := _ADDRESS.fullmatch(text):
        return _at_address(fields, name, text, address)
    return _on_this_machine(fields, name, text, branch, folder)


def _at_address(fields: Fields, name: str, text: str, address: re.Match[str]) -> Material | None:
    scheme, user = address["scheme"].lower(), address["user"]
    if scheme not in SCHEMES:
        message = f"Nothing is fetched by {scheme}://."
        why = "Anybody on the way could change what comes." if scheme == "git" else ""
        fields.wrong(
            name, "CH1926", message, why, f"Known are {', '.join(f'{one}://' for one in SCHEMES)}, and a path."
        )
        return None
    if user and (":" in user or scheme != "ssh"):
        why = "config/ is kept in git, and addresses are shown."
        fix = "Take out all before the @, and name a file of mode 0600 with the token: token: comp141.token"
        fields.wrong(name, "CH1927", "A name or password stands in the address.", why, fix)
        return None
    if not address["rest"].strip("/"):
        fields.wrong(name, "CH1926", "The address names no host.", "", "https://git.college.edu/cs/comp141.git")
        return None
    if _SECRET.search(text):
        why = "config/ is kept in git, and addresses are shown."
        fix = "If the host takes it in a header, name a file of mode 0600 with it: token: comp141.token"
        fields.wrong(name, "CH1927", "The address seems to hold a secret.", why, fix, severity="warning")
    if (page := _PAGE.fullmatch(text)) and scheme in ("http", "https") and not _is_archive(text):
        inner = f", folder: {page['folder'].rstrip('/')}" if page["folder"].strip("/") else ""
        fix = f"material: {{from: {page['repository']}, branch: {page['branch']}{inner}}}"
        fields.wrong(name, "CH1926", "This is the address of a page, and of no repository.", "", fix)
        return None
    is_archive = _is_archive(address["rest"].split("?")[0]) and scheme in ("http", "https")
    _fitting(fields, "archive" if is_archive else "git", scheme)
    return Material("archive" if is_archive else "git", text)


def _fitting(fields: Fields, kind: str, scheme: str) -> None:
    """Tell of settings that do nothing for this source."""
    useless = {"key": scheme != "ssh", "token": scheme not in ("http", "https"), "branch": kind != "git"}
    for name, is_useless in useless.items():
        if name in fields.names() and fields.where and fields.given(name) and is_useless:
            message = f"{dotted((*fields.where, name))} does nothing here."
            why = "key is for git over ssh, token for https, branch for git."
            fields.wrong(name, "CH1929", message, why, "Take the line out.", severity="warning")
    if scheme == "http" and fields.where and fields.given("token"):
        message = "The token would cross the network readable."
        fields.wrong("token", "CH1929", message, "", "Write https:// in place of http://.", severity="warning")


def _on_this_machine(fields: Fields, name: str, text: str, branch: str, folder: Path) -> Material | None:
    path = folder.parent / text
    kind = _kind(path, text, branch)
    if kind == "folder" and _holds(path, folder):
        message = f"The folder {text} holds the deployment folder, {folder.name}/."
        fields.wrong(
            name, "CH1939", message, "Students would get its secrets.", "Put the material into a folder of its own."
        )
    elif not is_there(path):
        _away(fields, name, text, kind, folder)
    elif not (path.is_dir() or _is_archive(text)):
        message = f"{text} is neither a folder nor an archive."
        fields.wrong(name, "CH1922", message, "Nothing can come from it.", f"Name a folder, or a file {_ENDINGS}.")
    _fitting(fields, kind, "")
    return Material(kind, str(path), every_s=EVERY_S.get(kind, Material.every_s))


def _kind(path: Path, text: str, branch: str) -> str:
    """Also of what is not there: by its name."""
    if not is_folder(path) and _is_archive(text):
        return "archive"
    return "git" if branch or path.suffix == ".git" else "folder"


def _away(fields: Fields, name: str, text: str, kind: str, folder: Path) -> None:
    """A warning: a disk may come back, and until then the last good release serves and all else goes on."""
    nouns = {"folder": "folder", "git": "git repository", "archive": "archive"}
    fixes = {
        "folder": "Create the folder or mount its disk, or correct the path.",
        "git": "Put the repository there or mount its disk, or correct the path.",
        "archive": "Put the file there or mount its disk, or correct the path.",
    }
    why = f"Students keep the last good release. The path starts at {folder.parent}."
    fields.wrong(name, "CH1922", f"There is no {nouns[kind]} {text}.", why, fixes[kind], severity="warning")


def _holds(material: Path, config: Path) -> bool:
    try:
        here, private = material.resolve(), config.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or no name for this disk
        return False
    return private.is_relative_to(here) or here.is_relative_to(private)


def _is_archive(text: str) -> bool:
    return text.lower().endswith(ARCHIVES)


def _inner(fields: Fields, found: Material) -> str:
    text = fields.text("folder")
    path = inside(fields, ("folder",), text) if text.strip("./") else ""
    if path and found.kind == "folder" and is_folder(Path(found.source)) and not is_folder(Path(found.source, path)):
        message = f"There is no folder {path} in the material."
        why = "Students keep the last good release."
        fields.wrong("folder", "CH1922", message, why, "Create it, or correct the path.", severity="warning")
    return path


def _every(fields: Fields, default: int) -> int:
    if not fields.given("every"):
        return default
    found = seconds("every", fields.value("every"))
    if found is None or not LEAST_S <= found <= MOST_S:
        message = f"{dotted((*fields.where, 'every'))} must be a length of time from {LEAST_S}s to 7d."
        fields.wrong("every", "CH1932", message, "", "every: 1m")
        return default
    return found


def _private(fields: Fields, name: str, folder: Path) -> Path | None:
    """A file that holds a secret; it must be there, and closed to others."""
    text = fields.text(name)
    if not text or "\0" in text:
        return None
    path = folder / text
    shown = quote(str(path))
    if not is_there(path) or not path.is_file():
        message = f"{dotted((*fields.where, name))} names a file that does not exist: {path}"
        fields.wrong(
            name, "CH1928", message, f"The path starts at {folder.name}/.", "Put the file there, or correct the path."
        )
    elif (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        message = f"Other people on this machine can read or change {path} (its mode is {mode:04o})."
        fields.wrong(name, "CH1940", message, "It holds a secret.", f"chmod 600 {shown}")
    return path
