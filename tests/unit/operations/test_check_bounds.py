"""One run of check does so much and no more: it says so, and the next run goes on where it ended."""

import pytest
from click.testing import CliRunner

from classhub.cli.check import check as command
from classhub.cli.here import Here
from classhub.operations import check
from classhub.operations.check import Wanted

COUNT = 12
LINE = "    - {{display_name: n{}, kubespawner_override: {{mem_limit: {}}}}}  # ours\n"
HEAD = "singleuser:\n  profileList:\n"


def profiles(limit: str, first: int = 0) -> str:
    return "".join(LINE.format(number, limit) for number in range(first, COUNT))


@pytest.fixture
def wanted(tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.yaml").write_text(HEAD + profiles("2Gi"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(check, "MOST_REREAD", 5 * len(HEAD + profiles("2Gi")))
    return Wanted(config, {})


def test_a_run_that_ends_early_says_so_and_leaves_the_rest_as_it_was(wanted):
    fixed = check.fix(wanted)
    assert fixed.is_cut_short and len(fixed) == 5
    rest = profiles("2Gi", first=5)
    assert (wanted.folder / "config.yaml").read_text() == HEAD + profiles("2G")[: -len(profiles("2G", first=5))] + rest


def test_further_runs_fix_all(wanted):
    runs = [check.fix(wanted) for _ in range(4)]
    assert sum(map(len, runs)) == COUNT and not runs[-1].is_cut_short
    assert (wanted.folder / "config.yaml").read_text() == HEAD + profiles("2G")


def test_a_person_is_told_to_run_it_again(wanted):
    run = CliRunner().invoke(command, ["--fix"], obj=Here(wanted.folder))
    assert "run it again" in run.output
    assert run.output.count("Fixed") == 5


def test_where_corrected_lines_end_the_findings_go_on(wanted):
    found = [one for one in check.findings(wanted) if one.edit]
    corrected = [one for one in found if "mem_limit: 2G}" in one.fix]
    assert len(found) == COUNT and len(corrected) == 5
    assert all(one.fix and one.line for one in found)
