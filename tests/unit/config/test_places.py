"""A value's place is in the last of the files that has it, or the nearest of what is above it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.places import Places
from classhub.config.reading import parse

LEAVES = st.integers(0, 3)
NAMES = st.sampled_from(["a", "b"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
WAYS = st.lists(NAMES | st.integers(0, 2), max_size=4).map(tuple)


def documents(*texts):
    return [parse(text.encode(), f"{number}.yaml", []) for number, text in enumerate(texts)]


def slowly(files, where):
    for length in range(len(where), 0, -1):
        for file in reversed(files):
            if file.has(where[:length]):
                return file.file, *file.place(where[:length])
    return files[0].file if files else "none", 0, 0


@settings(max_examples=200)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=3), max_size=3), st.lists(WAYS, min_size=1, max_size=4))
def test_it_is_what_each_file_says_by_itself(contents, ways):
    files = documents(*map(str, contents))
    places = Places(files, "none")
    for where in ways:
        assert places.place(where) == slowly(files, where)


def test_an_alias_is_a_place_of_its_own_keys():
    (file,) = documents("a: &a {b: 1}\nc: *a\n")
    assert Places([file], "").place(("c", "b")) == slowly([file], ("c", "b"))


@pytest.mark.timeout(60)
def test_thousands_of_values_in_thousands_of_files():
    files = documents(*(f"hub:\n  k{number}: 1\n" for number in range(3000)))
    places = Places(files, "")
    assert [places.place(("hub", f"k{number}"))[0] for number in range(3000)] == [file.file for file in files]
