"""Find the deployment folder that a command is about."""

from collections.abc import Mapping
from pathlib import Path

from classhub.errors import NotFound, WrongUsage

VARIABLE = "CLASSHUB_CONFIG"


def find(given: Path | None, environ: Mapping[str, str], here: Path) -> Path:
    """The folder given, else the one CLASSHUB_CONFIG names, else the nearest one from `here` upwards. Absolute."""
    if given is not None:
        return _named(given, "-C/--folder", here)
    if environ.get(VARIABLE):
        return _named(Path(environ[VARIABLE]), VARIABLE, here)
    if (here / "config.yaml").is_file():
        return here.absolute()
    for folder in (here, *here.parents):
        if folder.name == "config" and (folder / "config.yaml").is_file():
            return folder.absolute()
        if _is_deployment(folder / "config"):
            return (folder / "config").absolute()
    raise NotFound(
        f"There is no deployment folder in {here} or above it.",
        "A deployment folder is named config/ and holds a config.yaml.",
        "Go to the folder that holds config/, name it: `classhub -C PATH/config ...`, or begin one: `classhub init DIR`.",
    )


def _named(given: Path, source: str, here: Path) -> Path:
    folder = here / given.expanduser()
    if not folder.is_dir():
        what = f"{given} is not a folder." if folder.exists() else f"There is no folder {given}."
        fix = "Name the folder that holds config.yaml, as in `classhub -C PATH/config up`."
        raise WrongUsage(what, f"{source} names it.", fix)
    if not (folder / "config.yaml").is_file() and _is_deployment(folder / "config"):
        folder /= "config"
    return folder.resolve()


def _is_deployment(folder: Path) -> bool:
    """One whose config.yaml was deleted counts as long as a hub has run on it: that hub can still be stopped."""
    return (folder / "config.yaml").is_file() or (folder.is_dir() and (folder.parent / ".classhub").is_dir())
