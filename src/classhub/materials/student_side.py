"""The student's side as files for a pod of any image: what it is, read from the imports, and one archive of it.

Admin's side. Pure but for reading ClassHub's own files.
"""

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import classhub
from classhub.materials.bare_source import bare

PACKAGE = Path(classhub.__file__).parent
SERVER = PACKAGE / "server"
STARTS = ("classhub.server",)
"""With all below; what they import comes by itself."""
ENABLES = SERVER / "etc" / "jupyter_server_config.d" / "classhub.json"
LAB = SERVER / "labextension"
"""JupyterLab's part, in folders by its name: package.json and static/, as a browser gets them."""
IN_PODS = Path(__file__).parent / "in_pods" / "jupyter_config.py"

ARCHIVE = "python.zip"
"""Python imports from it: thirty files would be as many mounts of each pod."""
_NAMED = re.compile(r"classhub(\.[a-z_0-9]+)+")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@cache
def files() -> Mapping[str, bytes]:
    """All that a pod gets, by the place below one folder of it. The same bytes for the same ClassHub, as a difference
    restarts a hub."""
    return {
        ARCHIVE: archive(),
        "etc/jupyter_config.py": IN_PODS.read_bytes(),
        "etc/jupyter_server_config.d/classhub.json": _enables(),
        **{f"share/labextensions/{path.relative_to(LAB).as_posix()}": path.read_bytes() for path in _plain(LAB)},
    }


def archive() -> bytes:
    """A zip for Python's import path: the modules and what else the server's package holds."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in [*modules(), *_beside_modules()]:
            about = zipfile.ZipInfo(path.relative_to(PACKAGE.parent).as_posix(), _LONG_AGO)
            about.external_attr, about.compress_type, about.create_system = 0o100444 << 16, zipfile.ZIP_DEFLATED, 3
            packed.writestr(about, _packed(path))
    return into.getvalue()


def _packed(path: Path) -> bytes:
    return bare(path.read_text(encoding="utf-8")).encode() if path.suffix == ".py" else path.read_bytes()


def modules(starts: Sequence[str] = STARTS) -> tuple[Path, ...]:
    """Of ours: what runs as the student, and all that it imports or names in a text, as for `python -m`."""
    waiting = [one for start in starts for place in _places(start) for one in _with_all_below(place)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [*_packages(path), *(place for name in names(path) for place in _places(name))]
    return tuple(sorted(found))


def names(path: Path) -> Iterator[str]:
    """Modules of ours that a module may need, by their dotted names; some are functions of one."""
    package = path.relative_to(PACKAGE.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            found = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = [node.value]
        yield from filter(_NAMED.fullmatch, found)


def dotted(path: Path) -> str:
    """A module's name, by its file."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def _places(name: str) -> Iterator[Path]:
    base = PACKAGE.parent.joinpath(*name.split("."))
    yield from filter(Path.is_file, (base.with_suffix(".py"), base / "__init__.py"))


def _packages(path: Path) -> Iterator[Path]:
    """The __init__.py of each package above a module."""
    for folder in path.relative_to(PACKAGE.parent).parents[:-1]:
        yield from filter(Path.is_file, [PACKAGE.parent / folder / "__init__.py"])


def _with_all_below(path: Path) -> list[Path]:
    return sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]


def _beside_modules() -> list[Path]:
    """What the server's own modules read, as a page; not what Jupyter reads as files."""
    elsewhere = {SERVER / "etc", LAB}
    return [path for path in _plain(SERVER) if path.suffix != ".py" and not elsewhere.intersection(path.parents)]


def _plain(folder: Path) -> list[Path]:
    """All files below, but what Python itself leaves there."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__")


def _enables() -> bytes:
    """The extension alone: what one machine's servers are set to besides is no matter of a college's image."""
    setting = json.loads(ENABLES.read_bytes())["ServerApp"]
    return json.dumps({"ServerApp": {"jpserver_extensions": setting["jpserver_extensions"]}}).encode()
