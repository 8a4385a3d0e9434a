"""Every code is explained, its example has that mistake, and the correction has none."""

import re
from pathlib import Path

import pytest

from classhub.config import codes
from classhub.config.codes import CODES
from classhub.config.load import load
from classhub.errors import Finding, Mistakes

SOURCE = Path(codes.__file__).parents[1]
SHOWN = {code: known for code, known in CODES.items() if known.bad}


def used() -> set[str]:
    return {
        code
        for path in SOURCE.rglob("*.py")
        if path != Path(codes.__file__)
        for code in re.findall(r"\bCH\d{4}\b", path.read_text())
    }


def found(folder: Path, file: str, text: str) -> list[Finding]:
    config = folder / "config"
    config.joinpath("courses").mkdir(parents=True)
    config.joinpath("config.yaml").write_text("{}\n")
    config.joinpath(file).write_text(text)
    try:
        return list(load(config, {}).findings)
    except Mistakes as mistakes:
        return list(mistakes.findings)


def test_the_program_and_its_reference_know_the_same_codes():
    assert used() == set(CODES)


def test_every_code_belongs_to_a_group():
    assert {int(code[2:4]) for code in CODES} <= set(codes.GROUPS)


@pytest.mark.parametrize("code", SHOWN)
def test_the_example_has_this_mistake_and_its_correction_does_not(tmp_path, code):
    known = CODES[code]
    first = found(tmp_path / "bad", known.file, known.bad)
    assert code in {finding.code for finding in first}, first
    assert code not in {finding.code for finding in found(tmp_path / "good", known.file, known.good)}


@pytest.mark.parametrize("code", SHOWN)
def test_the_correction_is_free_of_errors(tmp_path, code):
    left = found(tmp_path / "good", CODES[code].file, CODES[code].good)
    assert [finding for finding in left if finding.severity == "error"] == []
