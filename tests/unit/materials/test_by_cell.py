"""Notebooks that both the student and the instructor changed."""

import json

import nbformat
import pytest
from hypothesis import given, settings

from classhub.materials.by_cell import merge
from doubles.notebooks import OUTPUT, cells, code, file, sides, text, told, whole

BASE = whole(text("intro", "# Lab"), code("load", "x = 1"), code("answer", "# your answer"), text("end", "Done"))


def changed(*, at: int, **values):
    found = json.loads(json.dumps(BASE))
    found["cells"][at].update(values)
    return found


def order(merged: bytes | None) -> list[str]:
    return list(cells(merged))


def with_cells(*names: str, **others):
    known = {cell["id"]: cell for cell in BASE["cells"]} | others
    return file(whole(*(known[name] for name in names)))


def test_an_answer_and_a_fix_in_another_cell_are_both_there():
    merged = cells(merge(file(BASE), file(changed(at=2, source="42")), file(changed(at=1, source="x = 2"))))
    assert merged["answer"]["source"] == "42"
    assert merged["load"]["source"] == "x = 2"


def test_whoever_only_ran_cells_gets_the_fix_and_keeps_the_outputs():
    mine = changed(at=1, outputs=[OUTPUT], execution_count=7, metadata={"collapsed": True, "execution": {"a": "b"}})
    theirs = changed(at=1, source="x = 2", outputs=[], metadata={"tags": ["setup"]})
    merged = cells(merge(file(BASE), file(mine), file(theirs)))["load"]
    assert merged["source"] == "x = 2"
    assert (merged["outputs"], merged["execution_count"]) == ([OUTPUT], 7)
    assert merged["metadata"] == {"collapsed": True, "execution": {"a": "b"}, "tags": ["setup"]}


def test_outputs_that_the_instructor_left_in_are_no_change():
    mine = file(changed(at=1, outputs=[OUTPUT], execution_count=7))
    assert merge(file(BASE), mine, file(changed(at=1, outputs=[OUTPUT, OUTPUT], execution_count=1))) == mine


def test_the_kernel_is_the_students():
    base, mine, theirs = (whole(text("a", "x"), kernelspec={"name": name}) for name in ("base", "mine", "theirs"))
    theirs["cells"][0]["source"] = "y"
    merged = json.loads(merge(file(base), file(mine), file(theirs)))
    assert merged["metadata"] == {"kernelspec": {"name": "mine"}}
    assert merged["cells"][0]["source"] == "y"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (changed(at=1, source="mine"), changed(at=1, source="theirs")),
        (changed(at=1, source="mine"), changed(at=1, metadata={"tags": ["new"]})),
        (changed(at=0, attachments={"a": {"b": "c"}}), changed(at=0, attachments={"a": {"b": "d"}})),
        ({**BASE, "metadata": {"title": "mine"}}, {**BASE, "metadata": {"title": "theirs"}}),
    ],
    ids=["source", "source and tags", "attachments", "title"],
)
def test_what_both_changed_differently_is_not_merged(mine, theirs):
    assert merge(file(BASE), file(mine), file(theirs)) is None


def test_what_both_changed_alike_is_no_clash():
    mine = file(changed(at=1, source=["x = 2\n", "y"], outputs=[OUTPUT]))
    assert merge(file(BASE), mine, file(changed(at=1, source="x = 2\ny"))) == mine


def test_a_notebooks_own_settings_are_merged_one_by_one():
    base, mine, theirs = {"a": 1, "b": 1, "gone": 1}, {"a": 1, "b": 2, "gone": 1}, {"a": 3, "b": 1, "new": 1}
    merged = merge(*(file({**BASE, "metadata": side}) for side in (base, mine, theirs)))
    assert json.loads(merged)["metadata"] == {"a": 3, "b": 2, "new": 1}


def test_a_cell_removed_upstream_goes_unless_the_student_edited_it():
    theirs = with_cells("intro", "end")
    assert order(merge(file(BASE), file(changed(at=2, source="42")), theirs)) == ["intro", "answer", "end"]
    assert order(merge(file(BASE), file(changed(at=2, outputs=[OUTPUT])), theirs)) == ["intro", "end"]


def test_a_cell_that_the_student_removed_comes_back_only_with_news():
    mine = with_cells("intro", "end")
    assert order(merge(file(BASE), mine, file(changed(at=0, source="# Lab 1")))) == ["intro", "end"]
    assert order(merge(file(BASE), mine, file(changed(at=1, source="x = 2")))) == ["intro", "load", "end"]


