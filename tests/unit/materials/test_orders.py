"""What staff ask for in a home waits in files until the server that runs there has done it."""

import errno
import json
import threading

import pytest

from classhub.materials import orders, own_file, whereabouts


@pytest.fixture
def home(tmp_path):
    state = tmp_path / ".classhub" / "comp141"
    state.mkdir(parents=True)
    (state / "result.json").write_text(json.dumps({"folder": "comp141"}))
    return tmp_path


def test_a_file_is_known_by_its_place_in_the_home(home):
    assert whereabouts.course_of(home, "comp141/labs/lab01.ipynb") == ("comp141", "labs/lab01.ipynb", "comp141")
    assert whereabouts.course_of(home, str(home / "comp141" / "a.md")) == ("comp141", "a.md", "comp141")


@pytest.mark.parametrize("file", ["other/a.md", "comp141", ".", "comp141/../.bashrc", "/etc/passwd", "comp1411/a.md"])
def test_what_lies_in_no_course_is_none_of_ours(home, file):
    assert whereabouts.course_of(home, file) is None


def test_an_order_is_found_done_and_answered(home):
    answer = orders.place(home, "comp141", "a.md")
    (order,) = orders.waiting(home)
    assert (order.course, order.path) == ("comp141", "a.md")
    threading.Timer(0.2, orders.done, [order, {"status": "done"}]).start()
    assert orders.wait(answer, 60) == {"status": "done"}
    assert list(orders.waiting(home)) == []
    assert not answer.exists()


def test_an_order_that_nobody_does_is_not_waited_for_for_ever(home):
    assert orders.wait(orders.place(home, "comp141", "a.md"), 0.2) is None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"path": 7}', '{"path": ""}'])
def test_what_is_no_order_goes(home, content):
    orders.place(home, "comp141", "a.md")
    (real,) = orders.waiting(home)
    odd = real.file.with_name("0-odd.json")
    odd.write_text(content)
    assert list(orders.waiting(home)) == [real]
    assert not odd.exists()


def test_a_home_without_courses_has_no_orders(tmp_path):
    assert list(orders.waiting(tmp_path)) == []
    assert whereabouts.course_of(tmp_path, "a") is None


def test_a_folder_in_the_place_of_an_order_stops_no_other(home):
    answer = orders.place(home, "comp141", "a.md")
    for name in ("0.json", "0.done"):
        (answer.parent / name / "x").mkdir(parents=True)
    (order,) = orders.waiting(home)
    orders.done(order, {"status": "done"})
    assert orders.wait(answer, 60) == {"status": "done"} and list(orders.waiting(home)) == []


def test_an_order_whose_answer_cannot_be_written_is_not_done_again(home, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    orders.place(home, "comp141", "a.md")
    (order,) = orders.waiting(home)
    monkeypatch.setattr(own_file, "write", full)
    with pytest.raises(OSError, match="full"):
        orders.done(order, {"status": "done"})
    assert list(orders.waiting(home)) == []


def test_a_folder_in_the_place_of_an_answer_makes_room(home):
    answer = orders.place(home, "comp141", "a.md")
    (answer / "x").mkdir(parents=True)
    (order,) = orders.waiting(home)
    orders.done(order, {"status": "done"})
    assert orders.wait(answer, 60) == {"status": "done"}


def test_a_course_is_found_by_a_result_of_any_length(home):
    result = {"folder": "comp141", "items": ["x" * 100] * 20_000}
    (home / ".classhub" / "comp141" / "result.json").write_text(json.dumps(result))
    assert whereabouts.course_of(home, "comp141/a.md") == ("comp141", "a.md", "comp141")
