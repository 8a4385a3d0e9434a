"""However many mistakes a file has: the first of a kind are told, the rest are counted, and few words are guessed at."""

import difflib

import pytest

from classhub.config import spelling
from classhub.config.crowd import MOST_ALIKE, counted
from classhub.config.load import look
from classhub.errors import Finding


def mistakes(count: int) -> list[Finding]:
    return [Finding("error", "config.yaml", line + 1, 1, "wrong", code="CH1201") for line in range(count)]


def test_the_count_is_true_and_the_grave_stays_grave():
    found = counted(mistakes(MOST_ALIKE + 7))
    assert len(found) == MOST_ALIKE + 1
    assert sum(one.count for one in found) == MOST_ALIKE + 7
    assert (found[-1].severity, found[-1].line) == ("error", MOST_ALIKE + 1)


@pytest.mark.parametrize("count", [0, 1, MOST_ALIKE, MOST_ALIKE + 1])
def test_nothing_is_left_out_of_few(count):
    assert counted(mistakes(count)) == mistakes(count)


SHAPES = {
    "at the top": ("", "k{}ab: 1\n"),
    "below hub": ("hub:\n", "  imag{}: 1\n"),
    "traits": ("hub:\n  config:\n    JupyterHub:\n", "      admin_{}: 1\n"),
    "classes": ("hub:\n  config:\n", "    Klass{}: {{}}\n"),
    "overrides": (
        "singleuser:\n  profileList:\n",
        "    - {{display_name: n{0}, kubespawner_override: {{mem_limit{0}: 1}}}}\n",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_more_words_are_compared_than_a_look_may(folder, monkeypatch, shape):
    calls, real = [], difflib.get_close_matches
    monkeypatch.setattr(difflib, "get_close_matches", lambda *a, **k: calls.append(1) or real(*a, **k))
    head, line = SHAPES[shape]
    text = head + "".join(line.format(number) for number in range(2 * spelling.MOST_GUESSES))
    _, found = look(folder, {}, instead={"config.yaml": text.encode()})
    assert 0 < len(calls) <= spelling.MOST_GUESSES
    assert sum(one.count for one in found) >= 2 * spelling.MOST_GUESSES
    assert len(found) <= MOST_ALIKE + 10


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.yaml").write_text("")
    return tmp_path
