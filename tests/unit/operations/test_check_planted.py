"""Every class of mistake, planted into the repository's own config/: found in its place, and clean once mended."""

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from classhub.errors import Finding
from classhub.operations import check
from classhub.operations.check import Wanted
from unit.operations.planted import SLIPS, Slip
from unit.operations.planting import change, folder, keep, plant, prepared


def key(one: Finding) -> tuple[str, ...]:
    """Lines move: what else makes it the same finding."""
    return (one.code, one.file, one.message)


def brought(before: list[Finding], wanted: Wanted) -> list[Finding]:
    """Findings that were not there before."""
    known = {key(one) for one in before}
    return [one for one in check.findings(wanted) if key(one) not in known]


def grave(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.severity != "note"]


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{slip.code}-{number}" for number, slip in enumerate(SLIPS)])
def test_a_planted_mistake_is_found_once_in_its_place_and_its_fix_is_clean(
    slip: Slip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = prepared(slip, tmp_path)
    before = check.findings(wanted)
    path = wanted.folder / slip.file
    right = path.read_text()
    line, column = plant(slip, wanted.folder)
    found = brought(before, wanted)
    hits = [one for one in found if one.code == slip.code and (one.line, one.column) == (line, column)]
    assert [(one.file, one.severity) for one in hits] == [(f"config/{slip.file}", slip.severity)], found
    others = {one.code for one in grave(found) if one is not hits[0]}
    assert others == set(slip.also)
    if hits[0].edit:
        assert_fix_mends_it(slip, wanted, before, moves=hits[0].edit.do in ("move", "gather"))
    elif slip.told:
        assert slip.told in hits[0].fix
        mend(slip, path, right)
        assert path.read_text() != right, "a file that is as it was says nothing of the advice"
        assert grave(brought(before, wanted)) == []
    else:
        assert slip.severity == "note" or slip.upgrade, "what is wrong needs advice"


def assert_fix_mends_it(slip: Slip, wanted: Wanted, before: list[Finding], moves: bool) -> None:
    path = wanted.folder / slip.file
    comments = _comments(path, moves)
    assert not slip.told, "this row needs no advice: --fix mends it"
    assert slip.code in {one.code for one in check.fix(wanted)}
    assert grave(brought(before, wanted)) == []
    assert slip.code not in {one.code for one in brought(before, wanted)}
    assert _comments(path, moves) == comments


def _comments(path: Path, moves: bool) -> list[str]:
    """Where they go along with what is moved, their order and indentation change."""
    found = [line for line in path.read_text().splitlines() if line.lstrip().startswith("#")]
    return sorted(line.strip() for line in found) if moves else found


def mend(slip: Slip, path: Path, before: str) -> None:
    """As the advice says: where that is a line of YAML, it is in the mended file."""
    assert slip.right is not None
    if slip.is_yaml:
        assert slip.told in slip.right
    if slip.new:
        change(path, slip.new.replace("▸", ""), slip.right)
    else:
        path.write_text(before.replace(slip.old, slip.right))


NAMED = {
    "reading",
    "merge and null",
    "unknown key",
    "removed key",
    "newer key",
    "wrong type",
    "one of some words",
    "unknown class",
    "unknown trait",
    "wrong type of a trait",
    "deprecated trait",
    "small letter",
    "section not selected",
    "section in a section",
    "who can log in",
    "guarantee above limit",
    "unit",
    "profile override",
    "https host",
    "culling",
    "missing client secret",
    "image tag",
    "secret in git",
    "placeholders",
    "storage of new users",
    "cancel each other",
    "upgrade",
    "classhub.yaml",
    "courses",
}
"""All that `check` promises; secrets.yaml that others can read is below."""


def test_every_class_of_mistakes_is_planted() -> None:
    kinds = Counter(slip.kind for slip in SLIPS)
    assert len(SLIPS) >= 100 and kinds.keys() >= NAMED, kinds


def _latin_1(folder: Path) -> None:
    text = (folder / "config.yaml").read_text().replace("colle", "coll\xe8", 1)
    (folder / "config.yaml").write_bytes(text.encode("latin-1"))


def _convert(folder: Path) -> None:
    text = (folder / "config.yaml").read_bytes().decode("latin-1")
    (folder / "config.yaml").write_bytes(text.encode())


def _pad(folder: Path) -> None:
    with (folder / "config.yaml").open("a") as file:
        file.write(f"custom: {{book: {'a' * 2**20}}}\n")


def _take_out(folder: Path) -> None:
    text = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(text[: text.index("custom:")])


def _untrack(folder: Path) -> None:
    subprocess.run(["git", "-C", str(folder), "rm", "-q", "--cached", "secrets.yaml"], check=True)


class Whole(NamedTuple):
    """A file that is wrong as a whole, what makes it so, what is told, and what mends it."""

    code: str
    severity: str
    file: str
    do: Callable[[Path], object]
    told: str
    mend: Callable[[Path], object]


WHOLE = [
    Whole(
        "CH1006",
        "error",
        "secrets.yaml",
        lambda folder: (folder / "secrets.yaml").chmod(0o644),
        "chmod 600 config/secrets.yaml",
        lambda folder: (folder / "secrets.yaml").chmod(0o600),
    ),
    Whole("CH1004", "error", "config.yaml", _latin_1, "iconv -f latin1 -t utf-8", _convert),
    Whole("CH1003", "error", "config.yaml", _pad, "Take out what is large", _take_out),
    Whole(
        "CH1702",
        "error",
        "secrets.yaml",
        lambda folder: keep(folder, ["secrets.yaml"]),
        "git rm --cached config/secrets.yaml",
        _untrack,
    ),
    Whole(
        "CH1007",
        "warning",
        "courses/comp142.yml",
        lambda folder: (folder / "courses/comp142.yml").write_text("folder: comp142\n"),
        "mv config/courses/comp142.yml config/courses/comp142.yaml",
        lambda folder: (folder / "courses/comp142.yml").rename(folder / "courses/comp142.yaml"),
    ),
    Whole(
        "CH1924",
        "error",
        "courses/comp142.yaml",
        lambda folder: (folder / "courses/comp142.yaml").write_text("folder: comp141\n"),
        "Give one of them another folder",
        lambda folder: (folder / "courses/comp142.yaml").write_text("folder: comp142\n"),
    ),
    Whole(
        "CH1921",
        "error",
        "courses/my course.yaml",
        lambda folder: (folder / "courses/my course.yaml").write_text("folder: x\n"),
        "Rename the file",
        lambda folder: (folder / "courses/my course.yaml").rename(folder / "courses/my-course.yaml"),
    ),
]


@pytest.mark.parametrize("row", WHOLE, ids=[row.code for row in WHOLE])
def test_a_file_that_is_wrong_as_a_whole_is_told_and_mended(
    row: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = Wanted(folder(tmp_path), {})
    before = check.findings(wanted)
    row.do(wanted.folder)
    (hit,) = grave(brought(before, wanted))
    assert (hit.code, hit.severity, hit.file) == (row.code, row.severity, f"config/{row.file}")
    assert row.told in hit.fix
    row.mend(wanted.folder)
    assert grave(brought(before, wanted)) == []


def test_the_folder_that_is_planted_into_is_clean(tmp_path: Path) -> None:
    assert grave(check.findings(Wanted(folder(tmp_path), {}))) == []
