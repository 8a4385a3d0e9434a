"""A lab is handed out: a student opens it by a link, works in it, and the instructor mends it meanwhile."""

import json
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from browser.doing import choose_password, code_cell, link_in, run_cell
from hub.student import eventually

ALICE = "alice@college.edu"
PASSWORD = "a long enough secret"


def notebook(path: Path) -> dict[str, str]:
    """Source of each cell by its id; Jupyter saves in place, so the file is not whole for a moment of each save."""

    def whole() -> dict | None:
        with suppress(ValueError):
            return json.loads(path.read_text())
        return None

    return {cell["id"]: "".join(cell["source"]) for cell in eventually(whole)["cells"]}


def correct(path: Path, cell: str, text: str) -> None:
    """What an instructor does: change one cell where the material lies."""
    read = json.loads(path.read_text())
    for one in read["cells"]:
        if one["id"] == cell:
            one["source"] = text.splitlines(keepends=True)
    path.write_text(json.dumps(read, indent=1) + "\n")


@pytest.fixture(scope="module")
def lab(hub) -> Path:
    """In the instructor's folder."""
    return hub.folder / "material" / "comp141" / "labs" / "lab01.ipynb"


@pytest.fixture(scope="module")
def copy(hub) -> Path:
    """In Alice's home."""
    return hub.state / "homes" / ALICE / "comp141" / "labs" / "lab01.ipynb"


def test_a_link_signs_in_starts_the_server_and_opens_the_notebook(hub, people, copy, picture):
    alice = people("alice")
    hub.run("users", "add", ALICE)
    alice.goto(link_in(hub.run("users", "invite", ALICE).stdout))
    choose_password(alice, PASSWORD)
    alice.wait_for_url(re.compile(r"/user/|/hub/"), timeout=120_000)
    link = hub.run("course", "link", "labs/lab01.ipynb").stdout.strip()
    alice.goto(link)
    alice.wait_for_url(re.compile(r"/user/alice(@|%40)college.edu/lab/tree/comp141/labs/lab01.ipynb"), timeout=120_000)
    code_cell(alice, 0).wait_for()
    assert copy.exists()
    picture(alice, "link")


def test_all_of_the_course_arrives_and_the_status_bar_says_so(people, copy):
    eventually((copy.parents[1] / "labs" / "data" / "rainfall.csv").exists)
    people("alice").locator("#jp-main-statusbar").get_by_text(re.compile("aterial")).first.wait_for()


def test_a_correction_and_her_work_are_both_there(hub, people, lab, copy, picture):
    alice = people("alice")
    alice.locator("#jp-main-statusbar").get_by_text("(ipykernel) | Idle").wait_for()
    run_cell(alice, 0, "Hello")
    code_cell(alice, 1).locator(".cm-content").click()
    alice.keyboard.press("Control+End")
    alice.keyboard.type("\n# my own note")
    alice.keyboard.press("Control+s")
    eventually(lambda: "# my own note" in notebook(copy)["greeting-remembered"])
    correct(lab, "title", "# Lab 1: First steps, corrected")
    eventually(lambda: "corrected" in notebook(copy)["title"])
    assert "# my own note" in notebook(copy)["greeting-remembered"]
    alice.locator(".jp-Notebook .jp-MarkdownOutput").get_by_text("First steps, corrected").first.wait_for()
    picture(alice, "corrected")


def test_the_same_cell_changed_by_both_leaves_hers_and_puts_the_new_one_beside(hub, people, lab, copy):
    correct(lab, "greeting-remembered", "print('the instructor changed this too')")
    beside = eventually(lambda: next(iter(copy.parent.glob("lab01.new-*.ipynb")), None))
    assert "# my own note" in notebook(copy)["greeting-remembered"]
    assert "instructor changed" in notebook(beside)["greeting-remembered"]


def test_staff_see_who_has_what(hub):
    """A sync is told to them when it is over, a moment after its files are there."""

    def alice() -> dict:
        told = json.loads(hub.run("course", "status", "comp141", "--json").stdout)
        return next((one for one in told["students"] if one["name"] == ALICE), {})

    eventually(lambda: (now := alice()).get("status") == "done" and not now["is_behind"])


def test_a_file_that_does_not_exist_is_a_page_in_words(hub, people, picture):
    alice = people("alice")
    alice.goto(f"{hub.address}hub/user-redirect/classhub/open?course=comp141&path=labs/lab99.ipynb")
    alice.get_by_text("lab99.ipynb").first.wait_for()
    picture(alice, "no-such-file")


def test_a_link_of_nbgitpuller_opens_the_same_notebook(hub, people, lab):
    alice = people("alice")
    material = lab.parents[1]
    who = ("-c", "user.name=Jane.Doe", "-c", "user.email=jane.doe@college.edu")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-qm", "Labs")):
        subprocess.run(["git", "-C", str(material), *words], check=True)
    hub.write("courses/comp141.yaml", "material: {from: material/comp141, branch: main}\n")
    hub.up()
    eventually(lambda: "commit" in hub.run("course", "status").stdout)
    eventually(lambda: "up to date" in hub.run("course", "status").stdout)
    repository = material.as_uri()
    alice.goto(f"{hub.address}hub/user-redirect/git-pull?repo={repository}&urlpath=lab/tree/comp141/labs/lab02.ipynb")
    alice.wait_for_url(re.compile(r"/lab/tree/comp141/labs/lab02.ipynb"), timeout=120_000)
