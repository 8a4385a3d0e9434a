"""A deployment folder -> Config. Every mistake of every file is collected before anything is raised."""

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.config.crowd import counted
from classhub.config.document import Document, Where
from classhub.config.meaning.secret import Tracked
from classhub.config.merge import layer, over_defaults
from classhub.config.model import Config, Course, Settings
from classhub.config.places import Places
from classhub.config.problem import Problem
from classhub.config.spelling import few_guesses
from classhub.errors import Finding, Mistakes, NotFound, Refused

if TYPE_CHECKING:
    from classhub.config.chart.schema import Schema

    Schemas = Callable[[str], Schema | None]


def load(
    folder: Path,
    environ: Mapping[str, str],
    instead: Mapping[str, bytes] | None = None,
    *,
    files: Sequence[Path] = (),
    chart: str = "",
    in_full: bool = False,
) -> Config:
    """Read config.yaml, secrets.yaml, classhub.yaml, the values it names, courses/*.yaml; the first must exist.

    environ: for the login's secrets alone. instead: what files are taken to hold, by name, before they are written.
    files, chart, in_full: as in look.
    Raises NotFound without a folder or config.yaml, Refused if it may not be entered, else Mistakes with every error;
    warnings and notes are in Config.findings.
    """
    config, findings = look(folder, environ, instead=instead, files=files, chart=chart, in_full=in_full)
    if config is None:
        raise Mistakes([finding for finding in findings if finding.severity == "error"])
    return config


def look(
    folder: Path,
    environ: Mapping[str, str],
    *,
    instead: Mapping[str, bytes] | None = None,
    files: Sequence[Path] = (),
    chart: str = "",
    tracked: Tracked | None = None,
    schemas: "Schemas | None" = None,
    in_full: bool = False,
) -> tuple[Config | None, list[Finding]]:
    """All findings, by file and line, and the Config if none of them is an error.

    files: of values, in Helm's order, in place of the folder's config.yaml and secrets.yaml. chart: check for an upgrade
    to this version. tracked: whether git keeps a file of the folder, by its name; None: not known.
    schemas: a chart's own schema, by the chart's version. in_full: of findings that are alike each one, be they ever so
    many; else their count.
    """
    folder = folder.absolute()
    if not files:
        _need(folder)
    with few_guesses():
        config, found = _look(_Reader(folder, instead or {}, tracked, schemas), environ, files, chart)
    found = found if in_full else counted(found)
    return replace(config, findings=tuple(found)) if config else None, found


def _look(
    reader: "_Reader", environ: Mapping[str, str], files: Sequence[Path], chart: str
) -> tuple[Config | None, list[Finding]]:
    settings = reader.settings()
    names = [str(path.absolute()) for path in files] or in_order(settings)
    documents = reader.documents(names)
    reader.is_whole = len(documents) == len({name for name in names if reader.has(name)})
    courses = reader.courses()
    reader.check_secrets_mode(settings.values)
    own = layer(*(document.values for document in documents.values()))
    values = reader.values(own, documents, settings, chart)
    reader.check_snippets(own, documents, chart or settings.chart_version)
    if settings.material_repositories or any(course.source for course in courses):
        reader.check_material(own, documents)
    from classhub.config.commented import told

    found = sorted(reader.findings, key=lambda finding: (finding.file, finding.line, finding.column))
    found = told(found, reader.text)
    if any(finding.severity == "error" for finding in found):
        return None, found
    from classhub.config.login import login
    from classhub.config.secret_names import holds_only_secrets

    who = login(values, environ, secrets_exist=reader.has("secrets.yaml"))
    apart = tuple(document for document in documents.values() if holds_only_secrets(document.file))
    return Config(reader.folder, values, own, settings, who, courses, tuple(found), apart), found


VALUES = ("config.yaml", "secrets.yaml")
"""The first and the last of a deployment folder's files of values, in Helm's order."""


def in_order(settings: Settings) -> tuple[str, ...]:
    """Names of all files of values, in Helm's order."""
    return (VALUES[0], *settings.values, VALUES[1])


def names_of_values(folder: Path) -> tuple[str, ...]:
    """The same for whoever has not read classhub.yaml; its mistakes are for others to tell."""
    return in_order(_Reader(folder, {}).settings())


def settings_of(folder: Path) -> Settings:
    """classhub.yaml alone. Raises Mistakes with its errors."""
    reader = _Reader(folder.absolute(), {})
    found = reader.settings()
    if errors := [finding for finding in reader.findings if finding.severity == "error"]:
        raise Mistakes(errors)
    return found


