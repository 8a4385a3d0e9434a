"""A program in a container whose output is handed on as it comes."""

import os
import threading
import time

import pytest

from classhub.outside.kubernetes import Cluster, channels
from classhub.outside.kubernetes.silence import BrokenOff
from unit.outside.kubernetes.pod import ERR, OUT, STATUS, SUCCESS, Pod, echo
from unit.outside.kubernetes.test_commands import V5, ended_with

PATIENCE_S = 120


@pytest.fixture
def pod(kubeconfig):
    """pod(play) -> a cluster that leads to it."""
    made = []

    def start(play):
        made.append(Pod(play))
        return Cluster.connect("jhub", kubeconfig=kubeconfig(made[-1].address))

    yield start
    for one in made:
        one.close()


def nothing(_):
    """Where no output is looked at."""


def test_each_piece_comes_before_the_program_goes_on_and_its_exit_code_last(pod):
    seen, came = [], threading.Event()

    def play(line):
        line.accept(V5)
        line.say(OUT, b"\xff\x00 first")
        assert came.wait(PATIENCE_S)
        line.say(ERR, b"hush")
        line.say(STATUS, ended_with(7))

    def out(piece):
        seen.append(piece)
        came.set()

    assert pod(play).run_aloud("hub-1", "hub", ["make"], out=out, err=seen.append) == 7
    assert [piece for piece in seen if piece] == [b"\xff\x00 first", b"hush"]


def test_a_program_that_is_not_there_says_so_and_ends_as_in_a_shell(pod):
    def play(line):
        line.accept(V5)
        line.say(STATUS, b'{"status": "Failure", "message": "exec: \\"nosuch\\": executable file not found in $PATH"}')

    said = []
    assert pod(play).run_aloud("hub-1", "hub", ["nosuch"], out=nothing, err=said.append) == 127
    assert b"not found" in b"".join(said)


def test_input_of_any_length_is_read_as_it_is_taken_and_its_end_told(pod):
    much, got = os.urandom(6_000_000), bytearray()
    source, sink = os.pipe()

    def type_it():
        with os.fdopen(sink, "wb") as file:
            file.write(much)

    threading.Thread(target=type_it, daemon=True).start()
    code = pod(echo).run_aloud("hub-1", "hub", ["cat"], out=got.extend, err=nothing, stdin=source)
    os.close(source)
    assert (code, bytes(got)) == (0, much)


def test_a_reader_that_takes_no_more_holds_the_program_up(pod):
    piece, wanted = bytes(1_000_000), 100
    sent, seen, got = [0], [], [0]

    def play(line):
        line.accept(V5)
        for _ in range(wanted):
            line.say(OUT, piece)
            sent[0] += 1
        line.say(STATUS, SUCCESS)

    def out(part):
        got[0] += len(part)
        if not seen:
            seen.append(_when_it_rests(sent))

    assert pod(play).run_aloud("hub-1", "hub", ["yes"], out=out, err=nothing) == 0
    assert seen[0] < wanted // 2 and got[0] == wanted * len(piece)


def _when_it_rests(sent):
    """How many pieces were sent once no more go."""
    before = -1
    while before != sent[0]:
        before = sent[0]
        time.sleep(0.5)
    return before


def test_a_slow_reader_is_not_taken_for_a_silent_cluster(pod, monkeypatch):
    monkeypatch.setattr(channels, "PING_S", 0.2)
    monkeypatch.setattr(channels, "DEAD_S", 1)
    reads = threading.Event()

    def play(line):
        line.accept(V5)
        line.say(OUT, b"a page")
        assert reads.wait(PATIENCE_S)
        line.say(STATUS, SUCCESS)

    def out(_):
        reads.set()
        time.sleep(2)

    assert pod(play).run_aloud("hub-1", "hub", ["cat"], out=out, err=nothing) == 0


def test_a_cut_connection_is_told(pod):
    def play(line):
        line.accept(V5)
        line.say(OUT, b"half")

    with pytest.raises(BrokenOff, match="was cut"):
        pod(play).run_aloud("hub-1", "hub", ["cat"], out=nothing, err=nothing)
