"""Begin a deployment folder: commented files from starter/, filled with a few answers; all of them are written or none."""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from string import Template

from classhub.config.edit import render
from classhub.config.model import Settings
from classhub.errors import OutsideFailed, Refused, WrongUsage
from classhub.operations.questions import Answers

_STARTER = Path(__file__).with_name("starter")
_MARKED = re.compile(r"@([a-z-]+)(?: |$)(.*)", re.DOTALL)
CONFIG = "config/config.yaml"
_PRIVATE = "config/secrets.example.yaml"
"""Copies of it are to be as private as itself."""


def init(folder: Path, answers: Answers) -> tuple[str, ...]:
    """Names of the files that were written, below the folder. Raises Refused, naming what is there already."""
    files = {name: text for name, text in contents(answers).items() if not _has_material(folder, answers, name)}
    refuse(folder, files)
    _write(folder, files)
    return tuple(files)


def _has_material(folder: Path, answers: Answers, name: str) -> bool:
    """The college's own material is handed out as it is."""
    return name.startswith("material/") and (folder / "material" / answers.course).is_dir()


def contents(answers: Answers) -> dict[str, str]:
    """Every file by its name; config.yaml comes last, since only it makes a folder a deployment."""
    named = {
        ".gitignore": "gitignore",
        "config/classhub.yaml": "classhub.yaml",
        _PRIVATE: "secrets.example.yaml",
        "config/Dockerfile": "Dockerfile",
        f"config/courses/{answers.course}.yaml": "course.yaml",
        f"material/{answers.course}/README.md": "material.md",
        CONFIG: "config.yaml",
    }
    place = "host" if answers.host else "nohost"
    kinds, words = {answers.login, place, f"{answers.login}-{place}"}, _words(answers)
    return {
        name: _fill(_STARTER.joinpath(file).read_text(encoding="utf-8"), kinds, words)
        for name, file in named.items()
        if answers.course or file not in ("course.yaml", "material.md")
    }


def _words(answers: Answers) -> dict[str, str]:
    """What is put into the templates, as YAML."""
    one_line = {
        "host": answers.host,
        "domain": answers.domain,
        "contact": answers.contact,
        "course": answers.course,
        "material": f"material/{answers.course}",
        "instructor": answers.admins[0],
    }
    admins = "\n".join(f"        - {render.text(name)}" for name in answers.admins)
    written = {name: render.text(word, in_flow=True) for name, word in one_line.items()}
    return {"chart": Settings().chart_version, "admins": admins, **written}


def _fill(template: str, kinds: Collection[str], words: Mapping[str, str]) -> str:
    """A line that begins with @KIND is one of a hub of that kind alone; $word stands for a word."""
    kept = []
    for line in template.splitlines():
        marked = _MARKED.fullmatch(line)
        if marked is None or marked[1] in kinds:
            kept.append(marked[2] if marked else line)
    return Template("\n".join(kept) + "\n").substitute(words)


def refuse(folder: Path, files: Collection[str] = (".gitignore",)) -> None:
    """Raises Refused, naming what is there already; WrongUsage."""
    if folder.name == "config":
        what = "DIR is the folder that will hold config/."
        raise WrongUsage(what, "", f"classhub init {quote(str(folder.parent))}")
    taken = list(dict.fromkeys(_taken(folder, files)))
    if taken:
        raise _there(taken)


def _there(taken: Sequence[str]) -> Refused:
    what = f"Nothing was written: {', '.join(taken)} {'is' if len(taken) == 1 else 'are'} there already."
    return Refused(what, "init begins a new folder, and overwrites nothing", "Name another folder, or move that away.")


def _taken(folder: Path, files: Collection[str]) -> Iterator[str]:
    """Files that would be overwritten, a config of another hub, and what stands where a folder is needed."""
    wanted = [folder / name for name in ("config.yaml", *files)]
    there = [path for path in wanted if os.path.lexists(path)]
    yield from map(str, there)
    for path in wanted:
        yield from (str(above) for above in path.parents if os.path.lexists(above) and not above.is_dir())
    config = folder / "config"
    if config.is_dir() and any(config.iterdir()) and not any(config in path.parents for path in there):
        yield str(config)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """What was made is taken away again when one file cannot be written."""
    made: list[Path] = []
    try:
        for name, text in files.items():
            _make_folders((folder / name).parent, made)
            _make_file(folder / name, text, made)
    except BaseException:  # Ctrl-C too
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _make_folders(folder: Path, made: list[Path]) -> None:
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            _make_folder(path)
            made.append(path)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir()
    except (
        FileNotFoundError
    ) as error:  # the folder above is there: the system has nobody make folders in it, as in /proc
        raise OutsideFailed(f"No folder can be made in {path.parent}.", "", "Name another place.") from error


def _make_file(path: Path, text: str, made: list[Path]) -> None:
    mode = 0o600 if path.name == Path(_PRIVATE).name else 0o644
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:  # somebody else was quicker
        raise _there([str(path)]) from None
    made.append(path)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
