"""A new version comes into an open tab in an awkward moment: while it is saved, typed into, or closed."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import pytest

from browser.conftest import chromium  # noqa: F401 - a fixture
from doubles.notebooks import code, of_course, printed, text
from doubles.store import Store
from server.conftest import TOKEN, Student, eventually, held

TEXT = "window.jupyterapp.shell.currentWidget.context.model.toString()"
DIRTY = "window.jupyterapp.shell.currentWidget.context.model.dirty"
READY = """path => {
  const { context } = window.jupyterapp.shell.currentWidget || {};
  return Boolean(context && context.path.endsWith(path) && context.isReady);
}"""
CURSOR = """([number, line, column]) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = number;
  notebook.mode = 'edit';
  notebook.activeCell.editor.setCursorPosition({ line, column });
  notebook.activeCell.editor.focus();
}"""
EDITOR = """([line, column]) => {
  const { editor } = window.jupyterapp.shell.currentWidget.content;
  editor.setCursorPosition({ line, column });
  editor.focus();
}"""


class Tab:
    """What the student has open, and the course that it comes from."""

    def __init__(self, page, student: Student, store: Store) -> None:
        self.page = page
        self.student = student
        self.store = store
        self.files: dict[str, str | bytes] = {}
        self.path = ""

    def publish(self, content: str | bytes, path: str = "") -> None:
        self.files[path or self.path] = content
        self.store.publish(self.files)

    def open(self, path: str, content: str | bytes) -> None:
        self.path = path
        self.publish(content)
        eventually((self.student.home / "comp141" / path).exists)
        workspace = path.partition(".")[0]  # in which JupyterLab restores no other file
        self.page.goto(f"{self.student.url}lab/workspaces/{workspace}/tree/comp141/{path}?token={TOKEN}")
        self.page.locator(".classhub-material-status").wait_for()
        if path.endswith(".ipynb"):
            self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        eventually(lambda: self.page.evaluate(READY, path))

    def sources(self) -> list[str]:
        return [one["source"] for one in json.loads(self.page.evaluate(TEXT))["cells"]]

    def on_disk(self) -> str:
        return (self.student.home / "comp141" / self.path).read_text()

    def on_disk_sources(self) -> list[str]:
        """Empty in the moment of a save: Jupyter writes in place."""
        with suppress(ValueError):
            return ["".join(one["source"]) for one in json.loads(self.on_disk())["cells"]]
        return []

    def type_into(self, number: int, line: int, column: int, text: str) -> None:
        self.page.evaluate(CURSOR, [number, line, column])
        self.page.keyboard.type(text)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        eventually(lambda: not self.page.evaluate(DIRTY))

    def held_save(self, begin: Callable[[], object]) -> AbstractContextManager[None]:
        """What `begin` saves comes to the disk only after the block."""
        return held(self.page, "**/api/contents/**", begin, "PUT")

    def save_that_takes_long(self) -> AbstractContextManager[None]:
        return self.held_save(lambda: self.page.keyboard.press("Control+s"))

    def start_over(self) -> None:
        self.page.get_by_role("menuitem", name="Material", exact=True).click()
        self.page.locator(".lm-Menu-item", has_text="Start This File Over").click()
        self.page.locator(".jp-Dialog-button", has_text="Start over").click()

    def asks_nothing(self) -> bool:
        """Whether a save goes without a question of JupyterLab's."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.context.model.dirty = true")
        self.page.keyboard.press("Control+s")
        eventually(lambda: not self.page.evaluate(DIRTY) or self.page.locator(".jp-Dialog").count())
        return self.page.locator(".jp-Dialog").count() == 0

    def besides(self) -> list[str]:
        stem = self.path.rpartition(".")[0]
        return [path.name for path in (self.student.home / "comp141").glob(f"{stem}.*-*")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory, serve, chromium):  # noqa: F811
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    store.publish({"README.txt": "read me"})
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    yield context.new_page(), serve(store.folder, lab=True), store
    context.close()


@pytest.fixture
def tab(lab) -> Tab:
    """Each test opens a file of its own, and no other is open then."""
    page, student, store = lab
    return Tab(page, student, store)


