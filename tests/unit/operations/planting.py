"""A deployment folder made of the repository's own config/, in which mistakes are planted."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from classhub.operations.check import Wanted
from unit.operations.planted import SECRET, Slip

CONFIG = Path(__file__).parents[3] / "config"
SECRETS = '"0a1b2c3d4e5f60718293.apps.googleusercontent.com"'


def folder(at: Path) -> Path:
    """config/ with secrets filled in, and the material of its course."""
    made = at / "config"
    (made / "courses").mkdir(parents=True)
    shutil.copytree(CONFIG.parent / "material", at / "material")
    for name in ("config.yaml", "classhub.yaml", "courses/comp141.yaml"):
        (made / name).write_text((CONFIG / name).read_text())
    secrets = (CONFIG / "secrets.example.yaml").read_text()
    secrets = secrets.replace('"<client id, ends in .apps.googleusercontent.com>"', SECRETS)
    (made / "secrets.yaml").write_text(secrets.replace('      client_secret: "<client secret>"\n', SECRET))
    (made / "secrets.yaml").chmod(0o600)
    return made


def prepared(slip: Slip, at: Path) -> Wanted:
    """The folder as it must be for this slip, without it."""
    made = folder(at)
    change(made / "classhub.yaml", '  version: "4.4.0"\n', f'  version: "{slip.version}"\n')
    if slip.in_git:
        keep(made, slip.in_git)
    return Wanted(made, {}, chart=slip.upgrade)


def keep(folder: Path, files: Iterable[str]) -> None:
    subprocess.run(["git", "init", "-q", str(folder.parent)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", "-f", *files], check=True)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new))


def plant(slip: Slip, folder: Path) -> tuple[int, int]:
    """The line and column where it must be found."""
    path = folder / slip.file
    change(path, slip.old, slip.new)
    text = path.read_text()
    before, mark, _ = text.partition(slip.at or "▸")
    assert mark, slip
    path.write_text(text.replace("▸", ""))
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
