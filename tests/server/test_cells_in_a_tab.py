"""A new version of a notebook comes into a tab of JupyterLab cell by cell, so that a cell that runs stays the one it is."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.conftest import chromium  # noqa: F401 - a fixture
from doubles.notebooks import KERNEL, code, printed, text, whole
from doubles.store import Store
from server.conftest import TOKEN

LAB = "labs/lab01.ipynb"

PUT = """
async ([cells, was, typed, runs, wanted]) => {
  const { changeOf } = await import(cells);
  const panel = window.jupyterapp.shell.currentWidget;
  const { model } = panel.context;
  model.fromString(was);
  const mine = model.toString();
  const before = [...model.sharedModel.cells];
  for (const [index, text] of typed) before[index].setSource(text);
  for (const index of runs) before[index].executionState = 'running';
  const change = changeOf(model, mine, wanted);
  if (change) change.put();
  const now = JSON.parse(model.toString());
  const stayed = model.sharedModel.cells.map(cell => before.indexOf(cell));
  const drawn = panel.content.widgets.map(one => one.model.sharedModel.getSource());
  const undone = model.sharedModel.cells.map(cell => { cell.undo(); return cell.getSource(); });
  return { done: change !== null, now, stayed, drawn, undone };
}
"""
"""stayed: of each cell now, which one it was before, or -1; drawn: what the widgets of the tab hold; undone: the same after "undo"."""


@pytest.fixture(scope="module")
def put(tmp_path_factory, serve, chromium):  # noqa: F811
    """put(was, wanted, typed, runs): in a tab that shows `was`, in some cells of which text came since, and some of which run."""
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    store.publish({LAB: json.dumps(notebook([code("a", "x = 1")]))})
    student = serve(store.folder, lab=True, CLASSHUB_MATERIAL_EVERY_S="3600")
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{student.url}classhub/open?course=comp141&path={LAB}&token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    ours = f"{student.url}lab/extensions/@classhub/material/static/cells.js"

    def in_the_tab(was: dict, wanted: dict, typed: Sequence[tuple[int, str]] = (), runs: tuple[int, ...] = ()) -> dict:
        given = [ours, json.dumps(was), list(typed), list(runs), json.dumps(wanted)]
        return page.evaluate(PUT, given)

    yield in_the_tab
    context.close()


def notebook(cells: list[dict], **more) -> dict:
    return whole(*cells, **{"kernelspec": KERNEL, **more})


def seen(read: dict) -> list:
    """What a student can tell of the cells of a notebook."""
    return [
        [
            one.get("id"),
            one["cell_type"],
            one["source"],
            one["metadata"],
            one.get("outputs"),
            one.get("attachments", {}),
        ]
        for one in read["cells"]
    ]


SOURCES = st.sampled_from(
    ["", "x = 1", "x = 2", "print(x)", "# one\n# two", "# \U0001f600", "# \U0001f601", "\U0001f600\U0001f601"]
)
"""Of characters that are two code units one may be the same."""
METADATA = st.sampled_from(
    [{}, {"tags": ["a"]}, {"tags": ["a", "b"]}, {"collapsed": True, "jupyter": {"outputs_hidden": True}}]
)


NAMES = st.sampled_from("abcdefgh")
PRINTED = st.sampled_from(["1\n", "2\n"]).map(printed)
OF_CODE = st.builds(
    lambda name, source, output, metadata: code(name, source, [output], 1, **metadata),
    NAMES,
    SOURCES,
    PRINTED,
    METADATA,
)
OF_TEXT = st.builds(
    lambda kind, name, source, metadata: {**text(name, source, **metadata), "cell_type": kind},
    st.sampled_from(["markdown", "raw"]),
    NAMES,
    SOURCES,
    METADATA,
)
CELLS = st.lists(st.one_of(OF_CODE, OF_TEXT), min_size=1, max_size=6, unique_by=lambda one: one["id"])


@given(CELLS, CELLS)
def test_any_notebook_becomes_any_other(put, was, wanted):
    found = put(notebook(was), notebook(wanted))
    assert found["done"]
    assert seen(found["now"]) == seen({"cells": wanted})
    assert found["drawn"] == [one["source"] for one in wanted]


@given(CELLS, st.data())
def test_cells_that_are_only_changed_are_the_ones_they_were(put, was, data):
    """Also where others came between them, and some went."""
    changed = [{**one, "source": data.draw(SOURCES), "metadata": data.draw(METADATA)} for one in was]
    kept = [(number, one) for number, one in enumerate(changed) if data.draw(st.booleans())]
    wanted, places = [], []
    for number, one in kept:
        for _ in range(data.draw(st.integers(0, 2))):
            wanted.append(code(f"new-{len(wanted)}", "# new"))
            places.append(-1)
        wanted.append(one)
        places.append(number)
    wanted.append(code("last", "# new"))
    found = put(notebook(was), notebook(wanted))
    assert found["done"] and seen(found["now"]) == seen({"cells": wanted})
    assert found["stayed"] == [*places, -1]


def test_one_that_moved_is_a_new_one_and_the_others_stay(put):
    one, two, three = code("a", "1"), code("b", "2"), code("c", "3")
    found = put(notebook([one, two, three]), notebook([three, one, two]))
    assert found["stayed"] == [-1, 0, 1] and seen(found["now"]) == seen({"cells": [three, one, two]})


def test_one_that_runs_is_never_the_one_that_moved(put):
    one, two, three, four = (code(name, name) for name in "abcd")
    found = put(notebook([one, two, three, four]), notebook([two, three, four, one]), runs=(0,))
    assert found["stayed"] == [-1, -1, -1, 0] and seen(found["now"]) == seen({"cells": [two, three, four, one]})


def test_undo_mixes_no_earlier_text_into_a_corrected_cell(put):
    found = put(notebook([code("a", "x = 0")]), notebook([code("a", "x = 2  # corrected")]), [(0, "x"), (0, "x = 0")])
    assert found["undone"] == ["x = 2  # corrected"]


def test_what_was_typed_elsewhere_meanwhile_stays(put):
    was, wanted = (
        [code("a", "x = 1"), code("b", "# yours")],
        [code("a", "x = 2"), code("n", "# new"), code("b", "# yours")],
    )
    found = put(notebook(was), notebook(wanted), [(1, "# yours\nmine = 5")])
    assert found["done"] and found["drawn"] == ["x = 2", "# new", "# yours\nmine = 5"]
    assert found["undone"] == ["x = 2", "# new", "# yours"], "undo takes back what was typed, and no correction"


@pytest.mark.parametrize(
    "wanted", [[code("a", "x = 2"), code("b", "# yours")], [code("b", "# yours")]], ids=["changed", "gone"]
)
def test_what_was_typed_into_the_same_cell_meanwhile_is_not_touched(put, wanted):
    found = put(notebook([code("a", "x = 1"), code("b", "# yours")]), notebook(wanted), [(0, "x = 1\nmine = 5")])
    assert not found["done"] and found["drawn"] == ["x = 1\nmine = 5", "# yours"]


def test_what_the_course_prints_comes_in_lines_or_as_one_text(put):
    was, wanted = (
        notebook([code("a", "x", [printed("one\n")], 1)]),
        notebook([code("a", "x", [printed("one\ntwo\n")], 1)]),
    )
    wanted["cells"][0]["outputs"][0]["text"] = ["one\n", "two\n"]
    found = put(was, wanted)
    assert found["done"] and found["now"]["cells"][0]["outputs"][0]["text"] == "one\ntwo\n"


def test_what_the_notebook_says_of_itself_is_renewed_and_its_kernel_stays(put):
    was, wanted = [code("a", "x")], [code("a", "x")]
    language = {"name": "python", "version": "3.12"}
    found = put(notebook(was, title="Lab", gone=1, language_info=language), notebook(wanted, title="Lab 1"))
    said = found["now"]["metadata"]
    assert found["done"] and said["title"] == "Lab 1" and "gone" not in said
    assert said["language_info"] == language and said["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(notebook([code("a", "y")], minor=6), id="another format"),
        pytest.param(notebook([code("", "y")]), id="cells without names"),
        pytest.param(notebook([code("a", "y"), code("a", "z")]), id="two of a name"),
        pytest.param(notebook([code("a", "y")], kernelspec={"name": "ir", "display_name": "R"}), id="another kernel"),
        pytest.param({"no": "notebook"}, id="no notebook"),
    ],
)
def test_what_cannot_come_cell_by_cell_changes_nothing(put, wanted):
    found = put(notebook([code("a", "x")]), wanted)
    assert not found["done"] and found["drawn"] == ["x"] and found["stayed"] == [0]