def test_insertions_of_both_survive_behind_their_former_neighbours():
    mine = with_cells(
        "top", "intro", "load", "m1", "m2", "answer", "end", top=text("top", ""), m1=code("m1", "1"), m2=code("m2", "2")
    )
    theirs = with_cells(
        "t0", "intro", "load", "t1", "t2", "end", "t3", **{f"t{n}": text(f"t{n}", f"{n}") for n in range(4)}
    )
    merged = merge(file(BASE), mine, theirs)
    assert order(merged) == ["top", "t0", "intro", "load", "m1", "m2", "t1", "t2", "end", "t3"]


def test_the_students_order_wins_where_he_changed_it():
    mine = with_cells("load", "intro", "answer", "end")
    theirs = with_cells("end", "intro", "load", "answer")
    assert order(merge(file(BASE), mine, theirs)) == ["load", "intro", "answer", "end"]


def test_the_instructors_order_is_taken_where_the_student_changed_none():
    mine = with_cells("intro", "load", "m1", "answer", "end", m1=code("m1", "1"))
    theirs = with_cells("end", "intro", "load", "t1", "answer", t1=code("t1", "1"))
    assert order(merge(file(BASE), mine, theirs)) == ["end", "intro", "load", "m1", "t1", "answer"]


def test_a_new_cell_under_an_id_that_the_student_used_gets_another_one():
    names = ("intro", "load", "new", "answer", "end")
    mine, theirs = (with_cells(*names, new=code("new", source)) for source in ("mine", "theirs"))
    merged = merge(file(BASE), mine, theirs)
    assert [cell["source"] for cell in json.loads(merged)["cells"]] == [
        "# Lab",
        "x = 1",
        "mine",
        "theirs",
        "# your answer",
        "Done",
    ]
    assert len(set(order(merged))) == 6
    assert merge(file(BASE), merged, theirs) == merged
    assert merge(file(BASE), mine, mine) == mine, "the same cell is there once"


def test_a_cell_that_becomes_another_type_loses_what_that_cannot_hold():
    merged = merge(
        file(BASE),
        file(changed(at=1, outputs=[OUTPUT])),
        with_cells("intro", "load", "answer", "end", load=text("load", "t")),
    )
    assert cells(merged)["load"] == text("load", "t")
    nbformat.validate(json.loads(merged))


HANDS = {
    "jupyter": file,
    "two spaces, no last line end": lambda raw: json.dumps(raw, indent=2).encode(),
    "tabs": lambda raw: json.dumps(raw, indent="\t").encode() + b"\n\n",
    "one line": lambda raw: json.dumps(raw).encode(),
    "one line, no spaces": lambda raw: json.dumps(raw, separators=(",", ":")).encode(),
    "escaped": lambda raw: json.dumps(raw, indent=1, ensure_ascii=True).encode(),
    "of windows": lambda raw: json.dumps(raw, indent=1, ensure_ascii=False).replace("\n", "\r\n").encode(),
    "keys backwards": lambda raw: json.dumps(
        {key: raw[key] for key in sorted(raw, reverse=True)}, ensure_ascii=False
    ).encode(),
}


@pytest.mark.parametrize("hand", HANDS)
def test_a_file_stays_in_the_hand_that_it_was_written_in(hand):
    """So that what the merge did not change stays byte for byte: the student's file, with the fix put in by the same writer."""
    mine, wanted = changed(at=2, source="größer 🎉"), changed(at=2, source="größer 🎉")
    wanted["cells"][1]["source"] = "x = 'ü'"
    merged = merge(file(BASE), HANDS[hand](mine), file(changed(at=1, source="x = 'ü'")))
    assert merged == HANDS[hand](wanted)


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", '"\\ud800"', '"\\udc00\\ud800 é"', "0.1", "-0.0", "12345678901234567890123"]
)
def test_odd_values_in_the_students_outputs_stay_as_they_are(value):
    base, mine = file(BASE).decode(), file(changed(at=1, outputs=[OUTPUT], execution_count=3)).decode()
    mine = mine.replace('"stdout"', value, 1)
    assert mine.count(value) == 1
    merged = merge(base.encode(), mine.encode(), file(changed(at=3, source="The end")))
    assert merged.decode() == mine.replace("Done", "The end")


