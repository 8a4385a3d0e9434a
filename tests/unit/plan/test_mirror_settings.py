"""What the mirror is told of a deployment folder, through JSON and back."""

import json
from pathlib import Path

import pytest

from classhub.config.load import load
from classhub.materials.mirror import settings
from classhub.materials.mirror.settings import Assignment, Course, Section, Source, Who
from classhub.plan.mirror_settings import mirror_settings

TEXT = """
title: Computing
timezone: America/Chicago
material: {from: "git@college.edu:cs/x", branch: autumn, folder: course, every: 5m, key: x.key, hold: true}
libraries: [numpy]
people: {instructor: ada@college.edu, students: {group: all}}
sections: {A: {students: [alice@college.edu], folders: [a]}}
assignments: {lab: {path: lab, title: Lab, due: "2027-01-22 17:00", release: {A: "2027-01-11 09:00"}}}
"""


def test_everything_arrives_and_no_secret(tmp_path: Path) -> None:
    config = tmp_path / "config"
    (config / "courses").mkdir(parents=True)
    (config / "config.yaml").touch()
    (config / "x.key").write_text("canary")
    (config / "x.key").chmod(0o600)
    (config / "courses" / "comp141.yaml").write_text(TEXT)
    (config / "courses" / "empty.yaml").touch()
    told = json.dumps(mirror_settings(load(config, {}), tmp_path / "store", imports_here=True))
    assert "canary" not in told
    assert settings.from_json(told) == settings.Settings(
        store=tmp_path / "store",
        imports_here=True,
        courses=(
            Course(
                name="comp141",
                title="Computing",
                folder="comp141",
                source=Source("git", "git@college.edu:cs/x", "autumn", "course", 300, config / "x.key", hold=True),
                instructor=Who(names=frozenset({"ada@college.edu"})),
                students=Who(groups=frozenset({"all"})),
                sections=(Section("A", Who(names=frozenset({"alice@college.edu"})), ("a",)),),
                assignments=(
                    Assignment(
                        "lab",
                        "lab",
                        "Lab",
                        {"": "2027-01-22T17:00:00-06:00"},
                        {"A": "2027-01-11T09:00:00-06:00"},
                    ),
                ),
                libraries=("numpy",),
            ),
            Course("empty", "empty", "empty"),
        ),
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"store": 3, "courses": []}', '{"store": "x", "courses": [3]}'])
def test_nonsense_is_told_as_such(text: str) -> None:
    with pytest.raises(ValueError):
        settings.from_json(text)
