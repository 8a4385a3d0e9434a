"""What a student sees in JupyterLab: in the status bar, as a notification, in an open notebook."""

import json

import pytest

from browser.conftest import chromium  # noqa: F401 - a fixture
from doubles.notebooks import code, of_course, text
from doubles.store import Store
from server.conftest import TOKEN, eventually, held

LAB = "labs/lab01.ipynb"
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
"""The notebook in front; JupyterLab restores others behind it."""


def notebook(*cells: tuple[str, str], title: str = "", **more) -> str:
    above = [text("title", title)] if title else []
    return of_course(*above, *(code(name, source) for name, source in cells), **more)


WHAT_IS_TOLD = """
window.told = [];
new MutationObserver(records => {
  for (const node of records.flatMap(record => [...record.addedNodes])) {
    const toast = node.nodeType === 1 && node.closest('.Toastify');
    if (toast) window.told.push(toast.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""
"""In a page: all notifications since it was loaded, also those that have gone by the time that somebody looks."""


NOTES = "one\ntwo\nthree\n"


def release(above: str, own: str, notes: str = NOTES) -> dict[str, str]:
    return {LAB: notebook(("above", above), ("own", own)), "notes.txt": notes}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    store.publish(release("x = 1", "# yours"))
    return store


@pytest.fixture(scope="module")
def student(store, serve):
    return serve(store.folder, lab=True)


@pytest.fixture(scope="module")
def page(student, chromium):  # noqa: F811
    """One tab, in which all of these tests happen; it has no errors of ours."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.add_init_script(WHAT_IS_TOLD)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{student.url}classhub/open?course=comp141&path={LAB}&token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    yield page
    context.close()
    assert not [line for line in said if "aterial" in line or "classhub" in line]


def status(page) -> str:
    return page.locator(".classhub-material-status").inner_text()


def notifications(page) -> str:
    return " ".join(page.locator(".Toastify").all_inner_texts())


def in_file(student, path) -> str:
    return (student.home / "comp141" / path).read_text()


def cell(page, number: int):
    return page.locator(f"{SHOWN} .jp-Cell .cm-content").nth(number)


def until_focused(page, number: int) -> None:
    eventually(lambda: cell(page, number).evaluate("node => node.contains(document.activeElement)"))


def command(page, label: str) -> None:
    page.get_by_role("menuitem", name="Material", exact=True).click()
    page.locator(".lm-Menu-item", has_text=label).click()


def in_front(page, student, path) -> None:
    """Open it in this tab, as a click on a link does."""
    page.goto(f"{student.url}classhub/open?course=comp141&path={path}")
    page.wait_for_selector(f"{SHOWN} .jp-Cell" if path.endswith(".ipynb") else ".jp-FileEditor .cm-content")
    page.locator(".classhub-material-status").wait_for()


def test_a_link_opens_the_notebook_and_the_status_bar_says_what_arrived(page):
    eventually(lambda: status(page) in ("Material: 2 new files", "Material: up to date"))
    eventually(lambda: any("COMP 141: 2 new" in one for one in page.evaluate("window.told")))


def test_an_edit_that_is_not_saved_and_the_instructors_fix_above_it_are_both_there(page, student, store):
    cell(page, 1).click()
    until_focused(page, 1)
    page.keyboard.press("End")
    page.keyboard.type("\nmine = 5")
    store.publish(release("x = 2  # corrected", "# yours"))
    eventually(lambda: "corrected" in cell(page, 0).inner_text())
    page.keyboard.type("6")  # the cursor is still where it was
    eventually(lambda: "mine = 56" in cell(page, 1).inner_text())  # it is drawn anew
    eventually(lambda: "are both in it" in notifications(page))
    page.keyboard.press("Control+s")
    eventually(lambda: "mine = 56" in in_file(student, LAB) and "corrected" in in_file(student, LAB))


def test_a_saved_edit_and_the_instructors_fix_are_both_there(page, student, store):
    store.publish(release("x = 3  # again", "# yours"))
    command(page, "Get New Material")
    eventually(lambda: "again" in cell(page, 0).inner_text())
    eventually(lambda: "mine = 56" in cell(page, 1).inner_text())  # it is drawn anew
    eventually(lambda: "mine = 56" in in_file(student, LAB) and "again" in in_file(student, LAB))