def test_what_was_typed_while_it_saved_outlives_the_next_version(tab):
    tab.open("typed.ipynb", of_course(code("a", "x = 1"), code("b", "# yours")))
    tab.type_into(1, 0, 7, "\nfirst")
    with tab.save_that_takes_long():
        tab.page.keyboard.type("\nsecond")
    eventually(lambda: "first" in tab.on_disk())
    eventually(lambda: not tab.page.evaluate(DIRTY))  # so JupyterLab says
    tab.publish(of_course(code("a", "x = 2"), code("b", "# yours")))
    wanted = ["x = 2", "# yours\nfirst\nsecond"]
    eventually(lambda: tab.sources() == wanted and tab.on_disk_sources() == wanted)
    assert tab.asks_nothing()


def test_what_was_typed_while_start_over_saved_is_not_lost(tab):
    tab.open("over.ipynb", of_course(code("a", "# yours")))
    tab.type_into(0, 0, 7, "\nfirst")
    with tab.held_save(tab.start_over):
        tab.type_into(0, 1, 5, "\nsecond")
    tab.page.get_by_text("you have changes that are not saved").first.wait_for()
    assert tab.sources() == ["# yours\nfirst\nsecond"]
    assert any("first" in (tab.student.home / "comp141" / one).read_text() for one in tab.besides())


@pytest.mark.parametrize("typed", ["", "\nsecond"], ids=["saved", "typed into meanwhile"])
def test_a_version_that_a_slow_save_overwrites_is_put_back(tab, typed):
    tab.open(f"slow{len(typed)}.ipynb", of_course(code("a", "x = 1"), code("b", "# yours")))
    tab.type_into(1, 0, 7, "\nfirst")
    with tab.save_that_takes_long():
        tab.page.keyboard.type(typed)
        tab.publish(of_course(code("a", "x = 2"), code("b", "# yours")))
        eventually(lambda: tab.page.wait_for_timeout(20) or tab.sources()[0] == "x = 2")
    wanted = ["x = 2", f"# yours\nfirst{typed}"]
    eventually(lambda: tab.on_disk_sources() == wanted and tab.sources() == wanted)
    tab.publish(of_course(code("a", "x = 3"), code("b", "# yours")))
    wanted[0] = "x = 3"
    eventually(lambda: tab.on_disk_sources() == wanted and tab.sources() == wanted)
    assert tab.asks_nothing() and not tab.besides()


def test_a_notebook_that_was_only_opened_gets_the_new_version_whatever_its_format(tab):
    """JupyterLab notes the kernel in it, which is nobody's work."""
    tab.open("old.ipynb", of_course(code("", "x = 1"), minor=4))
    tab.publish(of_course(code("", "x = 2"), minor=4))
    eventually(lambda: tab.sources() == ["x = 2"] and tab.on_disk_sources() == ["x = 2"])
    assert tab.asks_nothing() and not tab.besides()


def test_a_student_who_typed_the_very_correction_is_asked_nothing(tab):
    tab.open("same.ipynb", of_course(code("a", "x = 1")))
    tab.type_into(0, 0, 5, "0")
    tab.publish(of_course(code("a", "x = 10")))
    eventually(lambda: "x = 10" in tab.on_disk())
    eventually(lambda: not tab.page.evaluate(DIRTY))
    assert tab.asks_nothing() and tab.on_disk_sources() == ["x = 10"]


def test_a_version_of_other_outputs_only_is_shown(tab):
    tab.open("outputs.ipynb", of_course(code("a", "print(1)", [printed("0\n")])))
    tab.publish(of_course(code("a", "print(1)", [printed("1\n")])))
    eventually(lambda: json.loads(tab.page.evaluate(TEXT))["cells"][0]["outputs"] == [printed("1\n")])
    assert tab.asks_nothing()


def test_a_text_of_other_line_ends_only_is_asked_nothing(tab):
    tab.open("ends.txt", "one\ntwo\n")
    tab.publish(b"one\r\ntwo\r\n")
    eventually(lambda: "\r" in (tab.student.home / "comp141" / tab.path).read_bytes().decode())
    eventually(lambda: tab.page.evaluate("window.jupyterapp.shell.currentWidget.context._lineEnding") == "\r\n")
    assert tab.asks_nothing()
    assert (tab.student.home / "comp141" / tab.path).read_bytes() == b"one\r\ntwo\r\n"


