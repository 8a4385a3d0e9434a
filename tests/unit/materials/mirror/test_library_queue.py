"""Libraries are built one after the other, and nobody who asks for one waits."""

import threading

from classhub.materials.mirror.library_queue import Builds


def test_who_asks_does_not_wait_and_one_is_built_at_a_time():
    go, done, at_work, most = threading.Event(), threading.Event(), [], []

    def slow():
        at_work.append(1)
        most.append(len(at_work))
        go.wait(120)
        at_work.pop()

    builds = Builds(lambda _: None)
    builds.start()
    for course in ("comp141", "bio101"):
        builds.ask(course, slow)
    builds.ask("last", done.set)
    assert not done.is_set()
    go.set()
    assert done.wait(120) and most == [1, 1]
    builds.stop()


def test_a_build_that_breaks_is_said_once_and_the_next_course_goes_on():
    said, done = [], threading.Event()

    def broken():
        raise KeyError("metadata")

    builds = Builds(said.append)
    builds.ask("comp141", broken)
    builds.start()
    builds.ask("bio101", lambda: builds.ask("comp141", broken))
    builds.ask("last", lambda: builds.ask("very last", done.set))
    assert done.wait(120)
    assert len(said) == 1 and said[0].startswith("comp141: the library was not looked after: KeyError")
    builds.stop()