def test_a_fix_leaves_the_cursor_where_it_is(page, student, store):
    """A notebook without unsaved work is read anew, and she goes on typing in her own cell."""
    cell(page, 1).click()
    until_focused(page, 1)
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    store.publish(release("x = 3  # once more", "# yours"))
    eventually(lambda: "once more" in cell(page, 0).inner_text())
    until_focused(page, 1)
    page.keyboard.type("7")
    eventually(lambda: "mine = 567" in cell(page, 1).inner_text())
    assert "7" not in cell(page, 0).inner_text()
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+s")
    eventually(lambda: "mine = 56" in in_file(student, LAB) and "mine = 567" not in in_file(student, LAB))


def test_a_cell_that_runs_keeps_its_output_when_a_fix_comes_and_a_cell_is_new(page, student, store, tmp_path):
    """She has saved, so that the tab holds nothing that the disk has not."""
    go = tmp_path / "go"
    text = f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.1)\nprint(6 * 7)"
    lab, others = "labs/lab04.ipynb", release("x = 3  # once more", "# yours")
    store.publish({**others, lab: notebook(("above", "u = 1"), ("own", text))})
    in_front(page, student, lab)
    eventually(lambda: "u = 1" in cell(page, 0).inner_text())
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cell(page, 1).click()
    page.keyboard.press("Control+Enter")
    page.locator(f"{SHOWN} .jp-InputPrompt", has_text="[*]").wait_for()
    page.keyboard.press("Control+s")
    fixed = notebook(("above", "u = 2  # corrected"), ("hint", "# a hint"), ("own", text))
    store.publish({**others, lab: fixed})
    command(page, "Get New Material")
    eventually(lambda: "corrected" in cell(page, 0).inner_text() and "a hint" in cell(page, 1).inner_text())
    go.touch()
    eventually(lambda: any("42" in one for one in page.locator(f"{SHOWN} .jp-OutputArea-output").all_inner_texts()))
    page.keyboard.press("Control+s")
    eventually(lambda: '"42\\n"' in in_file(student, lab))
    written = json.loads(in_file(student, lab))["cells"]
    assert ["".join(one["source"]) for one in written] == ["u = 2  # corrected", "# a hint", text]
    assert page.locator(f"{SHOWN} .jp-Cell").count() == 3
    in_front(page, student, LAB)


def test_a_notebook_that_is_read_anew_shows_its_title_as_it_was(page, student, store):
    """All cells of one whose format is another now are new ones. It names the kernel as it is here, so that a tab has nothing to add."""
    lab, others = "labs/lab05.ipynb", release("x = 3  # once more", "# yours")
    kernel = json.loads(in_file(student, LAB))["metadata"]
    store.publish({**others, lab: notebook(("above", "u = 1"), title="# First", **kernel)})
    in_front(page, student, lab)
    title = page.locator(f"{SHOWN} .jp-MarkdownOutput h1")
    title.get_by_text("First").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    mine = page.locator(f"{SHOWN} .jp-CodeCell .cm-content")
    mine.click()
    store.publish({**others, lab: notebook(("above", "u = 2"), minor=4, title="# Corrected", **kernel)})
    title.get_by_text("Corrected").wait_for()
    eventually(lambda: mine.inner_text() == "u = 2")
    in_front(page, student, LAB)


def test_get_new_material_looks_at_once_and_says_so(page, student):
    command(page, "Get New Material")
    eventually(lambda: "COMP 141: " in notifications(page))
    assert status(page).startswith("Material: ")


def test_where_both_changed_the_same_cell_the_students_stays_and_the_other_is_beside_it(page, student, store):
    store.publish(release("x = 3  # again", "# changed by the instructor"))
    command(page, "Get New Material")
    eventually(lambda: list((student.home / "comp141" / "labs").glob("lab01.new-*.ipynb")))
    eventually(lambda: "kept your lab01" in notifications(page))
    eventually(lambda: "mine = 56" in cell(page, 1).inner_text())  # it is drawn anew


def test_start_over_shows_the_courses_version_and_keeps_the_students_beside_it(page, student):
    command(page, "Start This File Over")
    page.locator(".jp-Dialog-button", has_text="Start over").click()
    eventually(lambda: "changed by the instructor" in cell(page, 1).inner_text())
    kept = list((student.home / "comp141" / "labs").glob("lab01.mine-*.ipynb"))
    assert len(kept) == 1 and "mine = 56" in kept[0].read_text()