def test_the_cursor_stays_in_the_cell_that_is_corrected(tab):
    tab.open("cursor.ipynb", of_course(code("a", "x = 1\ny = 2")))
    tab.page.evaluate(CURSOR, [0, 1, 5])
    tab.publish(of_course(code("a", "x = 1  # corrected\ny = 2")))
    eventually(lambda: "corrected" in tab.sources()[0])
    tab.page.keyboard.type("7")
    eventually(lambda: tab.sources() == ["x = 1  # corrected\ny = 27"])


def test_the_cursor_goes_with_a_cell_that_moves(tab):
    tab.open("moves.ipynb", of_course(code("a", "a = 1"), code("b", "b = 1"), code("c", "c = 1")))
    tab.page.evaluate(CURSOR, [0, 0, 5])
    tab.publish(of_course(code("b", "b = 1"), code("c", "c = 1"), code("a", "a = 1")))
    eventually(lambda: tab.sources() == ["b = 1", "c = 1", "a = 1"])
    cells = tab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    eventually(lambda: cells.nth(2).evaluate("node => node.contains(document.activeElement)"))
    tab.page.keyboard.type("7")
    eventually(lambda: tab.sources() == ["b = 1", "c = 1", "a = 17"])


def test_what_is_typed_after_ones_cell_was_taken_out_goes_into_no_other(tab):
    title = text("title", "# Title")
    tab.open("gone.ipynb", of_course(title, code("a", "a = 1"), code("b", "b = 1")))
    tab.page.evaluate(CURSOR, [1, 0, 5])
    tab.publish(of_course(title, code("b", "b = 1")))
    eventually(lambda: tab.sources() == ["# Title", "b = 1"])
    tab.page.keyboard.type("77")
    tab.page.locator(".jp-MarkdownOutput h1", has_text="Title").wait_for()
    assert tab.sources() == ["# Title", "b = 1"]


def test_what_the_course_printed_is_not_trusted_because_the_students_own_was(tab):
    evil = {
        "output_type": "display_data",
        "data": {"text/html": "<img src=x onerror='window.evil = 1'>"},
        "metadata": {},
    }
    tab.open("trust.ipynb", of_course(code("a", "print(6 * 7)", [evil])))
    tab.page.evaluate(CURSOR, [0, 0, 0])
    tab.page.keyboard.press("Control+Enter")
    tab.page.wait_for_timeout(3000)
    tab.page.screenshot(path="/tmp/s3.png")
    tab.page.locator(".jp-OutputArea-output", has_text="42").wait_for()
    tab.save()
    tab.start_over()
    eventually(lambda: json.loads(tab.page.evaluate(TEXT))["cells"][0]["outputs"][0]["output_type"] == "display_data")
    tab.page.locator(".jp-OutputArea-output").first.wait_for(state="attached")
    tab.page.wait_for_timeout(500)
    assert tab.page.evaluate("window.evil") is None
    assert tab.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCell.model.trusted") is False


def test_in_a_text_undo_takes_back_what_was_typed_and_the_cursor_stays(tab):
    tab.open("text.txt", "one\ntwo\nthree\n")
    tab.page.evaluate(EDITOR, [1, 3])
    tab.publish("one, corrected\ntwo\nthree\n")
    eventually(lambda: "corrected" in tab.page.evaluate(TEXT))
    tab.page.keyboard.type("7")
    eventually(lambda: tab.page.evaluate(TEXT) == "one, corrected\ntwo7\nthree\n")
    tab.page.keyboard.press("Control+z")
    eventually(lambda: tab.page.evaluate(TEXT) == "one, corrected\ntwo\nthree\n")
    tab.page.keyboard.press("Control+z")
    assert tab.page.evaluate(TEXT) == "one, corrected\ntwo\nthree\n"


def test_a_tab_that_was_closed_meanwhile_shows_no_error(tab):
    tab.open("closed.ipynb", of_course(code("a", "x = 1"), code("b", "# yours")))
    tab.type_into(1, 0, 7, "\nfirst")
    combining = "**/classhub/api/combine*"
    fixed = of_course(code("a", "x = 2"), code("b", "# yours"))
    with tab.page.expect_response(combining), held(tab.page, combining, lambda: tab.publish(fixed)):
        tab.page.evaluate("window.jupyterapp.shell.currentWidget.context.dispose()")
    tab.page.wait_for_timeout(500)
    assert tab.page.locator(".jp-Dialog").count() == 0
    assert tab.on_disk_sources() == ["x = 2", "# yours"]
