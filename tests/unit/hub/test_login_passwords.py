"""What a new password must be, and that odd ones are only ever wrong."""

import pytest

from classhub.hub import login_passwords
from classhub.hub.login_passwords import complaint, hashed, matches


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(login_passwords, "ROUNDS", 4)


@pytest.mark.parametrize("password", ["eight ch", "x" * 72, "ü" * 36, "  spaces  "])
def test_good_ones(password):
    assert complaint(password, password, is_common=False) == ""


@pytest.mark.parametrize(
    ("password", "again", "common", "said"),
    [
        ("seven c", "seven c", False, "at least 8"),
        ("", "", False, "at least 8"),
        ("long enough", "long enougH", False, "differ"),
        ("x" * 73, "x" * 73, False, "too long"),
        ("ü" * 37, "ü" * 37, False, "too long"),
        ("nul \0 inside", "nul \0 inside", False, "too long"),
        ("long enough", "long enough", True, "common"),
    ],
)
def test_bad_ones_are_explained(password, again, common, said):
    assert said in complaint(password, again, common)


async def test_only_the_right_one_matches():
    stored = await hashed("correct horse")
    assert await matches("correct horse", stored)
    for wrong in ("", "correct horsE", "x" * 10_000, "\0", "\ud800", "correct horse\0"):
        assert not await matches(wrong, stored)


async def test_nobody_has_a_password():
    for tried in ("", ".", "x"):
        assert not await matches(tried, None)


async def test_an_overlong_one_never_matches_the_empty_one():
    assert not await matches("x" * 73, await hashed(""))
