"""Load a deployment folder for a command that goes on with it; its mistakes are told as `check` tells them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from classhub.config.load import load as load_folder
from classhub.config.load import shown
from classhub.config.model import Config
from classhub.config.secret_names import holds_only_secrets
from classhub.errors import Finding, Mistakes


def load(folder: Path, environ: Mapping[str, str], files: Sequence[Path] = ()) -> Config:
    """Raises Mistakes with each error's corrected line where that is certain, and the next command; NotFound, Refused."""
    try:
        return load_folder(folder, environ, files=files)
    except Mistakes as error:
        error.findings = tuple(map(_with_line, error.findings))
        error.fix = " ".join(["classhub check", *(f"-f {quote(shown(file.absolute()))}" for file in files)])
        raise


def _with_line(finding: Finding) -> Finding:
    """Plans are kept and passed on: of a file of secrets no line is in them."""
    from classhub.operations.check import with_line  # late: only mistakes need it

    return finding if holds_only_secrets(Path(finding.file).name) else with_line(finding)