def _need(folder: Path) -> None:
    here = shown(folder)
    try:
        _need_files(folder, here)
    except PermissionError:
        cause = "the folder, or one above it, belongs to somebody else"
        raise Refused(
            f"You may not look into {here}.", cause, f"ls -ld {_quoted(here)}, then chown or chmod it"
        ) from None


def _need_files(folder: Path, here: str) -> None:
    if not folder.is_dir():
        what = f"There is no folder {here}." if not folder.exists() else f"{here} is not a folder."
        raise NotFound(
            what,
            "a deployment is a folder with a config.yaml",
            "Go to where it is, or name it: classhub --folder FOLDER",
        )
    if not folder.joinpath("config.yaml").exists():
        cause = "it is the one file that a deployment folder must have"
        raise NotFound(f"{here} holds no config.yaml.", cause, _begin(folder))


def _begin(folder: Path) -> str:
    """init overwrites nothing: it fills a config/ that is empty, and refuses another."""
    if folder.name == "config" and not any(folder.iterdir()):
        return f"Begin with commented files: classhub init {_quoted(shown(folder.absolute().parent))}"
    return "Put the chart's values there; commented ones are in DIR/config/config.yaml after: classhub init DIR"


def shown(path: Path) -> str:
    """As people type it: from where they are if it is below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _quoted(text: str) -> str:
    """For a command that people copy."""
    from shlex import quote  # late: only mistakes need it

    return quote(text)


class _Reader:
    """Reads a folder's files and gathers findings."""

    def __init__(
        self,
        folder: Path,
        instead: Mapping[str, bytes],
        tracked: Tracked | None = None,
        schemas: "Schemas | None" = None,
    ) -> None:
        self.folder = folder
        self.instead = instead
        self.tracked = tracked
        self.schemas = schemas
        self.is_whole = True
        """Every file of values could be read."""
        self.findings: list[Finding] = []
        self._places: dict[str, Places] = {}

    def has(self, name: str) -> bool:
        path = self.folder / name
        return name in self.instead or path.exists() or path.is_symlink()

    def read(self, name: str) -> Document | None:
        """None if the file is not there, or of no use; the latter is a finding."""
        from classhub.config.reading import parse, read

        path = self.folder / name
        if name in self.instead:
            return parse(self.instead[name], shown(path), self.findings)
        return read(path, shown(path), self.findings) if self.has(name) else None

    def text(self, file: str) -> str:
        """Of a file that was read, by the name that is shown."""
        try:
            data = next((data for name, data in self.instead.items() if shown(self.folder / name) == file), None)
            return (Path(file).read_bytes() if data is None else data).decode("utf-8-sig", "replace")
        except OSError:
            return ""

    def documents(self, names: Sequence[str]) -> dict[str, Document]:
        """Those that can be used, by name. One that is given twice counts where it stands last, as with Helm."""
        found = {name: self.read(name) for name in list(dict.fromkeys(reversed(names)))[::-1]}
        return {name: document for name, document in found.items() if document is not None}

    def settings(self) -> Settings:
        document = self.read("classhub.yaml")
        if document is None:
            return Settings()
        from classhub.config.settings import settings

        found = settings(document, self.folder, self.findings)
        self._missing(document, found.values)
        self._curly(document)
        return found

    def _curly(self, document: Document) -> None:
        """Of a file of our own; what its reader says of the same values is said less well."""
        from classhub.config.curly import problem, quoted

        for found in quoted(document.values):
            better = problem(found, found.inner)
            same = (document.file, found.where)
            self.findings = [one for one in self.findings if (one.file, one.path) != same]
            self.findings.append(_finding(better, (document.file, *document.place(found.where))))

    def _missing(self, document: Document, names: Sequence[str]) -> None:
        """Files of values that are named in classhub.yaml and are not there."""
        usable = set(names)
        for index, name in enumerate(document.values["values"] if names else ()):
            if name in usable and not self.has(name):
                place = (document.file, *document.place(("values", index)))
                message, why = f"There is no {name} here.", "What it was to change would not hold."
                fix = f"Take the line out, or make the file: touch {_quoted(shown(self.folder / name))}"
                self.findings.append(Finding("error", *place, message, why, fix, "CH1915", ("values", index)))

    def courses(self) -> tuple[Course, ...]:
        from classhub.config.courses import clashes, course

        found: list[tuple[Document, Course]] = []
        for path in self._course_files():
            document = self.read(str(path.relative_to(self.folder)))
            if document is not None:
                found.append((document, course(document, path.stem, self.folder, self.findings)))
                self._curly(document)
        self.findings.extend(clashes(found))
        return tuple(one for _, one in found)

    def _course_files(self) -> list[Path]:
        courses = self.folder / "courses"
        new = {self.folder / name for name in self.instead if name.startswith("courses/")}
        if not courses.exists():
            return sorted(new)
        if not courses.is_dir():
            fix = "Put a folder in its place, with a file for each course."
            self.findings.append(Finding("error", shown(courses), 0, 0, "courses must be a folder.", "", fix, "CH1008"))
            return []
        if not os.access(courses, os.R_OK | os.X_OK):
            why = "It belongs to somebody else, or its mode forbids it; the courses in it would be passed over."
            fix = f"ls -ld {_quoted(shown(courses))}, then chown or chmod u+rx it."
            message = "You may not look into this folder."
            self.findings.append(Finding("error", shown(courses), 0, 0, message, why, fix, "CH1001"))
            return []
        for path in sorted(courses.glob("*.yml")):
            fix = f"mv {_quoted(shown(path))} {_quoted(shown(path.with_suffix('.yaml')))}"
            self.findings.append(
                Finding("warning", shown(path), 0, 0, "Only .yaml files are courses.", "", fix, "CH1007")
            )
        return sorted(new.union(path for path in courses.glob("*.yaml") if not path.name.startswith(".")))

    def check_secrets_mode(self, names: Sequence[str]) -> None:
        """Others on this machine must not be able to read a file of secrets. Only the mode is looked at."""
        from classhub.config.secret_names import holds_only_secrets

        for name in dict.fromkeys(("secrets.yaml", *filter(holds_only_secrets, names))):
            self._check_mode(self.folder / name)

    def _check_mode(self, path: Path) -> None:
        mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0
        if mode & 0o077:
            message = f"Other people on this machine can read or change this file (its mode is {mode:04o})."
            why = "It holds passwords and client secrets."
            fix = f"chmod 600 {_quoted(shown(path))}"
            self.findings.append(Finding("error", shown(path), 0, 0, message, why, fix, "CH1006"))

    def values(
        self, own: Mapping[str, object], files: Mapping[str, Document], settings: Settings, upgrade: str
    ) -> dict[str, object]:
        """Own values over the chart's defaults, after checking that the chart would take them."""
        from classhub.config import judging, meaning
        from classhub.config.chart.table import defaults, known
        from classhub.config.secret_names import holds_only_secrets

        now = known(settings.chart_version)
        chart = known(upgrade or now)
        values = over_defaults(own, defaults(chart))
        schema = self.schemas(upgrade or settings.chart_version) if self.schemas else None
        apart = {name for name in files if holds_only_secrets(name)}
        stands = {name: document.values for name, document in files.items()}
        stand = meaning.Files(
            {name: found for name, found in stands.items() if name not in apart},
            {name: found for name, found in stands.items() if name in apart},
            self.tracked,
        )
        given = judging.Given(own, values, chart, stand, schema, self.is_whole)
        problems = judging.problems(given, settings.chart_version if upgrade else "")
        unread = {(finding.file, finding.line) for finding in self.findings if finding.severity == "error"}
        found = [self._finding(problem, files) for problem in problems]
        # what could not be read is missing in the values; that it is missing is no second mistake
        self.findings += [finding for finding in found if (finding.file, finding.line) not in unread]
        return values

    def check_snippets(self, own: Mapping[str, object], files: Mapping[str, Document], chart: str) -> None:
        """hub.extraConfig is Python: what cannot be parsed would only show when the hub has gone down for it."""
        from classhub.config.extra_config import unreadable

        for problem, further in unreadable(own, chart):
            file, line, _ = self._place(problem.where, files)
            self.findings.append(replace(_finding(problem, (file, line + further, 1)), path=()))

    def check_material(self, own: Mapping[str, object], files: Mapping[str, Document]) -> None:
        from classhub.config import material_in_pods

        self.findings += [self._finding(problem, files) for problem in material_in_pods.problems(own)]

    def _finding(self, problem: Problem, files: Mapping[str, Document]) -> Finding:
        return _finding(problem, self._place(problem.where, files, problem.file))

    def _place(self, where: Where, files: Mapping[str, Document], file: str = "") -> tuple[str, int, int]:
        """file: the name of the only one that counts, if it is there."""
        if file not in self._places:
            of_it = [document for name, document in files.items() if file in (name, Path(name).name)]
            self._places[file] = Places(of_it or [*files.values()], shown(self.folder / "config.yaml"))
        return self._places[file].place(where)


def _finding(problem: Problem, place: tuple[str, int, int]) -> Finding:
    where, message, why, fix, severity, code, edit, _ = problem
    return Finding(severity, *place, message, why, fix, code, where, edit)
