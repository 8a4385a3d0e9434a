"""What the pages say can be typed, followed and seen; nothing in them belongs to one machine."""

import re
import shlex
from pathlib import Path

import click
import pytest

from classhub.cli.here import Here
from classhub.cli.root import root

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CONFIG = sorted(ROOT.glob("config/**/*.yaml"))
SHELL = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def of_page(path):
    return str(path.relative_to(ROOT))


def text_of(path):
    return path.read_text(encoding="utf-8")


def parse(argv):
    """Every word and option is understood; nothing is run. Raises click's UsageError."""
    context, command = root.make_context("classhub", list(argv), obj=Here()), root
    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, list(rest), parent=context)


def argv_of(line):
    """The words after `classhub`, with a number for the placeholder N; None when another program is called."""
    words = shlex.split(line, comments=True)
    words = words[1:] if words[:1] == ["sudo"] else words
    if not words or Path(words[0]).name != "classhub":
        return None
    return ["1" if word == "N" else word for word in words[1:]]


def typed(path):
    """Every command line of ClassHub's in a page's shell blocks and in its text."""
    text = text_of(path)
    lines = [line.strip() for block in SHELL.findall(text) for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))
    return [(line, argv) for line in [*lines, *spans] if "classhub" in line and (argv := argv_of(line)) is not None]


@pytest.mark.parametrize("path", PAGES, ids=of_page)
def test_every_command_on_a_page_can_be_typed(path):
    wrong = []
    for line, argv in typed(path):
        if not argv:  # the program's name alone
            continue
        try:
            parse([word.rstrip(",") for word in argv])
        except click.NoSuchOption as error:
            wrong.append(f"{line}: {error.format_message()}")
        except click.UsageError as error:
            # `classhub events` in a sentence is the command's name
            if len(argv) > 1 or "No such command" in error.format_message():
                wrong.append(f"{line}: {error.format_message()}")
        except click.exceptions.Exit:
            continue  # --help and --version end here
    assert wrong == []


def test_a_command_that_does_not_exist_is_found():
    """The check itself: it must not let everything pass."""
    with pytest.raises(click.UsageError):
        parse(["chek"])
    with pytest.raises(click.UsageError):
        parse(["up", "--detached"])
    with pytest.raises(click.UsageError):
        parse(["users", "welcome", "alice@college.edu"])


def test_the_pages_do_name_commands():
    assert len(typed(ROOT / "README.md")) > 20


@pytest.mark.parametrize("path", CONFIG, ids=of_page)
def test_comments_of_the_config_folder_name_only_commands_that_exist(path):
    comments = "\n".join(re.findall(r"#(.*)", text_of(path)))
    named = re.findall(r"`classhub ([a-z]+)|^ {3}classhub ([a-z]+)", comments, re.MULTILINE)
    assert {one or other for one, other in named} <= set(root.list_commands(click.Context(root)))


def slug(heading):
    """As GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors_of(path):
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)}


@pytest.mark.parametrize("path", PAGES, ids=of_page)
def test_links_and_pictures_lead_somewhere(path):
    missing = []
    for link in LINK.findall(BLOCK.sub("", text_of(path))):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.is_file() or (anchor and anchor not in anchors_of(target)):
            missing.append(link)
    assert missing == []


def test_every_page_can_be_reached_from_the_index():
    index = ROOT / "docs" / "index.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(index))}
    assert {*ROOT.glob("docs/*/*.md")} <= reached


def test_pictures_are_small_and_all_of_them_are_shown():
    shown = "".join(map(text_of, PAGES))
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 150_000, picture.name
        assert f"images/{picture.name}" in shown


@pytest.mark.parametrize("path", PAGES, ids=of_page)
def test_nothing_in_a_page_belongs_to_one_machine(path):
    text = text_of(path)
    assert not re.search(r"(?<![\w.])/(work|root|home(?!/(jovyan|student)))/|/tmp/(?!classhub)|\.\./shared", text)
    assert not re.search(r"index-url|pypi|pythonhosted|artifactory|nexus", text, re.IGNORECASE)
    assert {*re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)} <= {"college.edu", "example.com"}
    known = {"203.0.113.7", "127.0.0.1", "0.0.0.0"}
    assert {*re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text)} <= known
    assert not re.search(r"code=[\w-]{10}", text), "a link that enters somewhere"


def test_readme_shows_what_up_really_says(capsys):
    """The lines of the README's example are made by the program of today."""
    from classhub.cli.up import _warn
    from classhub.config.load import load
    from classhub.plan.changes import PARTS, STARTS

    text = text_of(ROOT / "README.md")
    for part in PARTS:
        assert STARTS[part].rstrip(".") in text
    for line in ("The hub is at http://127.0.0.1:8000/", "Enter as instructor@college.edu, once, within ten minutes:"):
        assert line in text
    _warn(load(ROOT / "config", {}).findings)
    assert capsys.readouterr().err in text
    assert "Installing what ClassHub needs into .venv (one to three minutes, once)." in text_of(
        ROOT / "scripts" / "venv"
    )