def test_what_is_typed_while_a_file_is_started_over_stays_in_the_tab(page):
    def start_over() -> None:
        command(page, "Start This File Over")
        page.locator(".jp-Dialog-button", has_text="Start over").click()

    with held(page, "**/classhub/api/start-over*", start_over):
        cell(page, 1).click()
        page.keyboard.type("typed meanwhile ")
    eventually(lambda: "you have changes that are not saved" in notifications(page))
    eventually(lambda: "typed meanwhile" in cell(page, 1).inner_text())


def test_a_server_that_cannot_tell_what_is_free_is_no_reason_to_write_over_it(page, student):
    names = "**/api/contents/**unsaved**"
    page.route(names, lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("button", name="Keep mine beside it").first.click()
    eventually(lambda: "503" in notifications(page) or "Service Unavailable" in notifications(page))
    page.unroute(names)
    eventually(lambda: "typed meanwhile" in cell(page, 1).inner_text())
    assert not list((student.home / "comp141" / "labs").glob("*unsaved*"))


def test_what_is_not_saved_is_kept_beside_when_asked(page, student):
    page.get_by_role("button", name="Keep mine beside it").last.click()
    kept = student.home / "comp141" / "labs" / "lab01.unsaved.ipynb"
    eventually(lambda: kept.exists() and "typed meanwhile" in kept.read_text())
    eventually(lambda: "typed meanwhile" not in cell(page, 1).inner_text())


def test_an_earlier_version_comes_back(page, student):
    command(page, "Restore an Earlier Version")
    page.locator(".jp-Dialog select").wait_for()
    options = page.locator(".jp-Dialog option").all_inner_texts()
    assert any("before a new version came in" in option for option in options)
    page.locator(".jp-Dialog-button", has_text="Restore").click()
    eventually(lambda: "mine = 5" in cell(page, 1).inner_text())


def test_what_changed_is_a_plain_list(page):
    command(page, "What Changed")
    text = page.locator(".jp-Dialog").inner_text()
    assert "labs/lab01.ipynb" in text and "you changed it" in text
    page.locator(".jp-Dialog-button", has_text="Close").click()


def test_an_open_text_is_combined_too(page, student, store):
    in_front(page, student, "notes.txt")
    page.locator(".jp-FileEditor .cm-line").nth(2).click()
    page.keyboard.press("End")
    page.keyboard.type(", mine")
    store.publish(release("x = 3  # again", "# changed by the instructor", "one, corrected\ntwo\nthree\n"))
    command(page, "Get New Material")
    eventually(lambda: "one, corrected" in page.locator(".jp-FileEditor .cm-content").inner_text())
    eventually(lambda: in_file(student, "notes.txt") == "one, corrected\ntwo\nthree, mine\n")


def test_the_status_bar_opens_what_was_done(page):
    page.locator(".classhub-material-status").click()
    assert "COMP 141" in page.locator(".jp-Dialog").inner_text()
    page.keyboard.press("Escape")


def test_each_of_two_tabs_shows_the_fix(page, student, store):
    lab02 = "labs/lab02.ipynb"
    others = release("x = 3  # again", "# changed by the instructor")
    store.publish({**others, lab02: notebook(("above", "y = 1"))})
    other = page.context.new_page()
    for tab in (page, other):
        in_front(tab, student, lab02)
    store.publish({**others, lab02: notebook(("above", "y = 2  # for both tabs"))})
    for tab in (page, other):
        eventually(lambda tab=tab: "for both tabs" in cell(tab, 0).inner_text())
    other.close()


def test_where_an_edit_that_is_not_saved_meets_the_instructors_in_the_same_cell_both_are_kept(page, student, store):
    lab03 = "labs/lab03.ipynb"
    others = release("x = 3  # again", "# changed by the instructor")
    store.publish({**others, lab03: notebook(("above", "z = 1"))})
    in_front(page, student, lab03)
    shown = page.locator(".jp-Cell .cm-content >> visible=true").first
    eventually(lambda: "z = 1" in shown.inner_text())
    shown.click()
    page.keyboard.press("End")
    page.keyboard.type("0  # mine")
    store.publish({**others, lab03: notebook(("above", "z = 2  # corrected"))})
    command(page, "Get New Material")
    (beside,) = eventually(lambda: list((student.home / "comp141" / "labs").glob("lab03.new-*.ipynb")))
    eventually(lambda: "z = 2  # corrected" in beside.read_text())
    eventually(lambda: f"the new version is {beside.name}" in notifications(page))
    eventually(lambda: "z = 10  # mine" in shown.inner_text())
    eventually(lambda: "z = 10  # mine" in in_file(student, lab03))
    assert page.locator(".jp-Dialog").count() == 0, "JupyterLab has nothing to ask"