def test_lone_surrogates_in_a_source_are_an_edit_like_any_other():
    mine = file(changed(at=2, source="X")).replace(b'"X"', rb'"\ud83d"')
    merged = merge(file(BASE), mine, file(changed(at=1, source="x = 2")))
    assert cells(merged)["answer"]["source"] == "\ud83d"
    assert cells(merged)["load"]["source"] == "x = 2"


def old(minor: int):
    return {
        **BASE,
        "nbformat_minor": minor,
        "cells": [{k: v for k, v in cell.items() if k != "id"} for cell in BASE["cells"]],
    }


TWICE = whole(text("a", "x"), text("a", "y"))
NO_MERGE = {
    "nbformat 3": file({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}),
    **{f"nbformat 4.{minor}": file(old(minor)) for minor in range(6)},
    "4.4 with ids": file({**BASE, "nbformat_minor": 4}),
    "nbformat 5": file({**BASE, "nbformat": 5}),
    "the same id twice": file(TWICE),
    "an id of spaces": file(whole(text(" ", "x"))),
    "an id that is a number": file(whole(text(1, "x"))),
    "empty": b"",
    "cut": file(BASE)[:-20],
    "no JSON": b"<html>",
    "no object": b"[]",
    "with a byte order mark": b"\xef\xbb\xbf" + file(BASE),
    "UTF-16": file(BASE).decode().encode("utf-16"),
    "a key twice": file(BASE).replace(b'"metadata"', b'"cells": [], "metadata"'),
    "too large a number": file(BASE).replace(b'"execution_count": null', b'"execution_count": 1e999'),
    "deep": file(BASE).replace(b'"metadata": {}', b'"metadata": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 1),
    "cells that are none": file({**BASE, "cells": ["x", 1, None]}),
    "a source that is none": file(changed(at=1, source={"a": 1})),
    "no outputs": file(changed(at=1, outputs=None)),
    "outputs of a text": file(changed(at=0, outputs=[])),
    "huge": file(BASE) + b" " * 20_000_000,
}


@pytest.mark.parametrize("side", ["base", "mine", "theirs"])
@pytest.mark.parametrize("what", NO_MERGE)
def test_what_is_no_notebook_with_a_name_for_each_cell_is_not_merged(what, side):
    three = {"base": file(BASE), "mine": file(changed(at=1, source="1")), "theirs": file(changed(at=2, source="2"))}
    assert merge(**three) is not None
    assert merge(**{**three, side: NO_MERGE[what]}) is None


def test_thousands_of_cells_merge():
    many = [code(f"c{number}", "x") for number in range(3000)]
    mine = [cell for number, one in enumerate(many) for cell in (one, code(f"m{number}", "mine"))]
    theirs = [cell for number, one in enumerate(many) for cell in (one, text(f"t{number}", "theirs"))]
    merged = merge(*(file(whole(*cells)) for cells in (many, mine, theirs)))
    assert order(merged)[:4] == ["c0", "m0", "t0", "c1"]
    assert len(order(merged)) == 9000


def has_changed(cell, before) -> bool:
    return before is None or told(cell) != told(before)


@settings(max_examples=200)
@given(sides())
def test_random_edits_of_both(three):
    base, _, theirs = three
    merged = merge(*map(file, three))
    was, now, new = ({cell["id"]: cell for cell in side["cells"]} for side in three)
    clash = any(
        name in was
        and has_changed(now[name], was[name])
        and has_changed(new[name], was[name])
        and has_changed(now[name], new[name])
        for name in set(now) & set(new)
    )
    assert (merged is None) == clash
    if merged is None:
        return
    nbformat.validate(json.loads(merged))
    result = cells(merged)
    for name, cell in now.items():
        if has_changed(cell, was.get(name)):
            assert result[name] == cell, "what the student wrote is there as it was"
    for name, cell in new.items():
        if has_changed(cell, was.get(name)):
            assert told(cell) in map(told, result.values()), "no news is missing"
    for name in set(was) - set(new):
        assert name not in now or (name in result) == has_changed(now[name], was[name])
    assert [name for name in result if name in now] == [name for name in now if name in result] or in_their_order(
        was, now, new, result
    )
    assert merge(file(base), merged, file(theirs)) == merged, "merging twice is merging once"


def in_their_order(was, now, new, result) -> bool:
    """The instructor moved cells, the student none."""
    common = set(was) & set(now) & set(new)
    moved = [[name for name in side if name in common] for side in (was, now, new)]
    return moved[0] == moved[1] != moved[2] and moved[2] == [name for name in result if name in common]
