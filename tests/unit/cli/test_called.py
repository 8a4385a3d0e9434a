"""Commands in sentences can be typed as they stand."""

import pytest

from classhub.cli import called
from classhub.cli.root import root


@pytest.fixture(autouse=True)
def not_on_the_path(monkeypatch):
    called._our_name.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    yield
    called._our_name.cache_clear()


def test_a_command_is_named_as_it_was_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = str(tmp_path / ".venv/bin/classhub")
    assert called.as_typed("Next: `classhub logs hub`.", program) == "Next: `.venv/bin/classhub logs hub`."
    assert called.as_typed("/opt/classhub up is a path", program) == "/opt/classhub up is a path"
    assert called.as_typed("the classhub service", program) == "the classhub service"


def test_a_path_with_spaces_is_quoted(tmp_path):
    assert called.as_typed("classhub up", str(tmp_path / "a b/classhub")) == f"'{tmp_path}/a b/classhub' up"


def test_a_program_on_the_path_keeps_its_name(tmp_path, monkeypatch):
    program = tmp_path / "classhub"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called.as_typed("classhub up", str(program)) == "classhub up"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder with the program, on the path; the hub's own folder is not found from here."""
    path = tmp_path / "classhub"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    token = called.OPTIONS.set("-C '/srv/my hub' ")
    yield tmp_path
    called.OPTIONS.reset(token)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Stop it: `classhub down`.", "Stop it: `classhub -C '/srv/my hub' down`."),
        ("Next: classhub config set a 1", "Next: classhub -C '/srv/my hub' config set a 1"),
        ("`classhub -C own check`", "`classhub -C own check`"),
        ("begin one: `classhub init DIR`", "begin one: `classhub init DIR`"),
        ("the classhub service", "the classhub service"),
    ],
)
@pytest.mark.parametrize("program", ["classhub", "__main__.py"])
def test_a_folder_that_is_not_found_from_here_is_named_again(elsewhere, text, typed, program):
    assert called.as_typed(text, str(elsewhere / program)) == typed


def test_every_command_is_known():
    assert set(root.list_commands(None)) <= set(called.COMMANDS.split("|"))
