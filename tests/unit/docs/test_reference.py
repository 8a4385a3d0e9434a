"""docs/reference is what the program says today, and it leaves nothing out."""

import dataclasses

import pytest

from classhub.config import model
from classhub.config.belongs import OF_A_COURSE
from classhub.config.document import Document
from classhub.config.settings import settings

WRITE_AGAIN = "out of date; write it again: .venv/bin/python docs/make_reference.py"


@pytest.mark.parametrize("name", ["checks.md", "commands.md", "classhub-yaml.md", "courses-yaml.md", "rights.md"])
def test_a_page_is_what_the_program_says(reference, name):
    page = reference.FOLDER / name
    assert page.read_text(encoding="utf-8") == reference.PAGES[name](), f"docs/reference/{name} is {WRITE_AGAIN}"


def test_every_command_has_its_help_on_the_page(reference):
    page = reference.commands_page()
    for words in reference.commands():
        assert reference.help_text(words).startswith(f"Usage: classhub {' '.join(words)}".rstrip())
        assert reference.help_text(words).rstrip() in page


def test_every_setting_of_classhub_yaml_is_on_the_page(reference):
    """One key for each field of the dataclasses, each with words of its own, and none besides."""
    fields = [field.name for kind in (model.Settings, model.Local) for field in dataclasses.fields(kind)]
    assert len(reference.settings()) == len(fields) - 1, "local: is a section, not a setting"
    assert set(reference.CLASSHUB) == set(reference.settings())


def test_every_setting_on_the_page_is_one_that_the_reader_knows(reference, tmp_path):
    """Written with its default into a file, no key is unknown or of a wrong type."""
    values = {}
    for key, (default, _) in reference.settings().items():
        section, _, name = key.rpartition(".")
        (values.setdefault(section, {}) if section else values)[name] = default
    mistakes = []
    settings(Document("classhub.yaml", values), tmp_path / "config", mistakes)
    assert mistakes == []


def test_every_key_of_a_course_is_on_the_page(reference):
    assert tuple(reference.COURSES) == OF_A_COURSE
