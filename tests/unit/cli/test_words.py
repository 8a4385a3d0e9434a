"""Sizes, times and names as people read them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classhub.cli import console, words


@pytest.mark.parametrize(("text", "length"), [("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604800), (" 2h ", 7200)])
def test_lengths_of_time(text, length):
    assert words.seconds(text) == length


@pytest.mark.parametrize("text", ["", "5", "h", "0s", "-1s", "1.5h", "1w", "1h30m", "\u0661h"])
def test_what_is_no_length_of_time(text):
    with pytest.raises(ValueError):
        words.seconds(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "-"), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (10**9, "954 MiB"), (2**40 * 3, "3.0 TiB")],
)
def test_sizes(count, text):
    assert words.size(count) == text


@pytest.mark.parametrize(("span", "text"), [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (86400, "1 d")])
def test_spans(span, text):
    assert words.span(span) == text


@given(st.text())
def test_nothing_clean_steers_a_terminal(text):
    cleaned = words.clean(text)
    assert not any((ord(sign) < 32 and sign not in "\n\t") or 0x7F <= ord(sign) < 0xA0 for sign in cleaned)
    assert len(words.cell(text).splitlines()) <= 1


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_is_harmless_stays_as_it_is(text):
    assert words.clean(text) == text


@given(st.text())
def test_json_of_any_text_comes_back(text):
    assert json.loads(json.dumps(console.plain({"name": (text,)}))) == {"name": [text]}
